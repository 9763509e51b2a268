import assert from 'node:assert/strict';
import { checkIdField, idFieldLine } from '../../../src/halo/setup/id-field.js';
import { HaloBench } from './halo-bench.js';

const IDS = ['6f9619ff-8b86-4011-b42d-00c04fc964ff', 'b2'];
const line = (definition: Parameters<typeof idFieldLine>[0]) => idFieldLine(definition, 'CFSeatGeekID', IDS);

describe("the check of Halo's field for the SeatGeek ID", () => {
  for (const [what, type] of [
    ['a list', 2],
    ['a date', 4],
    ['a checkbox', 6],
  ] as const) {
    it(`is red for ${what}, and says which kind of field to choose`, () => {
      const { ok, message, hint } = line({ type });
      assert.equal(ok, false);
      assert.match(message, new RegExp(`CFSeatGeekID is no text field in Halo \\(its type is ${type}\\)`));
      assert.match(hint ?? '', /users\.seatgeekIdField .* type Text/);
    });
  }

  it('is red where the longest ID of the page is a character too long, with both numbers', () => {
    const { ok, message, hint } = line({ type: 0, characterlimit: 35 });
    assert.equal(ok, false);
    assert.match(message, /holds 35 characters, and IDs of the first page have up to 36/);
    assert.match(hint ?? '', /Raise the limit/);
  });

  it('warns of a field that is read-only in Halo', () => {
    const { ok, message, hint } = line({ type: 0, readonly: true });
    assert.equal(ok, true);
    assert.match(message, /read-only in Halo, and may not keep the IDs/);
    assert.match(hint ?? '', /Take the read-only mark off/);
  });

  it('is green for texts of one line and of many, without a limit, with one that just suffices, and where Halo tells nothing', () => {
    for (const definition of [
      { type: 0, characterlimit: 36, readonly: false },
      { type: 1, characterlimit: 0 },
      { characterlimit: null },
      { type: 'text', characterlimit: '10' },
    ]) {
      const { ok, hint, message } = line(definition);
      assert.deepEqual([ok, hint], [true, undefined]);
      assert.match(message, /up to 36 characters/);
    }
  });

  it('asks Halo for the definition, in any letter case, and says nothing of a field that Halo has by itself', async () => {
    const bench = await HaloBench.start();
    try {
      const asked = (name: string) => checkIdField(bench.client, name, IDS);
      assert.equal((await asked('CFSEATGEEKID'))?.ok, true);
      assert.match((await asked('CFPressPass'))?.message ?? '', /its type is 6/);
      assert.equal(await asked('other1'), null);
      assert.equal(await asked('CFNowhere'), null);
      assert.equal(bench.sandbox.halo.requests.count, 3, 'none for a field that Halo has by itself');
    } finally {
      await bench.close();
    }
  });
});
