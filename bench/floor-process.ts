/** Runs the floor as a process of its own against a sandbox, so that its memory and CPU are its own. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { SandboxReady } from './sandbox-messages.js';

const run = promisify(execFile);
const FLOOR = fileURLToPath(new URL('./floor.ts', import.meta.url));

const resultSchema = z.object({
  /** Change events read. */
  events: z.int(),
  /** Events that came to nothing. */
  refused: z.int(),
  seconds: z.number(),
  peakMiB: z.number(),
  cpuSeconds: z.number(),
});

export type FloorResult = z.output<typeof resultSchema>;

export async function runFloor({ urls, secrets }: SandboxReady, workers: number): Promise<FloorResult> {
  const env = {
    ...process.env,
    FEED_URL: urls.feed,
    SEATGEEK_TOKEN_URL: urls.seatgeekToken,
    SEATGEEK_AUDIENCE: urls.audience,
    HALO_URL: urls.halo,
    SEATGEEK_ID: secrets['ARENA_SEATGEEK_CLIENT_ID'],
    SEATGEEK_SECRET: secrets['ARENA_SEATGEEK_CLIENT_SECRET'],
    HALO_ID: secrets['ARENA_HALO_CLIENT_ID'],
    HALO_SECRET: secrets['ARENA_HALO_CLIENT_SECRET'],
  };
  const { stdout } = await run(process.execPath, ['--import', 'tsx', FLOOR, String(workers)], { env });
  return resultSchema.parse(JSON.parse(stdout));
}
