import assert from 'node:assert/strict';
import { PassThrough, Writable } from 'node:stream';
import { test } from 'node:test';
import { InputRefused, type SecretSource, secretInput } from './secret-input.ts';

interface Terminal {
  readonly source: SecretSource & PassThrough;
  readonly modes: boolean[];
  readonly screen: Writable;
  shown(): string;
}

function terminal(isTTY = true): Terminal {
  const modes: boolean[] = [];
  const shown: string[] = [];
  const source = Object.assign(new PassThrough(), { isTTY, setRawMode: (on: boolean) => modes.push(on) });
  const screen = new Writable({
    write(chunk, _encoding, done) {
      shown.push(String(chunk));
      done();
    },
  });
  return { source, modes, screen, shown: () => shown.join('') };
}

async function typed(keys: string): Promise<string> {
  const { source, screen } = terminal();
  const answer = secretInput(source, screen).prompt('KEY');
  for (const byte of Buffer.from(keys)) source.write(Buffer.from([byte]));
  return (await answer).toString();
}

test('what is typed is not shown, and the terminal is restored', async () => {
  const { modes, screen, shown, source } = terminal();
  const answer = secretInput(source, screen).prompt('AWS_ACCESS_KEY_ID');
  source.write('s3cret\r');
  assert.equal((await answer).toString(), 's3cret');
  assert.equal(shown(), 'AWS_ACCESS_KEY_ID: \n');
  assert.deepEqual(modes, [true, false]);
});

test('editing keys work', async () => {
  assert.equal(await typed('abcd\x7f\x08\r'), 'ab');
  assert.equal(await typed('aé€\x7f\x7f\n'), 'a');
  assert.equal(await typed('\x7fab\x15cd\x07\r'), 'cd');
  assert.equal(await typed('ab\x04'), 'ab');
});

test('an arrow key adds nothing', async () => {
  const { source, screen } = terminal();
  const answer = secretInput(source, screen).prompt('KEY');
  source.write('ab');
  source.write('\x1b[D');
  source.write('c\r');
  assert.equal((await answer).toString(), 'abc');
});

test('two pasted lines answer two prompts', async () => {
  const { modes, source, screen } = terminal();
  const input = secretInput(source, screen);
  const first = input.prompt('A');
  source.write('one\r\ntwo\r');
  assert.equal((await first).toString(), 'one');
  assert.equal((await input.prompt('B')).toString(), 'two');
  assert.deepEqual(modes, [true, false, true, false]);
});

test('Ctrl-C cancels and restores the terminal', async () => {
  const { modes, source, screen } = terminal();
  const answer = secretInput(source, screen).prompt('KEY');
  source.write('half a sec\x03');
  await assert.rejects(answer, new InputRefused('cancelled'));
  assert.deepEqual(modes, [true, false]);
});

test('a closed terminal is refused and restored', async () => {
  const { modes, source, screen } = terminal();
  const answer = secretInput(source, screen).prompt('KEY');
  source.end();
  await assert.rejects(answer, new InputRefused('the terminal was closed'));
  assert.deepEqual(modes, [true, false]);
});

test('without a terminal there is no prompt', async () => {
  const { shown, source, screen } = terminal(false);
  await assert.rejects(secretInput(source, screen).prompt('KEY'), InputRefused);
  assert.equal(shown(), '');
});

test('stdin is read to its end, byte by byte as given', async () => {
  const { source, screen } = terminal(false);
  const answer = secretInput(source, screen).readStdin();
  source.write(Buffer.from([0, 255, 10]));
  source.end(Buffer.from([13, 10]));
  assert.deepEqual(await answer, Buffer.from([0, 255, 10, 13, 10]));
});

test('stdin is not read from a terminal, which would show it', async () => {
  const { source, screen } = terminal();
  await assert.rejects(secretInput(source, screen).readStdin(), InputRefused);
});

test('stdin without end is cut off', async () => {
  const { source, screen } = terminal(false);
  const answer = secretInput(source, screen).readStdin();
  source.end(Buffer.alloc(1_048_577));
  await assert.rejects(answer, InputRefused);
});
