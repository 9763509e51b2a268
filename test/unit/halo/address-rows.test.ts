import assert from 'node:assert/strict';
import { primaryAddresses, seemsWhole } from '../../../src/halo/address/address-rows.js';

const lines = { line1: 'x' };

describe('rows of addresses', () => {
  it('tell whose primary address they are', () => {
    const found = primaryAddresses([
      { id: 1, user_id: 7, primary: true, ...lines },
      { id: 2, user_id: 7, primary: false },
      { id: 3, user_id: 8, primary: false },
      { id: 4, user_id: 8, primary: true },
      { id: 5, user_id: 0, primary: true },
      { id: 6, user_id: null, primary: true },
      { id: 7, primary: true },
      { id: 8, user_id: 8, primary: true, inactive: true },
    ]);
    assert.deepEqual(
      [...found].map(([userId, address]) => [userId, address === 'unclear' ? address : address.id]),
      [
        [7, 1],
        [8, 4],
      ],
    );
  });

  it('are unclear where a user has none or two that are primary', () => {
    const found = primaryAddresses([
      { id: 1, user_id: 7, primary: true },
      { id: 2, user_id: 7, primary: true },
      { id: 3, user_id: 8, primary: null },
      { id: 4, user_id: 9, primary: true, inactive: true },
    ]);
    assert.deepEqual([...found.values()], ['unclear', 'unclear', 'unclear']);
  });

  it('seem whole when there are as many as there should be', () => {
    const rows = (count: number) => Array.from({ length: count }, () => ({}));
    assert.equal(seemsWhole({ total: 3, addresses: rows(3) }, 1_000), true);
    assert.equal(seemsWhole({ total: 4, addresses: rows(3) }, 1_000), false);
    assert.equal(seemsWhole({ total: null, addresses: rows(51) }, 1_000), true);
    for (const total of [null, 100]) assert.equal(seemsWhole({ total, addresses: rows(100) }, 1_000), false, 'round');
    for (const [total, whole] of [
      [null, false],
      [60, true],
    ] as const)
      assert.equal(seemsWhole({ total, addresses: rows(60) }, 1_000), whole, 'round where no total is told');
    const asMany = { total: 1_001, addresses: rows(1_001) };
    assert.deepEqual([seemsWhole(asMany, 1_001), seemsWhole(asMany, 1_002)], [false, true], 'as many as asked for');
  });
});
