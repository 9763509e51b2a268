/** A Halo that is sent arrays of five: the first alone, then two, then four at once. */
import type { Clock } from '../../../src/halo/clock.js';
import type { JsonObject } from '../../../src/json.js';
import { isNew, sends } from '../../../src/sandbox/asked.js';
import type { FaultEffect, PlacedFault } from '../../../src/sandbox/faults.js';
import { hastyClock, HaloBench, person, type BenchOptions } from '../../unit/halo/halo-bench.js';

export const SIZE = 5;
/** Eleven arrays: one, two, four and four. */
export const PEOPLE = Array.from({ length: 11 * SIZE }, (_, n) => person(`p${n + 100}`));

export async function play(options: BenchOptions, body: (bench: HaloBench) => Promise<void>): Promise<void> {
  const bench = await HaloBench.start({ timeoutMs: 2_000, connection: { halo: { writeBatch: SIZE } }, ...options });
  try {
    await body(bench);
  } finally {
    await bench.close();
  }
}

/** Skips what is slept. */
export function skippingClock(): Clock {
  let ahead = 0;
  return {
    now: () => Date.now() + ahead,
    sleep: async (ms, signal) => {
      await hastyClock.sleep(ms, signal);
      ahead += ms;
    },
  };
}

/** Meets the array the first time that it is sent. */
export function meet(bench: HaloBench, array: number, effect: FaultEffect): PlacedFault {
  const email = PEOPLE[array * SIZE]?.fields[1]?.value;
  const where = sends((item: JsonObject) => isNew(item) && item['emailaddress'] === email);
  return bench.sandbox.faults.add({ system: 'halo', ...effect, match: { method: 'POST', path: '/api/Users', where } });
}
