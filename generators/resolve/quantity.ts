/**
 * Kubernetes quantities in their canonical form.
 *
 * The API server and KServe's webhook write quantities back in canonical form (`0.5` becomes `500m`, `1024Mi` becomes
 * `1Gi`); a manifest that says the same in other words would show as drift in Argo CD for ever.
 * Source: k8s.io/apimachinery pkg/api/resource, "Quantity".
 */
const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti'] as const;
const DECIMAL = { k: 1e3, M: 1e6, G: 1e9, T: 1e12 } as const;

/** CPU in thousandths of a core. */
export function millicores(cpu: string): number {
  return cpu.endsWith('m') ? Number(cpu.slice(0, -1)) : Math.round(Number(cpu) * 1000);
}

/** `500m`, `2`: whole cores where possible. */
export function canonicalCpu(cpu: string): string {
  const milli = millicores(cpu);
  return milli % 1000 === 0 ? String(milli / 1000) : `${milli}m`;
}

/** Memory in bytes. */
export function bytes(memory: string): number {
  const match = /^([0-9]+)([A-Za-z]*)$/.exec(memory);
  const count = Number(match?.[1] ?? Number.NaN);
  const unit = match?.[2] ?? '';
  if (unit in DECIMAL) return count * DECIMAL[unit as keyof typeof DECIMAL];
  return count * 1024 ** BINARY.indexOf(unit as (typeof BINARY)[number]);
}

/** The largest unit of its own family that leaves a whole number: `1024Mi` → `1Gi`, `1500M` stays. */
export function canonicalMemory(memory: string): string {
  const unit = memory.replace(/^[0-9]+/, '');
  if (unit === '' || unit in DECIMAL) return scale(bytes(memory), 1000, ['', 'k', 'M', 'G', 'T']);
  return scale(bytes(memory), 1024, BINARY);
}

function scale(total: number, base: number, units: readonly string[]): string {
  let value = total;
  let index = 0;
  while (index < units.length - 1 && value > 0 && value % base === 0) {
    value /= base;
    index += 1;
  }
  return `${value}${units[index] ?? ''}`;
}
