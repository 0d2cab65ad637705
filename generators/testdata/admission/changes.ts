/** What an API server made different of an object: paths of values that it changed, removed or added. */

/** Added by the server to every object, or empty: Argo CD does not show them. */
const OWN = /^metadata\.(?:creationTimestamp|generation|managedFields|resourceVersion|uid|selfLink)$/;
/** Defaults in the schema of KServe's CRDs, and fields that Go prints although they are empty. */
const EMPTY = /(?:\.name|\.resources|\.mountPath|\.protocol)$/;

export function changesBetween(written: unknown, answered: unknown, path = ''): string[] {
  if (written === answered) return [];
  if (written === undefined) return isAdded(answered, path) ? [`${path} (added)`] : [];
  if (!isContainer(written) || !isContainer(answered)) return [`${path} (${String(written)} → ${String(answered)})`];
  const keys = new Set([...Object.keys(written), ...Object.keys(answered)]);
  return [...keys].flatMap((key) => {
    const below = path === '' ? key : `${path}.${key}`;
    return below === 'status' ? [] : changesBetween(written[key], answered[key], below);
  });
}

function isAdded(value: unknown, path: string): boolean {
  if (OWN.test(path)) return false;
  const empty = value === '' || (isContainer(value) && Object.keys(value).length === 0);
  return !(EMPTY.test(path) && (empty || typeof value === 'string'));
}

function isContainer(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object';
}
