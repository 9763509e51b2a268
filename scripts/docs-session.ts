/**
 * A folder that looks like a fresh checkout, in which commands run as the docs print them: `npm run …` and `temporal …`. Only ports and paths are
 * others, and shown as the usual ones.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { findCli } from '../src/temporal/find-cli.js';
import { freePort } from '../src/temporal/free-port.js';
import { Typist } from '../test/world/typist.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** What a fresh checkout has that commands need. */
const LINKED = ['src', 'node_modules', 'docs', 'tsconfig.json', 'connection.schema.json', '.npmrc'];

const USUAL = ['7233', '8233', '8181', '8182', '9464', '8080'] as const;

export interface Ran {
  readonly code: number | null;
  /** Standard output and error as they came, with the usual ports. */
  readonly text: string;
}

export class DocsSession {
  readonly #running: ChildProcess[] = [];

  private constructor(
    readonly folder: string,
    private readonly ports: ReadonlyMap<string, number>,
    readonly env: NodeJS.ProcessEnv,
    private readonly sandboxFlags: string,
  ) {}

  /** `sandboxFlags`: beside those that the page prints. */
  static async open(sandboxFlags = ''): Promise<DocsSession> {
    const folder = await mkdtemp(path.join(tmpdir(), 'docs-'));
    for (const name of LINKED) await symlink(path.join(ROOT, name), path.join(folder, name));
    await cp(path.join(ROOT, 'package.json'), path.join(folder, 'package.json'));
    await mkdir(path.join(folder, 'connections'));
    await cp(path.join(ROOT, 'connections/example.json'), path.join(folder, 'connections/example.json'));
    await mkdir(path.join(folder, 'bin'));
    await symlink(await findCli(), path.join(folder, 'bin/temporal'));
    const ports = new Map<string, number>();
    for (const usual of USUAL) ports.set(usual, await freePort());
    const env = {
      ...process.env,
      PAYLOAD_KEYS: '',
      NO_COLOR: '1',
      npm_config_update_notifier: 'false',
      PATH: `${path.join(folder, 'bin')}${path.delimiter}${process.env['PATH'] ?? ''}`,
      TEMPORAL_ADDRESS: `127.0.0.1:${ports.get('7233') ?? 0}`,
    };
    return new DocsSession(folder, ports, env, sandboxFlags);
  }

  /** Starts what stays running, with other ports where it listens; waits until it has said `ready`. Answers what it said. */
  async start(shown: string, ready: RegExp, env: NodeJS.ProcessEnv = {}): Promise<string> {
    const child = spawn('bash', ['-c', this.real(this.#withPorts(shown))], {
      cwd: this.folder,
      env: { ...this.env, ...env },
      detached: true,
    });
    this.#running.push(child);
    let said = '';
    await new Promise<void>((resolve, reject) => {
      const listen = (text: Buffer): void => {
        said += text.toString();
        if (ready.test(said)) resolve();
      };
      child.stdout.on('data', listen);
      child.stderr.on('data', listen);
      child.once('exit', () => reject(new Error(`${shown} ended:\n${said}`)));
    });
    process.stderr.write(`is up: ${shown}\n`);
    return this.neutral(said);
  }

  #withPorts(command: string): string {
    if (/^npm run temporal\b/.test(command)) return `${command} -- --port 7233 --ui-port 8233`;
    if (/^npm run sandbox\b/.test(command))
      return `${command} -- --seatgeek-port 8181 --halo-port 8182 ${this.sandboxFlags}`;
    return command;
  }

  /** Runs a command of the shell where nobody can be asked. */
  async run(shown: string): Promise<Ran> {
    const child = spawn('bash', ['-c', `{ ${this.real(quiet(shown))}\n} 2>&1`], { cwd: this.folder, env: this.env });
    let said = '';
    child.stdout.on('data', (text: Buffer) => (said += text.toString()));
    const [code] = z
      .tuple([z.number().nullable()])
      .rest(z.unknown())
      .parse(await once(child, 'close'));
    return { code, text: this.neutral(said) };
  }

  /** The same in a terminal, where somebody types. */
  typist(shown: string): Typist {
    return new Typist({ command: this.real(quiet(shown)), cwd: this.folder, env: { ...this.env, TERM: 'xterm' } });
  }

  real(text: string): string {
    return [...this.ports].reduce((real, [usual, port]) => real.replaceAll(usual, String(port)), text);
  }

  neutral(text: string): string {
    const ports = [...this.ports].reduce((shown, [usual, port]) => shown.replaceAll(String(port), usual), text);
    return ports.replaceAll(this.folder, '.').replaceAll('\r\n', '\n');
  }

  async close(): Promise<void> {
    for (const child of this.#running.reverse()) {
      if (child.exitCode !== null || child.pid === undefined) continue;
      child.removeAllListeners('exit');
      const ended = once(child, 'exit');
      process.kill(-child.pid, 'SIGTERM');
      await ended;
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** The variables for a worker, as the sandbox prints them. */
export function printedVariables(said: string): Record<string, string> {
  const pairs = [...said.matchAll(/^ {2}export ([A-Z_]+)=(.*)$/gm)];
  return Object.fromEntries(pairs.map(([, name = '', value = '']): [string, string] => [name, value]));
}

/** Without npm's own two lines. */
function quiet(command: string): string {
  return command.replace(/^npm run (?!-s)/, 'npm run -s ');
}
