/** The Temporal CLI as operators run it, against a world's server. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findCli } from '../../src/temporal/find-cli.js';
import type { World } from './world.js';

const run = promisify(execFile);

/** Standard output of `temporal <args>`, as JSON text. Throws with the exit code and standard error when the CLI fails. */
export async function runTemporalCli(world: World, ...args: readonly string[]): Promise<string> {
  const all = [...args, '--address', world.server.address, '--output', 'json'];
  const { stdout } = await run(await findCli(), all, { maxBuffer: 64 * 1_024 * 1_024 });
  return stdout;
}
