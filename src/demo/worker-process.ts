/** A worker as its own process, as in production: started from this checkout, logging to a file. */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface WorkerProcess {
  readonly pid: number;
  /** Its exit code once it has ended, by itself or not; null after a signal. */
  readonly ended: Promise<number | null>;
  /** SIGTERM, then waits for the graceful end. Answers the exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL: nothing is said to anybody. */
  kill9(): Promise<void>;
}

export interface WorkerProcessOptions {
  /** Added to this process's environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Standard output and error go here, appended. */
  readonly logFile: string;
  /** What Node.js is to run. Default: the worker of this checkout's sources. */
  readonly nodeArguments?: readonly string[];
}

const SOURCES = ['--import', 'tsx', fileURLToPath(new URL('../worker.ts', import.meta.url))];

/** Starts a worker process; Temporal hands it work as soon as it polls. Throws when it ends at once. */
export function spawnWorker({ env, logFile, nodeArguments = SOURCES }: WorkerProcessOptions): WorkerProcess {
  const log = openSync(logFile, 'a');
  const child = spawn(process.execPath, nodeArguments, {
    env: { ...process.env, ...env },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  if (child.pid === undefined) throw new Error('the worker process could not be started');
  const killWithParent = (): void => void child.kill('SIGKILL');
  process.once('exit', killWithParent);
  child.once('exit', () => process.off('exit', killWithParent));
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  return {
    pid: child.pid,
    ended,
    stop: () => end(child, 'SIGTERM'),
    kill9: async () => {
      await end(child, 'SIGKILL');
    },
  };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
  return child.exitCode;
}
