import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { FaultEffect } from '../../../src/sandbox/faults.js';
import { HALO_DIALECT } from '../../../src/sandbox/dialects.js';
import { TransientError } from '../../../src/errors.js';
import type { PersonOutcome } from '../../../src/halo/types.js';
import type { MappedPerson } from '../../../src/mapping/types.js';
import { HaloBench, person } from '../../unit/halo/halo-bench.js';

const effect = fc.constantFrom<FaultEffect>(
  { kind: 'reset-after-commit' },
  { kind: 'timeout-after-commit' },
  { kind: 'status-after-commit', status: 502 },
  { kind: 'reset-before' },
  { kind: 'truncated-json' },
);

const world = fc.record({
  arrays: fc.constantFrom(...HALO_DIALECT.arrays.values.filter((value) => value !== 'one-only')),
  writeBatch: fc.constantFrom(7, 20, 50),
  effects: fc.array(fc.record({ effect, nth: fc.integer({ min: 1, max: 8 }) }), { minLength: 1, maxLength: 3 }),
  bad: fc.array(fc.integer({ min: 0, max: 99 }), { maxLength: 2 }),
});

/** As Temporal would: a page that was given back is written again. */
async function writeAsOftenAsItTakes(
  bench: HaloBench,
  people: readonly MappedPerson[],
): Promise<readonly PersonOutcome[]> {
  const run = bench.run();
  for (;;) {
    try {
      return await run.write(people);
    } catch (error) {
      if (!(error instanceof TransientError)) throw error;
    }
  }
}

describe('arrays whose answers are lost here and there', function () {
  this.timeout(120_000);

  it('create everybody once, whatever was done before the answer was lost', async () => {
    await fc.assert(
      fc.asyncProperty(world, async ({ arrays, writeBatch, effects, bad }) => {
        const faults = effects.map((one) => ({
          system: 'halo' as const,
          ...one.effect,
          match: { method: 'POST' as const, path: '/api/Users', nth: one.nth },
        }));
        const bench = await HaloBench.start({
          timeoutMs: 300,
          halo: { arrays },
          connection: { halo: { writeBatch } },
          faults,
        });
        try {
          const people = Array.from({ length: 100 }, (_, n) =>
            person(
              `p${n}`,
              bad.includes(n) ? { fields: [{ to: 'phonenumber', value: 'x'.repeat(5_000), when: 'always' }] } : {},
            ),
          );
          const settled = await writeAsOftenAsItTakes(bench, people);
          // People of a page that was given back are there already when it is written again.
          const due = people.map((_, n) => (bad.includes(n) ? 'rejected' : 'created'));
          assert.deepEqual(
            settled.map(({ outcome }) => (outcome === 'unchanged' ? 'created' : outcome)),
            due,
          );
          const ids = bench.people().map(({ seatgeekId }) => seatgeekId);
          assert.equal(new Set(ids).size, ids.length, 'nobody is there twice');
          assert.equal(ids.length, due.filter((outcome) => outcome === 'created').length);
        } finally {
          await bench.close();
        }
      }),
      { numRuns: 25, seed: 20_261_123, endOnFailure: true },
    );
  });

  it('wait for a Halo that is still at work on what was given up', async () => {
    const bench = await HaloBench.start({ timeoutMs: 300 });
    const add = (from: number, to: number): void => {
      for (let n = from; n < to; n++) {
        const id = `p${n}`;
        bench.add({ name: `Name ${id}`, emailaddress: `${id}@example.org`, customFields: { CFSeatGeekID: id } });
      }
    };
    const { faults } = bench.sandbox;
    try {
      const lost = faults.add({ system: 'halo', kind: 'timeout', match: { method: 'POST', path: '/api/Users' } });
      const writing = bench.run().write(Array.from({ length: 10 }, (_, n) => person(`p${n}`)));
      await lost.struck();
      add(0, 5);
      const look = faults.add({ system: 'halo', kind: 'hold', match: { method: 'GET', path: '/api/Users', nth: 2 } });
      await look.struck();
      add(5, 10);
      look.release();
      assert.deepEqual(new Set((await writing).map(({ outcome }) => outcome)), new Set(['created']));
      assert.equal(bench.people().length, 10);
      assert.equal(bench.sandbox.halo.requests.of('POST', '/api/Users').length, 1);
    } finally {
      await bench.close();
    }
  });
});
