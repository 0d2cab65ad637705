/** Prints a new value as the lines of the registry around it are written. */
import { Document, isCollection, isMap, isScalar, isSeq, Scalar, visit } from 'yaml';
import type { Plain } from './change.ts';

/** How a file is laid out. */
export interface Layout {
  /** Blanks by which a mapping in a mapping is deeper. */
  readonly step: number;
  /** Whether a list under a key is deeper than the key. */
  readonly deepLists: boolean;
  readonly newline: '\n' | '\r\n';
}

/** Lines of a value that begins at column 0, without line ends. */
export function blockLines(value: Plain, { step, deepLists }: Layout): string[] {
  const document = new Document(value, { version: '1.2', schema: 'core', aliasDuplicateObjects: false });
  visit(document, {
    Collection(_key, node) {
      // The registry writes small leaves on one line: shapes, names of columns, metrics.
      if (isLeaf(node)) node.flow = true;
    },
  });
  return print(document, { indent: Math.max(1, step), indentSeq: deepLists })
    .replace(/\n$/, '')
    .split('\n');
}

/** One line, for inside `{…}` or `[…]`. */
export function flowText(value: Plain): string {
  // Printed as an item of a list, since some texts need quotes there and not elsewhere.
  const document = new Document([value], { version: '1.2', schema: 'core', aliasDuplicateObjects: false });
  if (isCollection(document.contents)) document.contents.flow = true;
  return print(document, {}).replace(/\n$/, '').slice(1, -1);
}

/** A scalar in the place and manner of another; `before` is the old one's style. */
export function scalarText(value: Plain, before: Scalar.Type | undefined, inFlow: boolean): string {
  const scalar = new Scalar(value);
  if (typeof value === 'string' && (before === Scalar.QUOTE_DOUBLE || before === Scalar.QUOTE_SINGLE)) {
    scalar.type = before;
  }
  if (!inFlow) return print(new Document(scalar, { version: '1.2', schema: 'core' }), {}).replace(/\n$/, '');
  const list = new Document([scalar], { version: '1.2', schema: 'core' });
  if (isCollection(list.contents)) list.contents.flow = true;
  return print(list, {}).replace(/\n$/, '').slice(1, -1);
}

function print(document: Document, options: { indent?: number; indentSeq?: boolean }): string {
  return document.toString({ lineWidth: 0, flowCollectionPadding: false, ...options });
}

/** A list without mappings, or a mapping of numbers. */
function isLeaf(node: unknown): boolean {
  if (isSeq(node)) return node.items.every((item) => isScalar(item) || (isSeq(item) && isLeaf(item)));
  return isMap(node) && node.items.every(({ value }) => isScalar(value) && typeof value.value === 'number');
}
