/** Finds secrets that lie open in the repository. Messages never repeat what they found. */
import { fault, type Pointer, type Problem } from '../problem.ts';
import { record } from './sealed-object.ts';

/** A file to look through; `value` where it is YAML or JSON that could be read. */
export interface ScannedFile {
  readonly file: string;
  readonly text: string;
  readonly value?: unknown;
}

const leaked = 'Take the key out of service where it was issued, remove it here, and seal a new one with npm run seal';
const sealInstead = 'Remove the file and seal its values with npm run seal';

/** The documentation's own keys end in EXAMPLE. */
const textRules = [
  { pattern: /\bA[KS]IA(?![A-Z0-9]{9}EXAMPLE\b)[A-Z0-9]{16}\b/g, what: 'an AWS access key ID' },
  {
    pattern:
      /aws_secret_access_key["']?\s*[:=]\s*["']?(?![A-Za-z0-9/+]{30}EXAMPLEKEY\b)[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])/gi,
    what: 'an AWS secret access key',
  },
  { pattern: /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/g, what: 'a private key' },
] as const;

export function findPlaintext({ file, text, value }: ScannedFile): Problem[] {
  return [...findCredentials(file, text), ...findSecrets(file, value)];
}

/** What has the form of a credential, anywhere in a text. */
export function findCredentials(file: string, text: string): Problem[] {
  return textRules.flatMap(({ pattern, what }) =>
    [...text.matchAll(pattern)].map(({ index }) =>
      fault('SECRET_PLAINTEXT', { file, offset: index }, `Cannot keep ${what} in the repository`, leaked),
    ),
  );
}

/** Unsealed Secrets at any depth: charts take lists of extra objects. */
function findSecrets(file: string, value: unknown, pointer: Pointer = []): Problem[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => findSecrets(file, item, [...pointer, index]));
  const object = record(value);
  const found = object['kind'] === 'Secret' ? openFields(object) : [];
  return [
    ...found.map((field) => {
      const where = { file, pointer: [...pointer, field], key: true };
      return fault('SECRET_PLAINTEXT', where, `Cannot keep a Secret with "${field}" in the repository`, sealInstead);
    }),
    ...Object.entries(object).flatMap(([key, item]) => findSecrets(file, item, [...pointer, key])),
  ];
}

function openFields(secret: Readonly<Record<string, unknown>>): string[] {
  return ['data', 'stringData'].filter((field) => Object.keys(record(secret[field])).length > 0);
}
