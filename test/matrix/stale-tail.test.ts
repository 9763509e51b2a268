import assert from 'node:assert/strict';
import { SEATGEEK_DIALECT } from '../../src/sandbox/dialects.js';
import { sequenceText } from '../../src/sandbox/feed.js';
import { startSandbox } from '../../src/sandbox/start.js';
import { Pipeline } from './pipeline.js';

/** Sixty people, then a change of one, then much later the image from before that change once more. */
describe('an older image at the end of the feed', () => {
  for (const lastCursor of SEATGEEK_DIALECT.lastCursor.values) {
    it(`never takes the place of the newer one, however often it is read (last cursor ${lastCursor})`, async () => {
      const sandbox = await startSandbox({ people: 0, existing: 0, seatgeek: { lastCursor } });
      const { feed } = sandbox.seatgeek;
      const add = (id: string, tier: string, sequence: number): void =>
        void feed.append({
          id,
          first_name: 'Ada',
          last_name: id,
          email: `${id}@example.org`,
          loyalty_tier: tier,
          _ringside_sequence: sequenceText(sequence),
        });
      for (let n = 0; n < 60; n += 1) add(`p${n}`, 'Bronze', 1);
      add('p7', 'Gold', 9);
      for (let n = 60; n < 120; n += 1) add(`p${n}`, 'Bronze', 1);
      add('p7', 'Bronze', 1);
      const pipeline = new Pipeline(sandbox, { connection: { seatgeek: { pageSize: 100 } } });
      try {
        for (let turn = 0; turn < 3; turn += 1) {
          await pipeline.sync();
          const [user] = [...sandbox.halo.store.withEmail('p7@example.org')].flatMap(
            (id) => sandbox.halo.store.user(id) ?? [],
          );
          assert.equal(
            user?.customfields.find(({ name }) => name === 'CFLoyaltyTier')?.value,
            'Gold',
            `run ${turn + 1}`,
          );
        }
      } finally {
        await pipeline.close();
        await sandbox.close();
      }
    });
  }
});
