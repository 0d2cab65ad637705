/**
 * What the container may use. The kernel shows a container all cores and all memory of its machine; its share stands
 * in the control group's files (cgroup v2 `cpu.max`, `memory.max`; v1 `cpu.cfs_*`, `memory.limit_in_bytes`).
 */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

export interface Budget {
  /** Cores, possibly a fraction. */
  readonly cpus: number;
  /** Absent when the group sets no limit. */
  readonly memoryBytes?: number;
}

/** A limit beyond this is v1's way to say that there is none. */
const noLimitBytes = 2 ** 60;

/** `root` is where the control group of this process is mounted. */
export function readBudget(root = '/sys/fs/cgroup', cores = availableParallelism()): Budget {
  const cpus = cpusOfV2(root) ?? cpusOfV1(root);
  const memory = number(read(root, 'memory.max')) ?? number(read(root, 'memory/memory.limit_in_bytes'));
  const limited = memory !== undefined && memory < noLimitBytes;
  return { cpus: Math.min(cpus ?? cores, cores), ...(limited ? { memoryBytes: memory } : {}) };
}

/** `cpu.max` is `<quota µs> <period µs>`, or `max <period>`. */
function cpusOfV2(root: string): number | undefined {
  const [quota, period] = (read(root, 'cpu.max') ?? '').split(/\s+/);
  return share(number(quota), number(period));
}

function cpusOfV1(root: string): number | undefined {
  return share(number(read(root, 'cpu/cpu.cfs_quota_us')), number(read(root, 'cpu/cpu.cfs_period_us')));
}

function share(quota: number | undefined, period: number | undefined): number | undefined {
  return quota === undefined || period === undefined || period === 0 ? undefined : quota / period;
}

/** -1 and `max` are no limits. */
function number(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+\s*$/.test(text) ? Number(text) : undefined;
}

function read(root: string, file: string): string | undefined {
  try {
    return readFileSync(join(root, file), 'utf8');
  } catch {
    return undefined;
  }
}
