/** One combination from the first import to a re-import of everything, held against the oracle after each run. */
import assert from 'node:assert/strict';
import type { FeedRow as Row } from '../../src/seatgeek/types.js';
import { startSandbox } from '../../src/sandbox/start.js';
import { assertRight } from './checks.js';
import type { Combination } from './combination.js';
import { Dice } from './dice.js';
import { fastClock, Pipeline } from './pipeline.js';

export interface Played {
  /** How often faults struck. */
  readonly strikes: number;
  readonly haloRequests: number;
}

export async function play(combination: Combination): Promise<Played> {
  const { seed, people, existing, images, seatgeek, halo, pageSize, writeBatch, deaths } = combination;
  const sandbox = await startSandbox({ seed, people, existing, images, seatgeek, halo, now: () => fastClock.now() });
  const placed = combination.faults.map(({ fault, moment }) => ({
    name: `${fault.name} (${moment})`,
    struck: sandbox.faults.add(fault.at(moment)),
  }));
  const dice = new Dice(seed + 1);
  const isSilent = combination.faults.some(({ fault }) => fault.silent === true) || 'aboveMaxLimit' in seatgeek;
  const pipeline = new Pipeline(sandbox, {
    connection: { seatgeek: { pageSize }, halo: { writeBatch } },
    ...(isSilent && { timeoutMs: 700 }),
    dies: () => dice.chance(deaths),
  });
  const before = sandbox.halo.users();
  const served = new Map<string, Row>();
  const settle = async (stage: string): Promise<void> => {
    await pipeline.sync();
    await pipeline.retryRejected(true);
    for (const row of sandbox.seatgeek.feed.rows()) served.set(JSON.stringify(row), row);
    const isCompacted = sandbox.options.seatgeek.log === 'compacted';
    assertRight(pipeline, { before, ...(isCompacted && { served: [...served.values()] }) }, stage);
  };
  try {
    await settle('first import');
    sandbox.addLiveChanges(dice.integer(5, 40));
    if (combination.expires) sandbox.seatgeek.feed.expireCursors();
    await settle('live changes');
    await settle('nothing new');
    pipeline.clearCursor();
    sandbox.addLiveChanges(dice.integer(0, 10));
    await settle('all history again');
    const missed = placed.filter(({ struck }) => struck.hits === 0).map(({ name }) => name);
    assert.deepEqual(missed, [], 'faults that never struck');
    return {
      strikes: placed.reduce((sum, { struck }) => sum + struck.hits, 0),
      haloRequests: sandbox.halo.requests.count,
    };
  } finally {
    await pipeline.close();
    await sandbox.close();
  }
}
