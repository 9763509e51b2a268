import assert from 'node:assert/strict';
import fc from 'fast-check';
import { leastUsed, placesKept, spacingMs, type WindowUse } from '../../../src/halo/limit/window-sharing.js';

describe('sharing a window', () => {
  it('gives the turn to who used least, and among equals to who waits longest', () => {
    const use = useOf({ a: 5, b: 2, d: 2 });
    assert.equal(leastUsed(['a', 'b', 'd'], use), 'b');
    assert.equal(leastUsed(['d', 'a', 'b'], use), 'd');
    assert.equal(leastUsed(['a', 'new', 'b'], use), 'new');
    assert.equal(leastUsed([], use), undefined);
  });

  it('keeps a twentieth for those who used no more than that', () => {
    const use = useOf({ huge: 280, even: 15, small: 14 });
    assert.equal(placesKept('huge', 2, use), 15);
    assert.equal(placesKept('even', 3, use), 15);
    assert.equal(placesKept('small', 2, use), 0);
    assert.equal(placesKept('new', 3, use), 0);
    assert.equal(placesKept('huge', 1, use), 0, 'alone');
  });

  it('never keeps more than a tenth of any window', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), fc.nat(100_000), (limit, used) => {
        const kept = placesKept('a', 2, { limit, total: used, by: new Map([['a', used]]) });
        assert.ok(kept <= limit * 0.1);
      }),
    );
  });

  it('slows down from half of a shared window on, and still spends all of it in half the time', () => {
    assert.equal(spacingMs(true, useOf({ a: 100, b: 49 }), 300_000), 0);
    assert.equal(spacingMs(true, useOf({ a: 100, b: 50 }), 300_000), 500);
    assert.equal(spacingMs(false, useOf({ a: 299 }), 300_000), 0);
  });
});

function useOf(by: Readonly<Record<string, number>>): WindowUse {
  return { limit: 300, total: Object.values(by).reduce((sum, used) => sum + used, 0), by: new Map(Object.entries(by)) };
}
