import assert from 'node:assert/strict';
import { mapInOrder } from '../../../src/mapping/in-order.js';

describe('mapping in order', () => {
  it('answers at once where no item needs a promise', () => {
    assert.deepEqual(
      mapInOrder([1, 2, 3], (n) => n * 2),
      [2, 4, 6],
    );
  });

  it('waits where items do, one after the other', async () => {
    const begun: number[] = [];
    const mapped = mapInOrder([1, 2, 3, 4], (n) => {
      begun.push(n);
      return n % 2 === 0 ? Promise.resolve(n * 2) : n * 2;
    });
    assert.ok(mapped instanceof Promise);
    assert.deepEqual(begun, [1, 2]);
    assert.deepEqual(await mapped, [2, 4, 6, 8]);
    assert.deepEqual(begun, [1, 2, 3, 4]);
  });

  it('stops at the first that fails', async () => {
    const begun: number[] = [];
    const mapped = mapInOrder([1, 2, 3, 4], (n) => {
      begun.push(n);
      if (n === 3) throw new Error('three');
      return Promise.resolve(n);
    });
    await assert.rejects(async () => mapped, /three/);
    assert.deepEqual(begun, [1, 2, 3]);
  });
});
