/** Starts the sandbox as a child process and asks it for its counts. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import {
  countsSchema,
  readySchema,
  type SandboxCounts,
  type SandboxOrder,
  type SandboxReady,
} from './sandbox-messages.js';

/** A million users in Halo take more than 4 GB of it. */
const HEAP_MB = 12_288;
const CHILD = fileURLToPath(new URL('./sandbox-child.ts', import.meta.url));

export interface SandboxProcess extends SandboxReady {
  counts(): Promise<SandboxCounts>;
  /** Adds one change event each for so many people. */
  changePeople(count: number): Promise<void>;
  /** Rejects when the process ends before `stop`. */
  readonly died: Promise<never>;
  stop(): Promise<void>;
}

/** Answers once both servers listen. Throws an Error when the process ends before. */
export async function startSandboxProcess(order: SandboxOrder): Promise<SandboxProcess> {
  const child = spawn(
    process.execPath,
    [`--max-old-space-size=${HEAP_MB}`, '--import', 'tsx', CHILD, JSON.stringify(order)],
    { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] },
  );
  let isOver = false;
  const died = new Promise<never>((_, reject) => {
    child.once('exit', (code, signal) => {
      if (!isOver) reject(new Error(`the sandbox's process ended by itself (${signal ?? `code ${code}`})`));
      isOver = true;
    });
  });
  died.catch(() => undefined);
  const ready = readySchema.parse(await nextMessage(child));
  let asked = 0;
  const ask = async (change: number): Promise<SandboxCounts> => {
    asked += 1;
    child.send({ id: asked, change });
    return countsSchema.parse(await nextMessage(child));
  };
  return {
    ...ready,
    counts: () => ask(0),
    changePeople: async (count) => {
      await ask(count);
    },
    died,
    stop: async () => {
      if (isOver) return;
      isOver = true;
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}

/** One question is under way at a time, so the next message is its answer. */
function nextMessage(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void => reject(new Error(`the sandbox's process ended with code ${code}`));
    child.once('exit', ended);
    child.once('message', (message) => {
      child.off('exit', ended);
      resolve(message);
    });
  });
}
