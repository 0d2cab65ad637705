/**
 * `npm run seal -- rotate`: every sealed secret of a cluster sealed again, for its present certificate or a new one.
 *
 * Nobody here can open what is sealed, so the values are given again, as for `seal`. What is kept of each file: which keys
 * it has, its scope and the annotations of its Secret. All files and the certificate change together or not at all.
 */
import { join } from 'node:path';
import {
  certificateFile,
  credentialKeys,
  type SecretKeys,
  type SecretStorage,
  sealedFolder,
  sealedSecret,
} from '../kube/sealed-secret.ts';
import { writeAllAtomic } from '../outside/atomic.ts';
import { readSealedFolder } from '../outside/sealed-folder.ts';
import { sealValue } from '../outside/sealing.ts';
import { parseMade } from '../parse/made.ts';
import { allow, fault, type Problem } from '../problem.ts';
import { printYaml } from '../render/yaml.ts';
import { readSealedObject, type SealedObject } from '../verify/sealed-object.ts';
import type { SealResult } from './seal.ts';
import { type CertificateOptions, chooseCertificate } from './seal-certificate.ts';
import { readValues, requestValues, type SealIo } from './seal-values.ts';

export interface RotateOptions extends CertificateOptions {
  readonly root: string;
  /** Name of the Secret with the S3 credentials: its lengths are known. */
  readonly credentials: string;
  readonly storage: SecretStorage;
  readonly stdin: boolean;
  readonly fromEnv: readonly string[];
  readonly now: Date;
}

/** Sealed files that hold the same values: those of one Secret name with the same keys, in several namespaces. */
interface Group {
  readonly secret: string;
  readonly keys: readonly string[];
  readonly files: readonly SealedObject[];
}

export async function rotate(options: RotateOptions, io: SealIo): Promise<SealResult> {
  const folder = await readSealedFolder(join(options.root, sealedFolder(options.cluster)));
  const groups = groupsOf(options.cluster, folder.files);
  if (groups.length === 0) return nothingSealed(options.cluster);
  const chosen = await chooseCertificate(
    { ...options, replaceCertificate: true },
    folder.certificate,
    options.now,
    () => [],
  );
  const problems = [...chosen.problems];
  if (chosen.value === undefined || !allow(problems)) return { problems, written: [], note: [] };
  const { certificate, store } = chosen.value;
  const files = new Map<string, string>();
  const given = await createInput(options, groups, io);
  if ('problems' in given) return { problems: [...problems, ...given.problems], written: [], note: [] };
  for (const group of groups) {
    const values = new Map<string, Buffer>();
    try {
      problems.push(...(await given.read(group, values)));
      if (!allow(problems)) return { problems, written: [], note: [] };
      for (const file of group.files) files.set(file.file, sealAgain(file, values, certificate));
    } finally {
      for (const value of values.values()) value.fill(0);
    }
  }
  if (store) files.set(certificateFile(options.cluster), certificate.pem);
  await writeAllAtomic(new Map([...files].map(([file, text]) => [join(options.root, file), text])));
  const note = [`Certificate sha256 ${certificate.fingerprint}${store ? ', stored' : ''}`];
  return { problems, written: [...files.keys()], note };
}

function nothingSealed(cluster: string): SealResult {
  const message = `Cannot rotate: nothing is sealed for "${cluster}"`;
  const problem = fault('SECRET_MISSING', { file: sealedFolder(cluster) }, message, 'Seal it first with npm run seal');
  return { problems: [problem], written: [], note: [] };
}

function groupsOf(cluster: string, files: ReadonlyMap<string, string>): Group[] {
  const groups = new Map<string, { secret: string; keys: string[]; files: SealedObject[] }>();
  for (const [name, text] of files) {
    const [value] = parseMade(text) ?? [];
    const object = readSealedObject({ file: `${sealedFolder(cluster)}/${name}`, value });
    // What is no SealedSecret is told by `npm run verify`.
    if (object?.name === undefined || object.namespace === undefined) continue;
    const keys = Object.keys(object.encryptedData).sort();
    const key = JSON.stringify([object.name, keys]);
    const group = groups.get(key) ?? { secret: object.name, keys, files: [] };
    group.files.push(object);
    groups.set(key, group);
  }
  return [...groups.values()];
}

type Input = { read(group: Group, values: Map<string, Buffer>): Promise<Problem[]> } | { readonly problems: Problem[] };

/** With several Secrets, standard input is a JSON object of them by name; with one, as `seal` takes it. */
async function createInput(
  { stdin, fromEnv, credentials, storage }: RotateOptions,
  groups: readonly Group[],
  io: SealIo,
): Promise<Input> {
  const several = groups.length > 1;
  const parts = several && stdin ? splitSecrets(await io.readStdin(), groups) : new Map<Group, Buffer>();
  if ('problems' in parts) return parts;
  return {
    async read(group, values) {
      const mine = fromEnv.filter((given) => group.keys.includes(given.split('=')[0] ?? ''));
      const requests = requestValues({ keys: group.keys, fromEnv: mine, stdin }, group.keys);
      if (requests.value === undefined) return [...requests.problems];
      const wrapped: SealIo = {
        env: io.env,
        readStdin: async () => parts.get(group) ?? io.readStdin(),
        prompt: (key) => io.prompt(several ? `${group.secret} ${key}` : key),
      };
      const expected: SecretKeys = group.secret === credentials ? credentialKeys(storage) : {};
      return readValues(requests.value, expected, wrapped, values);
    },
  };
}

/** Faults name a place, never what stands there. */
function splitSecrets(bytes: Buffer, groups: readonly Group[]): Map<Group, Buffer> | { readonly problems: Problem[] } {
  const refuse = (reason: string) => {
    const message = `Cannot read the values from stdin: ${reason}`;
    const repair = `Give a JSON object with ${groups.map(({ secret }) => `"${secret}"`).join(', ')}, each an object of its keys`;
    return { problems: [fault('SECRET_KEYS', { file: 'stdin' }, message, repair)] };
  };
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    // The parser's own message quotes the text.
    return refuse('it is not JSON');
  } finally {
    bytes.fill(0);
  }
  const parts = new Map<Group, Buffer>();
  for (const group of groups) {
    const { secret, keys } = group;
    const part = (value as Record<string, unknown> | null)?.[secret];
    if (typeof part !== 'object' || part === null) return refuse(`it holds no object "${secret}"`);
    const [only] = keys;
    const bare = keys.length === 1 && only !== undefined ? (part as Record<string, unknown>)[only] : undefined;
    const mine = Object.fromEntries(Object.entries(part).filter(([key]) => keys.includes(key)));
    parts.set(group, Buffer.from(typeof bare === 'string' ? bare : JSON.stringify(mine)));
  }
  return parts;
}

function sealAgain(
  { namespace = '', name = '', scope, template }: SealedObject,
  values: ReadonlyMap<string, Buffer>,
  { pem, fingerprint }: { readonly pem: string; readonly fingerprint: string },
): string {
  const target = { namespace, name, scope };
  const sorted = [...values].sort(([a], [b]) => (a < b ? -1 : 1));
  const data = Object.fromEntries(sorted.map(([key, value]) => [key, sealValue(value, pem, target)]));
  const kept = Object.entries(template.annotations).filter(
    (pair): pair is [string, string] =>
      typeof pair[1] === 'string' && !pair[0].startsWith('sealedsecrets.bitnami.com/'),
  );
  return printYaml(sealedSecret(target, fingerprint, data, Object.fromEntries(kept)));
}
