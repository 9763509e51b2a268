import assert from 'node:assert/strict';
import type { MappedPerson } from '../../../src/mapping/types.js';
import { hastyClock, HaloBench, outcomes, person } from '../../unit/halo/halo-bench.js';

/** Longer than what was read of a user counts as true. */
const LONG_MS = 16 * 60_000;

describe('somebody who must be planned again and again, for what was read was too old when it was to be sent', () => {
  for (const [waits, outcome] of [
    [4, 'updated'],
    [5, 'rejected'],
  ] as const)
    it(`is ${outcome} after ${waits} times, and nobody else is`, async () => {
      let ahead = 0;
      const bench = await HaloBench.start({ clock: { ...hastyClock, now: () => Date.now() + ahead } });
      try {
        const tier = (value: string): MappedPerson =>
          person('p1', { fields: [{ to: 'CFLoyaltyTier', value, when: 'always' }] });
        await bench.run().write([tier('Gold')]);
        // As if Halo's limit made it wait.
        let left: number = waits;
        const ready = bench.client.ready.bind(bench.client);
        bench.client.ready = (...args) => {
          if (left > 0) ahead += LONG_MS;
          left -= 1;
          return ready(...args);
        };
        const [one, other] = await bench.run().write([tier('Silver'), person('p2', { deleted: true })]);
        assert.deepEqual(outcomes([one!, other!]), [outcome, 'skipped']);
        if (outcome === 'rejected') assert.match(one?.rejection?.message ?? '', /again and again/);
        assert.equal(bench.people()[0]?.tier, outcome === 'updated' ? 'Silver' : 'Gold');
      } finally {
        await bench.close();
      }
    });
});
