/** What the bench ran on, without naming it. */
import { execFile } from 'node:child_process';
import { availableParallelism, totalmem } from 'node:os';
import { promisify } from 'node:util';
import { findCli } from '../src/temporal/find-cli.js';
import type { Machine } from './report.js';

const run = promisify(execFile);

export async function describeMachine(): Promise<Machine> {
  const { stdout } = await run(await findCli(), ['--version']);
  return {
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    platform: process.platform,
    node: process.version.slice(1),
    temporalCli: /\d+\.\d+\.\d+/.exec(stdout)?.[0] ?? 'of unknown version',
  };
}
