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

const CHILD = fileURLToPath(new URL('./sandbox-child.ts', import.meta.url));

export interface SandboxProcess extends SandboxReady {
  counts(): Promise<SandboxCounts>;
  /** Adds one change event each for so many people. */
  changePeople(count: number): Promise<void>;
  stop(): Promise<void>;
}

/** Answers once both servers listen. Throws an Error when the process ends before. */
export async function startSandboxProcess(order: SandboxOrder): Promise<SandboxProcess> {
  const child = spawn(process.execPath, ['--import', 'tsx', CHILD, JSON.stringify(order)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
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
    stop: async () => {
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
