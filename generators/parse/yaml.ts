/** YAML text → value, with every fault of the text at its place. */
import { type Document, isAlias, isMap, isNode, isScalar, parseDocument, visit, type YAMLError } from 'yaml';
import { fault, type Problem, type Staged } from '../problem.ts';

/** Not `silent`, which would also hide a second document. */
const OPTIONS = { schema: 'core', strict: true, uniqueKeys: true, stringKeys: true, logLevel: 'error' } as const;

/** Parses one document. The value is absent when the text has faults. */
export function parseYaml(file: string, text: string): Staged<unknown> {
  const document = parseDocument(text, { ...OPTIONS, prettyErrors: false });
  const problems = problemsOf(file, document, text, 0);
  if (problems.length > 0) return { problems };
  return { value: document.toJS() as unknown, problems };
}

/** Parses a piece of a document that holds a sequence of one entry; undefined when it has any fault. */
export function parseEntry(text: string): { readonly value: unknown } | undefined {
  const document = parseDocument(text, { ...OPTIONS, prettyErrors: false });
  if (document.errors.length > 0 || document.warnings.length > 0 || mayAnchor(text)) {
    if (problemsOf('', document, text, 0).length > 0) return undefined;
  }
  const list = document.toJS() as unknown;
  return Array.isArray(list) && list.length === 1 ? { value: list[0] as unknown } : undefined;
}

function problemsOf(file: string, document: Document, text: string, start: number): Problem[] {
  const problems = [...document.errors, ...document.warnings].map((error) =>
    error.code === 'DUPLICATE_KEY' ? duplicate(file, document, error, start) : describe(file, error, start),
  );
  if (mayAnchor(text)) problems.push(...anchors(file, document, start));
  // After the first error of syntax the parser has lost its place; what it says then are consequences.
  const first = problems.find(({ code }) => code === 'YAML_SYNTAX');
  return problems.filter((problem) => problem.code !== 'YAML_SYNTAX' || problem === first);
}

function mayAnchor(text: string): boolean {
  return text.includes('&') || text.includes('*');
}

function describe(file: string, error: YAMLError, start: number): Problem {
  const where = { file, offset: start + error.pos[0] };
  if (error.code === 'MULTIPLE_DOCS') {
    return fault(
      'YAML_DOCUMENTS',
      where,
      'Cannot read a second document in one file',
      'Keep one document, without "---"',
    );
  }
  const reason = error.message.replace(/\s+/g, ' ').replace(/\.$/, '');
  return fault('YAML_SYNTAX', where, `Cannot read YAML: ${reason}`, 'Correct the text here or on the line above');
}

/** Names the key and the place of its first use, which the parser's own error leaves out. */
function duplicate(file: string, document: Document, error: YAMLError, start: number): Problem {
  const second = error.pos[0];
  let key = '';
  let first = second;
  visit(document, {
    Map(_key, map) {
      const keys = map.items.flatMap(({ key }) =>
        isScalar(key) && key.range ? [[key.value, key.range[0]] as const] : [],
      );
      const found = keys.find(([, offset]) => offset === second);
      if (found === undefined) return undefined;
      key = String(found[0]);
      first = keys.find(([value]) => value === found[0])?.[1] ?? second;
      return visit.BREAK;
    },
  });
  const message = `Cannot use the key "${key}" a second time in one mapping: it stands at {0}`;
  const related = [{ file, offset: start + first }];
  const where = { file, offset: start + second };
  return fault('YAML_DUPLICATE_KEY', where, message, 'Remove or rename one of them', related);
}

/** Anchors hide what a reviewer must see: one edit would change several models. */
function anchors(file: string, document: Document, start: number): Problem[] {
  const problems: Problem[] = [];
  visit(document, (_key, node) => {
    if (!isNode(node)) return;
    const anchor = isAlias(node) ? `*${node.source}` : 'anchor' in node && node.anchor ? `&${node.anchor}` : undefined;
    if (anchor === undefined) return;
    const offset = start + (node.range?.[0] ?? 0);
    const message = `Cannot use the YAML ${isAlias(node) ? 'alias' : 'anchor'} "${anchor}"`;
    problems.push(fault('YAML_ANCHOR', { file, offset }, message, 'Write the value out where it is needed'));
  });
  return problems;
}

/** Offset of the value (or of the key) at `pointer` in a parsed document; of the nearest parent when it is absent. */
export function offsetOf(document: Document, pointer: readonly (string | number)[], key: boolean): number {
  let node: unknown = document.contents;
  let offset = isNode(node) ? (node.range?.[0] ?? 0) : 0;
  pointer.forEach((step, depth) => {
    const last = depth === pointer.length - 1;
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step));
      if (pair === undefined) {
        node = undefined;
        return;
      }
      const target = key && last ? pair.key : (pair.value ?? pair.key);
      if (isNode(target) && target.range) offset = target.range[0];
      // An empty value sits behind its key; point at the key instead of at nothing.
      if (isScalar(pair.value) && pair.value.value === null && isNode(pair.key) && pair.key.range)
        offset = pair.key.range[0];
      node = pair.value;
    } else if (isNode(node) && 'items' in node && Array.isArray(node.items)) {
      const item: unknown = node.items[Number(step)];
      if (isNode(item) && item.range) offset = item.range[0];
      node = item;
    }
  });
  return offset;
}

/** Parses for positions only; faults have been reported before. */
export function documentOf(text: string): Document {
  return parseDocument(text, { ...OPTIONS, prettyErrors: false });
}
