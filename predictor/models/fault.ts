/** A model that cannot be served: the message says why and, where there is one, the way out. */
export class LoadError extends Error {}

/** What went wrong, in one line without a stack. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replaceAll(/\s*\n\s*/g, ' ').trim() || 'unknown error';
}
