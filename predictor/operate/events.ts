/** What stands in the log beside that which a part of the program says itself. */
import type { Log } from './log.ts';

/** What each event of loading says to a reader; events without a line here say their own name. */
export const eventTexts: Readonly<Record<string, string>> = {
  'model-loading': 'Loading model',
  'model-loaded': 'Model loaded',
  'model-warmed-up': 'Model has run once',
  'model-released': 'Model released',
  'model-process-lost': 'A process of the model ended; it is replaced',
  'model-process-started': 'A process of the model runs',
  'model-process-failed': 'A process of the model could not be started',
  'no-rows-refused': 'Model cannot run without rows; such requests are refused',
  'warm-up-refused': 'Model refused a run on zeros; it has no stored example that fits',
  resolved: 'MLflow named the place of a model',
  fetched: 'Model folder fetched',
};

/** Warnings of Node and of libraries become log lines: a line that is not JSON breaks who reads them. */
export function tellWarnings(log: Log): void {
  process.removeAllListeners('warning');
  process.on('warning', (warning) => log('warn', 'warning', warning.message, { name: warning.name }));
}
