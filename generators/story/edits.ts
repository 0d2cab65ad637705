/** What a hand may do to a project and to the store beside it; each edit tells itself in words and can be taken back. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';

/** A text of a file that becomes another; without `to` the file goes, without `from` it is written anew. */
export interface FileEdit {
  readonly file: string;
  readonly from?: string;
  readonly to?: string;
}

/** An object of the served version's artifact; `change` gives its new bytes, or undefined where it goes. */
export interface ObjectEdit {
  readonly object: string;
  readonly how: string;
  readonly change: (bytes: Buffer) => Buffer | undefined;
}

export type Edit = FileEdit | ObjectEdit;

export interface Store {
  readonly client: S3Client;
  readonly bucket: string;
  /** Folder of the served version's artifact; ends with `/`. */
  readonly prefix: string;
}

export function tellEdit(edit: Edit): string {
  if ('object' in edit) return `${edit.object} in the store: ${edit.how}`;
  const { file, from, to } = edit;
  if (to === undefined) return `${file} is removed`;
  if (from === undefined) return `${file} is written`;
  return `${file}: ${short(from)} becomes ${short(to)}`;
}

function short(text: string): string {
  const flat = text.replace(/\s*\n\s*/g, ' ⏎ ').trim();
  return flat === '' ? 'nothing' : `\`${flat.length > 90 ? `${flat.slice(0, 90)}…` : flat}\``;
}

/** Edits a file; a text that is not there is a mistake of the table. */
export function editFile(root: string, { file, from, to }: FileEdit): void {
  const path = join(root, file);
  if (to === undefined) {
    if (!existsSync(path)) throw new Error(`there is no ${file}`);
    rmSync(path);
    return;
  }
  if (from === undefined) {
    writeFileSync(path, to);
    return;
  }
  const text = readFileSync(path, 'utf8');
  if (!text.includes(from)) throw new Error(`${file} does not hold "${from}"`);
  writeFileSync(
    path,
    text.replace(from, () => to),
  );
}

/** Changes an object; the function that it resolves to puts the former bytes back. */
export async function editObject(
  { client, bucket, prefix }: Store,
  { object, change }: ObjectEdit,
): Promise<() => Promise<void>> {
  const place = { Bucket: bucket, Key: `${prefix}${object}` };
  const before = await read(client, place);
  const after = change(before ?? Buffer.alloc(0));
  const write = async (bytes: Buffer | undefined) => {
    if (bytes === undefined) await client.send(new DeleteObjectCommand(place));
    else await client.send(new PutObjectCommand({ ...place, Body: bytes }));
  };
  await write(after);
  return () => write(before);
}

async function read(client: S3Client, place: { Bucket: string; Key: string }): Promise<Buffer | undefined> {
  try {
    const { Body } = await client.send(new GetObjectCommand(place));
    return Body === undefined ? undefined : Buffer.from(await Body.transformToByteArray());
  } catch (error) {
    if ((error as Error).name === 'NoSuchKey') return undefined;
    throw error;
  }
}
