/** What a process of ours cost the machine: its peak of resident memory and its CPU time. */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface ProcessCost {
  readonly peakMiB: number;
  /** Null where the system does not tell. */
  readonly cpuSeconds: number | null;
}

export interface ProcessWatch {
  /** Since the watch began. */
  cost(): Promise<ProcessCost>;
  stop(): void;
}

const SAMPLE_MS = 500;
/** Clock ticks per second as Linux shows them to programs. */
const TICKS = 100;

/** Watches a process: by the kernel's own high-water mark where there is one, else by samples. */
export async function watchProcess(pid: number): Promise<ProcessWatch> {
  const cpuBefore = await cpuOf(pid);
  if (cpuBefore === null) return sampled(pid);
  // "5" sets the high-water mark back to what is resident now.
  await writeFile(`/proc/${pid}/clear_refs`, '5').catch(() => undefined);
  return {
    cost: async () => ({ peakMiB: await highWaterMiB(pid), cpuSeconds: ((await cpuOf(pid)) ?? cpuBefore) - cpuBefore }),
    stop: () => undefined,
  };
}

async function highWaterMiB(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? [];
  if (kib === undefined) throw new Error('the kernel does not tell the peak of memory');
  return Number(kib) / 1_024;
}

/** Seconds in user and kernel mode; null where there is no /proc. */
async function cpuOf(pid: number): Promise<number | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (stat === null) return null;
  // The name stands in brackets and may hold blanks; user and kernel time are the 12th and 13th field after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

function sampled(pid: number): ProcessWatch {
  let peakMiB = 0;
  const sample = async (): Promise<void> => {
    const { stdout } = await run('ps', ['-o', 'rss=', '-p', String(pid)]);
    peakMiB = Math.max(peakMiB, Number(stdout) / 1_024);
  };
  const timer = setInterval(() => void sample().catch(() => undefined), SAMPLE_MS).unref();
  return {
    cost: async () => {
      await sample();
      return { peakMiB, cpuSeconds: null };
    },
    stop: () => clearInterval(timer),
  };
}
