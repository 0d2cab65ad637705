/** One JSON object per line and event: `ts` (ISO 8601, UTC), `level`, `event`, `msg`, then the event's own fields. Never a payload. */

export type Level = 'info' | 'warn' | 'error';
export type Fields = Readonly<Record<string, unknown>>;
export type Log = (level: Level, event: string, msg: string, fields?: Fields) => void;

/** `write` receives whole lines. An event's fields cannot replace the four common ones. */
export function createLog(write: (line: string) => void): Log {
  return (level, event, msg, fields = {}) => {
    const common = { ts: new Date().toISOString(), level, event, msg };
    write(`${JSON.stringify({ ...common, ...fields, ...common })}\n`);
  };
}
