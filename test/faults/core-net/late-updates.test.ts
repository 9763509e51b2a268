import assert from 'node:assert/strict';
import { isNew, sends } from '../../../src/sandbox/asked.js';
import type { PlacedFault } from '../../../src/sandbox/faults.js';
import { hastyClock, HaloBench, outcomes, person } from '../../unit/halo/halo-bench.js';
import { play, POST_USERS, type Scene } from './scene.js';

const SIZE = 5;
/** Of the program's clock. */
const LATE_MS = 60_000;
const UPDATES = { ...POST_USERS, where: sends((item) => !isNew(item)) };

const tiers = (scene: Scene): unknown[] => Array.from({ length: SIZE }, (_, n) => scene.tier(`p${n}`));
const all = (tier: string): string[] => new Array<string>(SIZE).fill(tier);

describe('a change that Halo does long after nobody waits for it any more', function () {
  this.timeout(60_000);

  for (const status of [504, 'cut', 'silence'] as const)
    for (const writeBatch of [1, 10])
      it(`does not undo a newer one (${status}, arrays of ${writeBatch})`, () =>
        play({ timeoutMs: 100, connection: { halo: { writeBatch } } }, [], async (scene) => {
          scene.addMany(SIZE);
          await scene.sync();
          const late = scene.fault({ system: 'halo', kind: 'late-commit', status, afterMs: LATE_MS, match: UPDATES });
          scene.addMany(SIZE, () => ({ loyalty_tier: 'Silver' }));
          await scene.sync();
          scene.addMany(SIZE, () => ({ loyalty_tier: 'Bronze' }));
          await scene.sync();
          await late.settled();
          assert.equal(late.hits, 1);
          assert.deepEqual(tiers(scene), all('Bronze'));
        }));

  it('does not change whom the feed has changed back before it was done', async () => {
    let late: PlacedFault | undefined;
    // As late as it may be: when it is waited for.
    const sleep = async (ms: number, signal?: AbortSignal): Promise<void> => {
      if (ms > 30_000) late?.release();
      await late?.settled();
      await hastyClock.sleep(ms, signal);
    };
    const bench = await HaloBench.start({ clock: { ...hastyClock, sleep } });
    const write = async (tier: string): Promise<string[]> =>
      outcomes(
        await bench.run().write([person('p1', { fields: [{ to: 'CFLoyaltyTier', value: tier, when: 'always' }] })]),
      );
    try {
      await write('Gold');
      const fault = bench.sandbox.faults.add({ system: 'halo', kind: 'late-commit', status: 504, match: UPDATES });
      const where: typeof UPDATES.where = (asked) => fault.hits > 0 && UPDATES.where(asked);
      const match = { ...UPDATES, where, after: 0 };
      const down = bench.sandbox.faults.add({ system: 'halo', kind: 'status', status: 503, match });
      assert.deepEqual(await write('Silver'), ['rejected']);
      down.release();
      late = fault;
      await write('Gold');
      fault.release();
      await fault.settled();
      assert.equal(fault.hits, 1);
      assert.deepEqual(
        bench.people().map(({ tier }) => tier),
        ['Gold'],
      );
    } finally {
      await bench.close();
    }
  });
});
