import assert from 'node:assert/strict';
import { TransientError } from '../../../src/errors.js';
import type { MappedPerson } from '../../../src/mapping/types.js';
import type { HaloDialect } from '../../../src/sandbox/dialects.js';
import type { Fault, FaultEffect } from '../../../src/sandbox/faults.js';
import { HaloBench, outcomes, person, type BenchOptions } from '../../unit/halo/halo-bench.js';

const SIZE = 50;
const BAD = 17;
const POST_USERS = { method: 'POST', path: '/api/Users' } as const;

function people(suffix = ''): MappedPerson[] {
  return Array.from({ length: SIZE }, (_, n) => person(`p${n}`, { name: `Name ${n} of them${suffix}` }));
}

const isBad = (body: string): boolean => body.includes(`Name ${BAD} of them`);

/** Whatever the request is in which the person stands. */
function meetsBad(effect: FaultEffect): Fault {
  return { system: 'halo', ...effect, match: { ...POST_USERS, where: ({ body }) => isBad(body), after: 0 } };
}

const EFFECTS: readonly (readonly [string, Fault])[] = [
  ['500', meetsBad({ kind: 'status', status: 500 })],
  ['502', meetsBad({ kind: 'status', status: 502 })],
  ['504', meetsBad({ kind: 'status', status: 504 })],
  ['a time-out', meetsBad({ kind: 'timeout' })],
  ['a cut connection', meetsBad({ kind: 'reset-before' })],
  ["a firewall's 403", meetsBad({ kind: 'html', status: 403 })],
  ['200 and an empty list', meetsBad({ kind: 'status', status: 200, body: [] })],
  ['201 and nothing', meetsBad({ kind: 'status', status: 201, body: '' })],
  [
    'a list without the person',
    {
      system: 'halo',
      kind: 'swallow-item',
      fits: ({ name }) => typeof name === 'string' && isBad(name),
      answer: [],
      match: POST_USERS,
    },
  ],
  [
    'a 500 for the person in the array',
    {
      system: 'halo',
      kind: 'refuse-item',
      fits: ({ name }) => typeof name === 'string' && isBad(name),
      status: 500,
      match: POST_USERS,
    },
  ],
];

const SHAPES: readonly Partial<HaloDialect>[] = [{}, { answerOfMany: 'object' }, { answerOrder: 'shuffled' }];

describe('one person among fifty whom Halo answers each time', function () {
  this.timeout(60_000);
  let bench: HaloBench;
  const open = async (options: BenchOptions = {}): Promise<HaloBench> =>
    (bench = await HaloBench.start({ timeoutMs: 250, ...options }));
  const requests = (): number => bench.sandbox.halo.requests.count;

  afterEach(() => bench.close());

  for (const [name, fault] of EFFECTS) {
    for (const halo of SHAPES) {
      const shape = halo.answerOfMany ?? halo.answerOrder ?? 'list';

      it(`with ${name} is rejected alone as a new user (${shape})`, async () => {
        await open({ halo });
        bench.sandbox.faults.add(fault);
        const settled = await bench.run().write(people());
        settled.forEach(({ outcome }, n) => assert.equal(outcome, n === BAD ? 'rejected' : 'created', `p${n}`));
        assert.doesNotMatch(settled[BAD]?.rejection?.message ?? '', /Name 17/);
        assert.equal(bench.people().length, SIZE - 1);
        assert.equal(new Set(bench.people().map(({ seatgeekId }) => seatgeekId)).size, SIZE - 1);
        assert.ok(requests() < 90, `${requests()} requests`);
      });

      // Who takes arrays without naming whom refuses bad ones, or nobody could tell.
      if (fault.kind === 'swallow-item' && shape === 'object') continue;

      it(`with ${name} is rejected alone as a changed one (${shape})`, async () => {
        await open({ halo });
        await bench.run().write(people());
        bench.sandbox.faults.add(fault);
        const before = requests();
        const settled = await bench.run().write(people(' new'));
        settled.forEach(({ outcome }, n) => assert.equal(outcome, n === BAD ? 'rejected' : 'updated', `p${n}`));
        const changed = bench.people().filter((user) => user.name.endsWith(' new'));
        assert.equal(changed.length, SIZE - 1);
        assert.ok(requests() - before < 90, `${requests() - before} requests`);
      });
    }
  }

  it('with 500 is rejected also when nobody else is to be written', async () => {
    await open();
    bench.sandbox.faults.add(meetsBad({ kind: 'status', status: 500 }));
    assert.deepEqual(outcomes(await bench.run().write(people().slice(BAD, BAD + 1))), ['rejected']);
  });

  const allBad = (count: number): MappedPerson[] =>
    Array.from({ length: count }, (_, n) => person(`bad${n}`, { name: `Name ${BAD} of them, ${n}` }));

  for (const count of [2, 3])
    it(`with 500 is rejected also when they are ${count} and nobody else is to be written`, async () => {
      await open();
      bench.sandbox.faults.add(meetsBad({ kind: 'status', status: 500 }));
      assert.deepEqual(outcomes(await bench.run().write(allBad(count))), Array(count).fill('rejected'));
    });

  for (const kind of ['new', 'changed'] as const)
    it(`with 500 is rejected also when they are 6, all ${kind}, and there is somebody of ours to try Halo with`, async () => {
      await open();
      await bench.run().write([person('fine')]);
      if (kind === 'changed') await bench.run().write(allBad(6).map(({ seatgeekId }) => person(seatgeekId)));
      bench.sandbox.faults.add(meetsBad({ kind: 'status', status: 500 }));
      assert.deepEqual(outcomes(await bench.run().write(allBad(6))), Array(6).fill('rejected'));
      bench.sandbox.faults.clear();
      bench.sandbox.faults.add({ system: 'halo', kind: 'status', status: 500, match: { ...POST_USERS, after: 0 } });
      await assert.rejects(bench.run().write(allBad(6)), TransientError);
    });

  it('with 500 is an outage when nobody can be written, found out with few requests', async () => {
    await open();
    bench.sandbox.faults.add({ system: 'halo', kind: 'status', status: 500, match: { ...POST_USERS, after: 0 } });
    await assert.rejects(bench.run().write(people()), TransientError);
    assert.ok(requests() < 80, `${requests()} requests`);
    bench.sandbox.faults.clear();
    assert.deepEqual(new Set(outcomes(await bench.run().write(people()))), new Set(['created']));
  });

  it("is rejected when Halo does not show that person's user", async () => {
    await open();
    await bench.run().write(people());
    const userId = bench.people()[BAD]?.id;
    bench.sandbox.faults.add({
      system: 'halo',
      kind: 'status',
      status: 500,
      match: { method: 'GET', path: `/api/Users/${userId}`, after: 0 },
    });
    const { users } = bench.connection;
    const email2 = { from: 'email', to: 'email2', when: 'always', blank: 'keep' } as const;
    const run = bench.run({
      ...bench.connection,
      users: { ...users, fieldMappings: [...users.fieldMappings, email2] },
    });
    const wanted = people().map((one) => ({
      ...one,
      fields: [...one.fields, { to: 'email2', value: 'x@example.org', when: 'always' as const }],
    }));
    const settled = await run.write(wanted);
    settled.forEach(({ outcome }, n) => assert.equal(outcome, n === BAD ? 'rejected' : 'updated', `p${n}`));
  });

  it('takes an array of fifty again after refusals by chance', async () => {
    await open();
    const run = bench.run();
    const page = (from: number): MappedPerson[] => Array.from({ length: SIZE }, (_, n) => person(`g${from}-${n}`));
    bench.sandbox.faults.add({
      system: 'halo',
      kind: 'status',
      status: 400,
      body: { Message: 'A database error occurred (1205) - Transaction was deadlocked.' },
      match: { ...POST_USERS, every: 2 },
      times: 3,
    });
    for (let n = 0; n < 4; n += 1) await run.write(page(n));
    const before = bench.sandbox.halo.requests.of('POST', '/api/Users').length;
    await run.write(page(9));
    assert.equal(bench.sandbox.halo.requests.of('POST', '/api/Users').length - before, 1);
  });
});

describe('a field for SeatGeek IDs that does not keep them', () => {
  for (const idField of ['cut', 'not-writable', 'number'] as const) {
    it(`stops the run with nobody left in Halo (${idField})`, async () => {
      const bench = await HaloBench.start({ halo: { idField }, checksIds: true });
      try {
        const ids = Array.from({ length: 10 }, (_, n) => person(`0b0e6a1c-55a1-4a7e-9d1a-aaaaaaaaaaa${n}`));
        for (let run = 0; run < 3; run += 1)
          await assert.rejects(bench.run().write(ids), { code: 'seatgeek-id-not-kept' });
        assert.deepEqual(bench.people(), []);
      } finally {
        await bench.close();
      }
    });
  }

  it('is looked at once only', async () => {
    const bench = await HaloBench.start({ checksIds: true });
    try {
      // Or the list of the newest users would be read in place of details.
      bench.add({ name: 'Other', emailaddress: 'other@example.org', customFields: { CFSeatGeekID: 'x' } });
      const run = bench.run();
      await run.write([person('a1'), person('a2'), person('a3')]);
      const details = (): number =>
        bench.sandbox.halo.requests.all().filter(({ path }) => /Users\/\d+$/.test(path)).length;
      assert.equal(details(), 1);
      await bench.run().write([person('b1'), person('b2')]);
      assert.equal(details(), 1);
    } finally {
      await bench.close();
    }
  });
});
