/**
 * The terminal: results on stdout, talk on stderr, colours and live lines only where somebody looks. With `--json`, stdout gets one JSON
 * document and nothing else.
 */
import picocolors from 'picocolors';
import { clean, fitted, type Colors } from './text.js';
import { STARTER } from './own-command.js';

/** The part of a stream that the starter uses. */
export interface Sink {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

export interface Terminal {
  readonly json: boolean;
  /** Somebody is there to be asked. */
  readonly interactive: boolean;
  /** For results; plain where stdout is no terminal or `NO_COLOR` is set. */
  readonly colors: Colors;
  /** Shows a result: `value` with `--json`, else `lines`. At most once per command. */
  show(value: unknown, lines: readonly string[]): void;
  /** The same, with the lines as they are also where they are wider than the terminal: another program reads them. */
  showExact(value: unknown, lines: readonly string[]): void;
  /** Shows a part of the result ahead of the rest; with `--json` the one document of `show` has it. */
  print(lines: readonly string[]): void;
  /** One line for whoever looks on; never part of the result. */
  say(line: string): void;
  /** Names the command that usually comes next. */
  next(command: string | null): void;
  /** Lines that are written over each other; null where stderr is no terminal. */
  live(): LiveBlock | null;
}

export interface LiveBlock {
  update(lines: readonly string[]): void;
  /** Takes the lines away, so that what is written next stands in their place. */
  erase(): void;
}

export interface TerminalOptions {
  readonly stdin: { readonly isTTY?: boolean | undefined };
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly env: NodeJS.ProcessEnv;
  readonly json: boolean;
}

export function createTerminal({ stdin, stdout, stderr, env, json }: TerminalOptions): Terminal {
  const talkColors = picocolors.createColors(hasColors(stderr, env));
  let block: LiveBlock | null = null;
  const say = (line: string): void => {
    block?.erase();
    stderr.write(joined(fittedLines([line], stderr)));
  };
  const show = (value: unknown, lines: readonly string[]): void =>
    void stdout.write(json ? `${printableJson(value)}\n` : joined(lines));
  return {
    json,
    interactive: !json && stdin.isTTY === true && stderr.isTTY === true,
    colors: picocolors.createColors(hasColors(stdout, env)),
    show: (value, lines) => show(value, fittedLines(lines, stdout)),
    showExact: show,
    print: (lines) => {
      if (!json) stdout.write(joined(fittedLines(lines, stdout)));
    },
    say,
    next: (command) => {
      if (command !== null) say(talkColors.dim(`next: ${STARTER} ${clean(command)}`));
    },
    live: () => {
      block = stderr.isTTY === true && env['TERM'] !== 'dumb' ? createLiveBlock(stderr) : null;
      return block;
    },
  };
}

function joined(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

/** Cut between words where a person reads. A line with a command stays whole, so that it can be copied. */
function fittedLines(lines: readonly string[], { isTTY, columns }: Sink): string[] {
  if (isTTY !== true || columns === undefined) return [...lines];
  return lines.flatMap((line) => (line.includes(STARTER) ? [line] : fitted(line, columns)));
}

/** https://no-color.org: any value but the empty one switches colours off. */
function hasColors(sink: Sink, env: NodeJS.ProcessEnv): boolean {
  if ((env['NO_COLOR'] ?? '') !== '') return false;
  return sink.isTTY === true && env['TERM'] !== 'dumb';
}

/** JSON escapes most control characters by itself, but leaves those from U+007F to U+009F, which some terminals obey. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replaceAll(
    /[\u007f-\u009f]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

const ESCAPE = '\u001b[';

function createLiveBlock(sink: Sink): LiveBlock {
  let shown = 0;
  const erase = (): void => {
    if (shown > 0) sink.write(`${ESCAPE}${shown}A\r${ESCAPE}J`);
    shown = 0;
  };
  return {
    update: (lines) => {
      erase();
      const width = Math.max(20, (sink.columns ?? 80) - 1);
      // A line that wraps would take two rows, and the next update would begin in the wrong place.
      sink.write(joined(lines.map((line) => line.slice(0, width))));
      shown = lines.length;
    },
    erase,
  };
}
