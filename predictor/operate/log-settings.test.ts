import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLog } from './log.ts';
import { createLogControl } from './log-settings.ts';

test('levels are switched while the log is in use', async () => {
  const control = createLogControl();
  const lines: string[] = [];
  const log = createLog((line) => lines.push(line), control.wants);
  log('info', 'a', '');
  await control.change({ log_info: false, log_format: 'json' });
  log('info', 'b', '');
  log('warn', 'c', '');
  assert.deepEqual(
    lines.map((line) => (JSON.parse(line) as { event: string }).event),
    ['a', 'c'],
  );
  assert.deepEqual(control.settings(), {
    log_info: false,
    log_warning: true,
    log_error: true,
    log_file: '',
    log_verbose_level: 0,
    log_format: 'json',
  });
});

test('a change that cannot be made changes nothing', async () => {
  const control = createLogControl();
  for (const [changes, message] of [
    [{ log_info: false, log_error: 1 }, "log setting 'log_error' is 1, expected true or false (/log_error)"],
    [{ log_info: false, other: true }, "log setting 'other' is not known (/other)"],
    [
      { log_info: false, log_verbose_level: 1 },
      "log setting 'log_verbose_level' is 1, only 0 is served (/log_verbose_level)",
    ],
  ] as const)
    await assert.rejects(control.change(changes), { code: 'REQUEST_FIELD', message });
  assert.equal(control.wants('info'), true);
});
