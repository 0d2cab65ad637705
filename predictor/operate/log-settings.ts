/**
 * Which log lines are written, changeable while the server runs: the settings of Triton's logging extension. Those that
 * this log has no use for keep their only value.
 */
import { ServeError } from '../protocol/error.ts';
import { pointer } from '../protocol/pointer.ts';
import type { Level } from './log.ts';

export type LogSetting = string | number | boolean;

export interface LogControl {
  /** Whether lines of this level are written. */
  wants(level: Level): boolean;
  settings(): Readonly<Record<string, LogSetting>>;
  /** All of the changes or none. Rejects with ServeError REQUEST_FIELD. */
  change(changes: Readonly<Record<string, unknown>>): Promise<void>;
}

const settingOfLevel = { info: 'log_info', warn: 'log_warning', error: 'log_error' } as const satisfies Record<
  Level,
  string
>;

/** Settings with one possible value: no file, no verbose lines, one JSON object per line. */
const fixed: Readonly<Record<string, LogSetting>> = { log_file: '', log_verbose_level: 0, log_format: 'json' };

export function createLogControl(): LogControl {
  const switches: Record<string, boolean> = { log_info: true, log_warning: true, log_error: true };
  return {
    wants: (level) => switches[settingOfLevel[level]] === true,
    settings: () => ({ ...switches, ...fixed }),
    change: async (changes) => {
      for (const [name, value] of Object.entries(changes)) check(name, value, switches);
      for (const [name, value] of Object.entries(changes)) if (typeof value === 'boolean') switches[name] = value;
    },
  };
}

function check(name: string, value: unknown, switches: Readonly<Record<string, boolean>>): void {
  const at = { pointer: pointer(name) };
  if (Object.hasOwn(switches, name)) {
    if (typeof value === 'boolean') return;
    throw new ServeError(
      'REQUEST_FIELD',
      `log setting '${name}' is ${JSON.stringify(value)}, expected true or false`,
      at,
    );
  }
  if (!Object.hasOwn(fixed, name)) throw new ServeError('REQUEST_FIELD', `log setting '${name}' is not known`, at);
  if (value === fixed[name]) return;
  const only = JSON.stringify(fixed[name]);
  throw new ServeError(
    'REQUEST_FIELD',
    `log setting '${name}' is ${JSON.stringify(value)}, only ${only} is served`,
    at,
  );
}
