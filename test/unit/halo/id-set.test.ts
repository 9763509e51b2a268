import assert from 'node:assert/strict';
import fc from 'fast-check';
import { IdSet } from '../../../src/halo/directory/id-set.js';

describe('a set of Halo ids', () => {
  it('counts each id once', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 100_000 })), (ids) => {
        const set = new IdSet();
        for (const id of ids) set.add(id);
        assert.equal(set.size, new Set(ids).size);
      }),
    );
  });

  it('has those that were added and nobody else', () => {
    const id = fc.integer({ min: 0, max: 100_000 });
    fc.assert(
      fc.property(fc.array(id), id, (ids, other) => {
        const set = new IdSet();
        for (const one of ids) set.add(one);
        assert.deepEqual(
          [...ids, other].map((one) => set.has(one)),
          [...ids, other].map((one) => ids.includes(one)),
        );
      }),
    );
  });
});
