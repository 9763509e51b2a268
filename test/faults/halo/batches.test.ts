import assert from 'node:assert/strict';
import type { MappedPerson } from '../../../src/mapping/types.js';
import { HALO_DIALECT, type HaloDialect } from '../../../src/sandbox/dialects.js';
import { HaloBench, outcomes, person, type BenchOptions } from '../../unit/halo/halo-bench.js';

/** Longer than Halo's column, in a field that is not looked at before it is sent. */
const POISON = { fields: [{ to: 'phonenumber', value: 'Poison '.repeat(600), when: 'always' as const }] };
const SIZE = 50;

/** Fifty people; those at `bad` places have something that Halo refuses. */
function people(bad: readonly number[] = [], suffix = ''): MappedPerson[] {
  return Array.from({ length: SIZE }, (_, n) =>
    person(`p${n}`, { name: `Name ${n}${suffix}`, ...(bad.includes(n) && POISON) }),
  );
}

const ANSWERS: readonly Partial<HaloDialect>[] = HALO_DIALECT.answerOfMany.values.flatMap((answerOfMany) =>
  HALO_DIALECT.answerOrder.values.map((answerOrder) => ({ answerOfMany, answerOrder })),
);

describe('arrays of users', function () {
  this.timeout(60_000);
  let bench: HaloBench;
  const open = async (options: BenchOptions = {}): Promise<HaloBench> => (bench = await HaloBench.start(options));
  const posts = (): number => bench.sandbox.halo.requests.of('POST', '/api/Users').length;
  const requests = (): number => bench.sandbox.halo.requests.count;

  afterEach(() => bench.close());

  async function assertAllButBad(bad: readonly number[], due: string, suffix = ''): Promise<void> {
    const settled = await bench.run().write(people(bad, suffix));
    settled.forEach(({ outcome, rejection }, n) => {
      assert.equal(outcome, bad.includes(n) ? 'rejected' : due, `p${n}`);
      if (rejection === undefined) return;
      assert.equal(rejection.code, 'halo-refused');
      assert.match(rejection.message, /8152.*truncated/);
      assert.doesNotMatch(rejection.message, /Poison/);
    });
    const names = bench.people().map(({ seatgeekId, name }) => `${String(seatgeekId)} ${name}`);
    const dueNames = people().flatMap(({ seatgeekId }, n) =>
      bad.includes(n) ? [] : [`${seatgeekId} Name ${n}${suffix}`],
    );
    assert.deepEqual(names.filter((name) => dueNames.includes(name)).sort(), dueNames.sort());
  }

  for (const arrays of HALO_DIALECT.arrays.values) {
    for (const answer of ANSWERS) {
      const title = `${arrays}, answers ${answer.answerOfMany ?? ''} ${answer.answerOrder ?? ''}`;

      it(`leave out the one whom Halo refuses and nobody else (${title})`, async () => {
        await open({ halo: { arrays, ...answer } });
        await assertAllButBad([17], 'created');
        assert.equal(bench.people().length, SIZE - 1);
        await bench.run().write(people());
        await assertAllButBad([31], 'updated', ' new');
        assert.equal(bench.people().length, SIZE);
      });
    }

    for (const bad of [[0], [SIZE - 1], [3, 4, 30], [...Array(SIZE).keys()]]) {
      it(`leave out exactly the bad ones (${arrays}, ${bad.length} from place ${bad[0] ?? 0})`, async () => {
        await open({ halo: { arrays } });
        await assertAllButBad(bad, 'created');
        assert.equal(bench.people().length, SIZE - bad.length);
      });
    }
  }

  for (const maxArray of HALO_DIALECT.maxArray.values) {
    it(`are as long as Halo takes them (${maxArray})`, async () => {
      await open({ halo: { maxArray } });
      await assertAllButBad([], 'created');
      const before = posts();
      await assertAllButBad([], 'updated', ' new');
      assert.ok(posts() - before <= Math.ceil(SIZE / Math.min(maxArray, 5)), 'the length is remembered');
    });
  }

  it('hold fifty new people, read back the first time only', async () => {
    await open();
    const run = bench.run();
    const group = (from: number): MappedPerson[] => Array.from({ length: SIZE }, (_, n) => person(`g${from + n}`));
    await run.write(group(0));
    const before = { posts: posts(), requests: requests() };
    assert.deepEqual(before.posts, 1);
    await run.write(group(SIZE));
    assert.deepEqual([posts() - before.posts, requests() - before.requests], [1, 1], 'the array alone');
    assert.equal(bench.people().length, 2 * SIZE);
  });

  it('cost a few requests more for a bad one where Halo stops at it or skips it, for lists may lag', async () => {
    for (const [arrays, more] of [
      ['stops-at-bad', 5],
      ['skips-bad', 4],
    ] as const) {
      await open({ halo: { arrays } });
      const run = bench.run();
      await run.write(people());
      const before = requests();
      const next = people([17]).map((one) => ({ ...one, ...person(`next-${one.seatgeekId}`, { fields: [] }) }));
      next[17] = person('next-bad', POISON);
      await run.write(next);
      assert.equal(requests() - before, 1 + more, arrays);
      if (arrays === 'stops-at-bad') await bench.close();
    }
  });

  it('leave out at once, alone, whoever has a name that Halo surely refuses', async () => {
    await open();
    const run = bench.run();
    await run.write(people());
    const before = requests();
    const long = person('long', { name: 'n'.repeat(300) });
    const settled = await run.write([...['a', 'b', 'c'].map((id) => person(id)), long]);
    assert.deepEqual(outcomes(settled), ['created', 'created', 'created', 'rejected']);
    assert.equal(requests() - before, 2, 'the array and the one');
  });

  it('are given up where Halo heeds one user only, and stay so for the next run', async () => {
    for (const arrays of ['first-only', 'one-only'] as const) {
      await open({ halo: { arrays } });
      await bench.run().write(people());
      const before = posts();
      await bench.run().write(people([], ' new'));
      assert.ok(posts() - before <= SIZE + 3, `${arrays}: longer ones are tried now and then`);
      if (arrays === 'first-only') await bench.close();
    }
  });

  it('hold fifty changes also where the answer names only one, once that was seen to be true', async () => {
    await open({ halo: { answerOfMany: 'object' } });
    await bench.run().write(people());
    await bench.run().write(people([], ' new'));
    const before = posts();
    await bench.run().write(people([], ' newer'));
    assert.equal(posts() - before, 1);
  });

  it('of new people and of changed ones go out apart', async () => {
    await open();
    await bench.run().write(people().slice(0, 10));
    const before = posts();
    const settled = await bench.run().write([...people([], ' new').slice(0, 10), person('x'), person('y')]);
    assert.deepEqual(new Set(outcomes(settled)), new Set(['updated', 'created']));
    assert.equal(posts() - before, 2);
  });

  it('match a person who is created by hand between two of them', async () => {
    await open({ connection: { halo: { writeBatch: 10 } } });
    const hold = bench.sandbox.faults.add({ system: 'halo', kind: 'hold', match: { method: 'POST', nth: 2 } });
    const writing = bench.run().write(people());
    await hold.struck();
    const byHand = bench.add({ name: 'By hand', emailaddress: 'P45@example.org' });
    hold.release();
    assert.deepEqual(outcomes(await writing)[45], 'matchedByEmail');
    assert.equal(bench.people().length, SIZE);
    assert.equal(bench.people().find(({ id }) => id === byHand)?.seatgeekId, 'p45');
  });

  it('match a person who is created by hand while a refused one is cut up', async () => {
    await open({ halo: { arrays: 'all-or-nothing' } });
    const hold = bench.sandbox.faults.add({ system: 'halo', kind: 'hold', match: { method: 'POST', nth: 3 } });
    const writing = bench.run().write(people([3]));
    await hold.struck();
    const byHand = bench.add({ name: 'By hand', emailaddress: 'p12@example.org' });
    hold.release();
    const settled = outcomes(await writing);
    assert.deepEqual([settled[3], settled[12]], ['rejected', 'matchedByEmail']);
    assert.equal(bench.people().length, SIZE - 1);
    assert.equal(bench.people().find(({ id }) => id === byHand)?.seatgeekId, 'p12');
  });

  it('leave out a person whose e-mail address Halo wants unique', async () => {
    await open({ halo: { duplicateEmail: 'refused' }, connection: { users: { onSharedEmail: 'create' } } });
    bench.add({ name: 'Taken', emailaddress: 'p9@example.org', customFields: { CFSeatGeekID: 'other' } });
    const settled = await bench.run().write(people());
    assert.match(settled[9]?.rejection?.message ?? '', /<emailaddress> already exists/);
    assert.equal(outcomes(settled).filter((outcome) => outcome === 'created').length, SIZE - 1);
  });
});
