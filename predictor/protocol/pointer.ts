/** JSON pointers (RFC 6901) into a request: every refusal names the place that it is about. */

/** `/inputs/0/shape` from its steps, with `~` and `/` escaped. */
export function pointer(...steps: readonly (string | number)[]): string {
  return steps.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
