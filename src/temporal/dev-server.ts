/**
 * Temporal's dev server as a child process of ours: for the demo, for `npm run temporal`, and for tests that kill it and start it again on
 * the same file and port, which the SDK's own test environment can't.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ConfigError } from '../errors.js';
import { devServerArguments } from './dev-server-arguments.js';
import { isServing } from './dev-server-probe.js';
import { findCli } from './find-cli.js';
import { assertPortFree, freePort } from './free-port.js';

export interface DevServerOptions {
  /** SQLite file, created with its folder when missing. Without one everything is in memory. */
  readonly dbFilename?: string | undefined;
  /** Default: a free one. */
  readonly port?: number | undefined;
  /** Default: a free one. */
  readonly uiPort?: number | undefined;
  /** Serves the Web UI. Default: only when `uiPort` is given. */
  readonly ui?: boolean | undefined;
  /** The server's log level. Default `error`. */
  readonly logLevel?: 'debug' | 'info' | 'warn' | 'error' | 'never' | undefined;
  readonly extraArgs?: readonly string[] | undefined;
  /** Takes what the server writes, in pieces. Default: nobody; the last lines are kept for errors. */
  readonly log?: ((text: string) => void) | undefined;
  /** A process group of its own, so that Ctrl-C reaches only the caller, who then stops things in order. Default false. */
  readonly ownProcessGroup?: boolean | undefined;
  /** Ends the attempt to start, not a server that has started. */
  readonly signal?: AbortSignal | undefined;
  /** Path of the Temporal CLI. Default: found or fetched. */
  readonly cli?: string | undefined;
}

export interface DevServer {
  /** host:port of the frontend. */
  readonly address: string;
  /** Empty without the Web UI. */
  readonly uiUrl: string;
  readonly pid: number;
  /** Settles when the process is gone, however it ended. */
  readonly ended: Promise<void>;
  /** Asks the server to end, insists after ten seconds, and waits. */
  stop(): Promise<void>;
  /** SIGKILL, as a crash would: nothing is flushed. Waits until the process is gone. */
  kill9(): Promise<void>;
}

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 10_000;
const POLL_MS = 50;
const KEPT_OUTPUT = 64_000;
/** The server looks for ports of its own and ends when somebody takes one before it listens. */
const ATTEMPTS = 3;

/** The process was gone before it served. */
class EndedAtOnce extends Error {}

/**
 * Starts the server and answers once it serves requests and knows our search attributes. A server that ends at once is started up to three
 * times. It ends with this process. Throws ConfigError when the CLI or the port can't be had, Error with the server's last lines when it
 * dies or doesn't serve within a minute.
 */
export async function startDevServer(options: DevServerOptions = {}): Promise<DevServer> {
  const cli = options.cli ?? (await findCli());
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnce(cli, options);
    } catch (error) {
      if (!(error instanceof EndedAtOnce) || attempt === ATTEMPTS) throw error;
    }
  }
}

async function startOnce(cli: string, options: DevServerOptions): Promise<DevServer> {
  const port = await claimPort(options.port, '--port');
  const uiPort = isHeadless(options) ? undefined : await claimPort(options.uiPort, '--ui-port');
  if (options.dbFilename !== undefined) await mkdir(dirname(options.dbFilename), { recursive: true });
  const child = spawn(cli, devServerArguments({ ...options, port, uiPort }), {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: options.ownProcessGroup ?? false,
  });
  const output = keepOutput(child, options.log);
  const ended = endOf(child);
  const address = `127.0.0.1:${port}`;
  try {
    await serving(child, address, output, options.signal);
  } catch (error) {
    await end(child, ended, 'SIGKILL');
    throw error;
  }
  return {
    address,
    uiUrl: uiPort === undefined ? '' : `http://127.0.0.1:${uiPort}`,
    pid: child.pid ?? 0,
    ended,
    stop: () => end(child, ended, 'SIGTERM'),
    kill9: () => end(child, ended, 'SIGKILL'),
  };
}

function isHeadless({ ui, uiPort }: DevServerOptions): boolean {
  return !(ui ?? uiPort !== undefined);
}

async function claimPort(asked: number | undefined, flag: string): Promise<number> {
  if (asked === undefined) return freePort();
  try {
    await assertPortFree(asked);
    return asked;
  } catch (cause) {
    const hint = `End what listens there, or choose another port with ${flag}.`;
    throw new ConfigError('port-in-use', `port ${asked} can't be used by Temporal's dev server`, hint, flag, { cause });
  }
}

/** Answers the last lines of what the server complained of, or else of what it said, without the stacks of a panic. */
function keepOutput(child: ChildProcess, log: ((text: string) => void) | undefined): () => string {
  const kept = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      kept[name] = (kept[name] + text).slice(-KEPT_OUTPUT);
      log?.(text);
    });
  }
  return () => {
    const [said = ''] = (kept.stderr.trim() || kept.stdout.trim()).split(/\n\s*goroutine \d/, 1);
    return said.split('\n').slice(-10).join('\n');
  };
}

function endOf(child: ChildProcess): Promise<void> {
  const killWithParent = (): void => void child.kill('SIGKILL');
  process.once('exit', killWithParent);
  return new Promise((resolve) => {
    const gone = (): void => {
      process.off('exit', killWithParent);
      resolve();
    };
    child.once('close', gone);
    child.once('error', gone);
  });
}

async function serving(
  child: ChildProcess,
  address: string,
  output: () => string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!hasEnded(child)) {
    signal?.throwIfAborted();
    if (await isServing(address)) return;
    if (Date.now() > deadline) throw new Error(`Temporal's dev server did not serve within 60 s:\n${output()}`);
    await delay(POLL_MS);
  }
  if (child.pid === undefined) throw new Error(`Temporal's dev server could not be run: ${child.spawnfile}`);
  // The pipes may still hold the reason when the process is gone already.
  if (child.stdout?.closed === false) await once(child, 'close');
  throw new EndedAtOnce(`Temporal's dev server ended at once:\n${output()}`);
}

function hasEnded(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}

async function end(child: ChildProcess, ended: Promise<void>, signal: NodeJS.Signals): Promise<void> {
  if (hasEnded(child)) return ended;
  child.kill(signal);
  const insist = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(insist);
}
