import assert from 'node:assert/strict';
import { HALO_DIALECT, haloDialect, SEATGEEK_DIALECT, seatGeekDialect } from '../../../src/sandbox/dialects.js';
import { openSandbox, readFeed } from './talk.js';

describe('sandbox dialects', () => {
  for (const [name, table] of Object.entries({ SEATGEEK_DIALECT, HALO_DIALECT })) {
    it(`${name} asks a question and has the default among different values`, () => {
      for (const [key, { question, default: value, values }] of Object.entries<{
        question: string;
        default: unknown;
        values: readonly unknown[];
      }>(table)) {
        assert.match(question, /\?/, key);
        assert.ok(values.length > 1 && new Set(values).size === values.length && values.includes(value), key);
      }
    });
  }

  it('fills in defaults around what is chosen', () => {
    const { log, ...seatgeek } = seatGeekDialect({ log: 'compacted' });
    assert.equal(log, 'compacted');
    assert.equal(seatgeek.idColumn, 'id');
    assert.equal(haloDialect({ pageCap: 50 }).arrays, 'stops-at-bad');
    assert.equal(haloDialect().rateLimit, null);
  });

  const choices = Object.entries(SEATGEEK_DIALECT).flatMap(([name, { values }]) =>
    values.map((value) => ({ [name]: value })),
  );
  const OTHERWISE = ['lastCursor', 'maxLimit', 'repeats'];
  for (const seatgeek of choices.filter((choice) => !OTHERWISE.some((name) => name in choice))) {
    it(`drains the same people with ${JSON.stringify(seatgeek)}`, async () => {
      const sandbox = await openSandbox({ people: 90, seatgeek });
      const served = (await readFeed(sandbox, 20)).flatMap(({ data }) => data);
      assert.deepEqual(served, [...sandbox.seatgeek.feed.rows()]);
      assert.ok(served.length >= 88);
    });
  }
});
