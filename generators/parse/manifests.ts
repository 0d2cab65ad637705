/** Manifests that somebody has, several documents in a file or a List of objects → each object and its place. */
import { type Document, parseAllDocuments } from 'yaml';
import { fault, type Pointer, type Problem, type Staged, type Where } from '../problem.ts';
import { offsetOf } from './yaml.ts';

export interface Manifest {
  /** What stands there; it may be no Kubernetes object. */
  readonly value: unknown;
  /** How a message calls the place of the whole: the file, and the document where there are several. */
  readonly place: string;
  /** The same place as the file and an offset into its text. */
  locate(where: Pick<Where, 'pointer' | 'key'>): Where;
}

/** Reads every document; empty ones are left out. Unlike in the files of this project, anchors are allowed. */
export function parseManifests(file: string, text: string): Staged<readonly Manifest[]> {
  const parsed = parseAllDocuments(text, { schema: 'core', uniqueKeys: true, logLevel: 'error', prettyErrors: false });
  const documents = Array.isArray(parsed) ? (parsed as Document[]) : [];
  const problems = documents.flatMap((document) => syntaxFaults(file, document));
  if (problems.length > 0) return { problems };
  const full = documents.filter((document) => document.toJS() !== null);
  const value = full.flatMap((document, index) =>
    objectsOf(document, file, full.length === 1 ? file : `${file} (document ${index + 1})`),
  );
  return { value, problems };
}

function syntaxFaults(file: string, document: Document): Problem[] {
  const [first] = document.errors;
  if (first === undefined) return [];
  const reason = first.message.replace(/\s+/g, ' ').replace(/\.$/, '');
  const where = { file, offset: first.pos[0] };
  return [fault('YAML_SYNTAX', where, `Cannot read YAML: ${reason}`, 'Correct the text here or on the line above')];
}

function objectsOf(document: Document, file: string, place: string): Manifest[] {
  const value: unknown = document.toJS();
  const manifest = (part: unknown, base: Pointer, name: string): Manifest => ({
    value: part,
    place: name,
    locate: ({ pointer = [], key = false }) => ({ file, offset: offsetOf(document, [...base, ...pointer], key) }),
  });
  const list = value as { readonly kind?: unknown; readonly items?: unknown } | null;
  if (list?.kind !== 'List' || !Array.isArray(list.items)) return [manifest(value, [], place)];
  return list.items.map((item: unknown, index) => manifest(item, ['items', index], `${place} (item ${index + 1})`));
}
