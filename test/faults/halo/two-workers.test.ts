/** The pages of one run are written by several workers: what one knows of Halo is old by what the others wrote. */
import assert from 'node:assert/strict';
import { systemClock } from '../../../src/halo/clock.js';
import { startSandbox } from '../../../src/sandbox/start.js';
import { Pipeline } from '../../matrix/pipeline.js';
import { compare, expectedHaloUsers } from '../../oracle/index.js';

/** Which of three workers takes each page in turn. */
const TURNS = ['012', '0112', '01212'];

describe('a run whose pages are written by several workers', () => {
  for (const turns of TURNS)
    it(`creates nobody twice when workers take turns as ${turns}`, async () => {
      // Some events of this feed come twice, on pages far from each other.
      const sandbox = await startSandbox({ people: 300, seed: 12 });
      const before = sandbox.halo.users();
      let steps = 0;
      // A page is fetched, mapped and written.
      const worker = (): number => Number(turns[Math.floor(steps++ / 3) % turns.length]);
      const pipeline = new Pipeline(sandbox, {
        connection: { seatgeek: { pageSize: 20 } },
        clock: systemClock,
        worker,
      });
      try {
        await pipeline.sync();
        const { idColumn } = sandbox.options.seatgeek;
        const rows = sandbox.seatgeek.feed.rows();
        assert.deepEqual(compare(sandbox, expectedHaloUsers({ rows, before, idColumn })), []);
      } finally {
        await pipeline.close();
        await sandbox.close();
      }
    });
});
