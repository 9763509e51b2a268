import assert from 'node:assert/strict';
import { looksUp } from '../../../src/sandbox/asked.js';
import type { FaultEffect, FaultMatch } from '../../../src/sandbox/faults.js';
import type { UserDraft } from '../../../src/sandbox/halo-store.js';
import { hastyClock, HaloBench, outcomes, person, type BenchOptions } from '../../unit/halo/halo-bench.js';

/** People as they come from the feed; all of them are in Halo, but for `sg-new`. */
const COUNT = 350;
const PEOPLE = Array.from({ length: COUNT }, (_, n) =>
  person(`sg-${n}`, { name: `User ${n}`, email: `user.${n}@example.org` }),
);

interface UserList {
  readonly record_count: number;
  readonly users: readonly { readonly id: number; readonly name: string }[];
}

describe('a list of Halo that can not be believed', function () {
  this.timeout(60_000);
  let bench: HaloBench;

  const open = async (options: BenchOptions = {}): Promise<void> => {
    bench = await HaloBench.start(options);
    for (const { fields, seatgeekId } of PEOPLE) {
      const [name, email] = fields.map(({ value }) => String(value));
      bench.add({ name: name ?? '', emailaddress: email ?? '', customFields: { CFSeatGeekID: seatgeekId } });
    }
  };
  afterEach(() => bench.close());

  const isPage = (no: number, query: URLSearchParams): boolean =>
    query.get('page_no') === String(no) && query.get('page_size') === '100' && query.get('orderdesc') === null;

  const onPage = (no: number, effect: FaultEffect, times = Infinity): void => {
    const match: FaultMatch = { method: 'GET', path: '/api/Users', where: ({ query }) => isPage(no, query), after: 0 };
    bench.sandbox.faults.add({ system: 'halo', match, times, ...effect });
  };

  const rewrite = (change: (list: UserList) => UserList): FaultEffect => ({
    kind: 'rewritten-json',
    rewrite: (json) => change(json as UserList),
  });

  it('creates nobody where fewer users are shown than there are', async () => {
    await open();
    const fewer = rewrite((list) => ({ ...list, record_count: 400 }));
    for (const no of [1, 2, 3, 4, 5]) onPage(no, fewer);
    await assert.rejects(bench.run().write([person('sg-new')]), { code: 'halo-list-incomplete' });
    assert.equal(bench.people().length, COUNT);
  });

  it('goes on without the one user who can not be shown, and says so', async () => {
    await open();
    const bad = bench.people()[130];
    assert.ok(bad !== undefined);
    const fail = (path: string, where: FaultMatch['where'] = () => true): void =>
      void bench.sandbox.faults.add({
        system: 'halo',
        kind: 'status',
        status: 500,
        match: { method: 'GET', path, where, after: 0 },
      });
    fail('/api/Users', ({ query }) => {
      const [no, size] = [Number(query.get('page_no')), Number(query.get('page_size'))];
      return query.get('orderdesc') === null && (no - 1) * size <= 130 && no * size > 130;
    });
    assert.deepEqual(new Set(outcomes(await bench.run().write(PEOPLE))), new Set(['unchanged']));
    fail(`/api/Users/${bad.id}`);
    const run = bench.run();
    const settled = await run.write([...PEOPLE.filter((_, n) => n !== 130), person('sg-new')]);
    assert.deepEqual(new Set(outcomes(settled).slice(0, -1)), new Set(['unchanged']));
    assert.match(settled.at(-1)?.rejection?.message ?? '', new RegExp(`the user after its user ${bad.id - 1}`));
    assert.match(run.directory ?? '', /1 of whom Halo can't show/);
    assert.equal(bench.people().length, COUNT);
  });

  it('takes a Halo that shows no list at all for an outage', async () => {
    await open();
    bench.sandbox.faults.add({
      system: 'halo',
      kind: 'status',
      status: 500,
      match: { method: 'GET', path: '/api/Users', where: ({ query }) => query.get('orderdesc') === null, after: 0 },
    });
    await assert.rejects(bench.run().write(PEOPLE), { code: 'halo-unavailable' });
    assert.ok(bench.sandbox.halo.requests.count < 20);
  });

  it('rejects somebody who is listed and not shown, and creates nobody in his place', async () => {
    const fieldMappings = ['name', 'emailaddress', 'middle_name'].map((to) => ({ from: 'first_name', to }));
    await open({ connection: { users: { fieldMappings } } });
    const hidden = bench.people()[42];
    bench.sandbox.faults.add({
      system: 'halo',
      kind: 'status',
      status: 404,
      match: { method: 'GET', path: `/api/Users/${hidden?.id}`, after: 0 },
    });
    const changed = { ...PEOPLE[42]!, fields: [...PEOPLE[42]!.fields, TITLE] };
    const [settled] = await bench.run().write([changed, ...PEOPLE.slice(50, 60)]);
    assert.deepEqual([settled?.outcome, settled?.rejection?.code], ['rejected', 'halo-refused']);
    assert.equal(bench.people().length, COUNT);
  });

  const openToLookUps = async (ghost: UserDraft): Promise<number> => {
    const fieldMappings = ['name', 'emailaddress', 'middle_name'].map((to) => ({ from: 'first_name', to }));
    bench = await HaloBench.start({
      halo: { advancedSearch: 'emailaddress+customfields', advancedSearchIn: true },
      connection: { users: { fieldMappings } },
    });
    const other = (n: number): UserDraft => ({
      name: `Other ${n}`,
      emailaddress: `other.${n}@example.org`,
      customFields: { CFSeatGeekID: `o${n}` },
    });
    for (let n = 0; n < 1_100; n += 1) bench.add(other(n));
    const id = bench.add({ ...ghost, name: 'Ghost', customFields: { CFSeatGeekID: 'ghost' } });
    for (let n = 1_100; n < 1_110; n += 1) bench.add(other(n));
    return id;
  };

  const rejectsOnlyGhost = async (email: string | null): Promise<void> => {
    const run = bench.run();
    const people = [person('ghost', { email, name: 'Ghost', fields: [TITLE] }), person('p1'), person('p2')];
    assert.deepEqual(outcomes(await run.write(people)), ['rejected', 'created', 'created']);
    assert.match(run.directory ?? '', /^looked up/);
    assert.equal(bench.people().filter(({ seatgeekId }) => seatgeekId === 'ghost').length, 1);
  };

  for (const email of [null, 'ghost@example.org'])
    it(`rejects somebody who is looked up and not shown, and stops nobody else (e-mail address ${email})`, async () => {
      const id = await openToLookUps(email === null ? {} : { emailaddress: email });
      const match: FaultMatch = { method: 'GET', path: `/api/Users/${id}`, after: 0 };
      bench.sandbox.faults.add({ system: 'halo', kind: 'status', status: 404, match });
      await rejectsOnlyGhost(email);
    });

  it('rejects somebody who is found as another user each time and never shown, and stops nobody else', async () => {
    await openToLookUps({});
    let looks = 0;
    bench.sandbox.faults.add({
      system: 'halo',
      match: { method: 'GET', path: '/api/Users', where: looksUp, after: 0 },
      ...rewrite((list) => ({
        ...list,
        users: list.users.map((user) => (user.name === 'Ghost' ? { ...user, id: 90_000 + (looks += 1) } : user)),
      })),
    });
    await rejectsOnlyGhost(null);
  });

  it('creates nobody twice where the order of ids is ignored and somebody else creates users', async () => {
    let later = 0;
    const clock = { ...hastyClock, now: () => Date.now() + later };
    bench = await HaloBench.start({ halo: { listOrder: 'by-name' }, clock });
    for (let n = 0; n < 230; n += 1) bench.add({ name: `Other ${n}`, emailaddress: `other.${n}@example.org` });
    const run = bench.run();
    await run.write(PEOPLE.slice(0, 60));
    // Somebody else brings in two of those to come.
    later = 10_000;
    for (const n of [100, 101])
      bench.add({ name: `A ${n}`, emailaddress: `user.${n}@example.org`, customFields: { CFSeatGeekID: `sg-${n}` } });
    await run.write(PEOPLE.slice(60, 200));
    const ids = bench.people().flatMap(({ seatgeekId }) => seatgeekId ?? []);
    assert.deepEqual([ids.length, new Set(ids).size], [200, 200]);
  });
});

/** Not in list rows, so that the user must be looked at. */
const TITLE = { to: 'middle_name', value: 'M.', when: 'always' } as const;
