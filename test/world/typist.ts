/** A program in a terminal of its own, and somebody who reads and types. By `script` of util-linux. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';

export const DOWN = '\u001b[B';
export const ENTER = '\r';

export interface TypistOptions {
  /** A shell command. */
  readonly command: string;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

export class Typist {
  #seen = '';
  #read = 0;
  readonly #child: ChildProcess;

  constructor({ command, env, cwd }: TypistOptions) {
    // Without a size the terminal would have no columns, and every letter would get a line of its own.
    const sized = `stty cols 120 rows 50; ${command}`;
    this.#child = spawn('script', ['-qefc', sized, '/dev/null'], { env, cwd });
    this.#child.stdout?.on('data', (text: Buffer) => (this.#seen += text.toString()));
  }

  /** Waits for the words to appear after whatever was waited for before, then presses the keys. Throws when the program ends without them. */
  async on(words: string, keys = ''): Promise<void> {
    for (;;) {
      const at = this.text.indexOf(words, this.#read);
      if (at >= 0) {
        this.#read = at + words.length;
        this.#child.stdin?.write(keys);
        return;
      }
      if (this.#child.exitCode !== null) throw new Error(`ended before '${words}':\n${this.text}`);
      await sleep(50);
    }
  }

  /** All that was written, without the terminal's control sequences. */
  get text(): string {
    return stripVTControlCharacters(this.#seen);
  }

  /** The same with them. */
  get raw(): string {
    return this.#seen;
  }

  /** The exit code. */
  async end(): Promise<number | null> {
    if (this.#child.exitCode === null) await once(this.#child, 'close');
    return this.#child.exitCode;
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}

/** Other systems have a `script` too, with other flags. */
export function hasTerminals(): boolean {
  const asked = spawnSync('script', ['--version'], { encoding: 'utf8' });
  return process.platform === 'linux' && asked.status === 0 && asked.stdout.includes('util-linux');
}
