import assert from 'node:assert/strict';
import { stripVTControlCharacters } from 'node:util';
import { createTerminal, printableJson } from '../../../src/starter/output.js';

function record(options: { tty: boolean; json?: boolean; env?: NodeJS.ProcessEnv; columns?: number }) {
  const out: string[] = [];
  const err: string[] = [];
  const sink = (lines: string[]) => ({
    write: (text: string) => lines.push(text),
    isTTY: options.tty,
    columns: options.columns,
  });
  const terminal = createTerminal({
    stdin: { isTTY: options.tty },
    stdout: sink(out),
    stderr: sink(err),
    env: options.env ?? {},
    json: options.json ?? false,
  });
  return { terminal, out: () => out.join(''), err: () => err.join('') };
}

describe('terminal', () => {
  it('keeps talk off stdout', () => {
    const { terminal, out, err } = record({ tty: false });
    terminal.say('checking');
    terminal.next('watch arena');
    terminal.show({ a: 1 }, ['result']);
    assert.equal(out(), 'result\n');
    assert.equal(err(), 'checking\nnext: npm run starter -- watch arena\n');
  });

  it('cuts what is wider than the terminal between words, below its first word', () => {
    const { terminal, out, err } = record({ tty: true, columns: 40 });
    terminal.show({}, [`    → ${'word '.repeat(12).trim()}`, `\u001b[33m${'word '.repeat(12).trim()}\u001b[39m`]);
    terminal.say('https://temporal.example.com/namespaces/default/workflows/connection-arena');
    terminal.next(`validate ${'a-long-folder/'.repeat(5)}arena.json`);
    assert.deepEqual(stripVTControlCharacters(out()).split('\n'), [
      '    → word word word word word word',
      '      word word word word word word',
      'word word word word word word word',
      '  word word word word word',
      '',
    ]);
    assert.match(err(), /^https:\S+arena\n/);
    assert.match(err(), /next: npm run starter -- validate \S+arena.json/);
  });

  it('leaves lines whole that another program reads, and all of them where there is no terminal', () => {
    const long = 'word '.repeat(40).trim();
    const inTerminal = record({ tty: true, columns: 40 });
    inTerminal.terminal.showExact({}, [long]);
    const piped = record({ tty: false, columns: 40 });
    piped.terminal.show({}, [long]);
    assert.deepEqual([inTerminal.out(), piped.out()], [`${long}\n`, `${long}\n`]);
  });

  it('writes one JSON document and no parts with --json', () => {
    const { terminal, out } = record({ tty: true, json: true });
    terminal.print(['a part']);
    terminal.show({ a: 1 }, ['result']);
    assert.deepEqual(JSON.parse(out()), { a: 1 });
  });

  for (const { title, tty, env, colored } of [
    { title: 'has colours in a terminal', tty: true, env: {}, colored: true },
    { title: 'has no colours without a terminal', tty: false, env: {}, colored: false },
    { title: 'has no colours in CI', tty: false, env: { CI: 'true' }, colored: false },
    { title: 'has no colours with NO_COLOR', tty: true, env: { NO_COLOR: '1' }, colored: false },
    { title: 'has colours although NO_COLOR is there and empty', tty: true, env: { NO_COLOR: '' }, colored: true },
    { title: 'has no colours in a dumb terminal', tty: true, env: { TERM: 'dumb' }, colored: false },
  ]) {
    it(title, () => {
      assert.equal(record({ tty, env }).terminal.colors.red('x') !== 'x', colored);
    });
  }

  it('asks nobody with --json or without a terminal', () => {
    assert.equal(record({ tty: true }).terminal.interactive, true);
    assert.equal(record({ tty: true, json: true }).terminal.interactive, false);
    assert.equal(record({ tty: false }).terminal.interactive, false);
  });

  it('has no live block without a terminal', () => {
    assert.equal(record({ tty: false }).terminal.live(), null);
  });

  it('writes a live block over itself and cuts lines that would wrap', () => {
    const { terminal, err } = record({ tty: true, columns: 25 });
    const block = terminal.live();
    assert.ok(block);
    block.update(['one', 'x'.repeat(30)]);
    block.update(['two']);
    assert.equal(err(), `one\n${'x'.repeat(24)}\n\u001b[2A\r\u001b[Jtwo\n`);
  });

  it('takes a live block away before it says something', () => {
    const { terminal, err } = record({ tty: true });
    terminal.live()?.update(['one']);
    terminal.say('a line');
    assert.equal(err(), 'one\n\u001b[1A\r\u001b[Ja line\n');
  });

  it('escapes the control characters that JSON leaves alone', () => {
    const value = { text: 'a\u009b31m\u001b[0m\u007f' };
    assert.doesNotMatch(printableJson(value).replaceAll('\n', ''), /\p{Cc}/u);
    assert.deepEqual(JSON.parse(printableJson(value)), value);
  });
});
