import assert from 'node:assert/strict';
import { looksUp } from '../../../src/sandbox/asked.js';
import type { FaultEffect, FaultMatch, PlacedFault } from '../../../src/sandbox/faults.js';
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

  for (const isListRead of [true, false])
    it(`makes nobody a second time of somebody listed and not shown, who comes again (${isListRead ? 'the list shows them' : 'the list fails meanwhile'})`, async () => {
      const fieldMappings = ['name', 'emailaddress', 'middle_name'].map((to) => ({ from: 'first_name', to }));
      await open({ connection: { users: { fieldMappings } } });
      const [, one] = PEOPLE;
      assert.ok(one !== undefined);
      const changed = { ...one, fields: [...one.fields, TITLE] };
      const id = bench.people()[1]?.id;
      const run = bench.run();
      await run.write(PEOPLE.slice(50, 60));
      const fault = (path: string, status: number): PlacedFault =>
        bench.sandbox.faults.add({ system: 'halo', kind: 'status', status, match: { method: 'GET', path, after: 0 } });
      fault(`/api/Users/${id}`, 404);
      const broken = isListRead ? undefined : fault('/api/Users', 500);
      const first = run.write([changed]);
      if (isListRead) assert.deepEqual(outcomes(await first), ['rejected']);
      else await assert.rejects(first);
      broken?.release();
      assert.deepEqual(outcomes(await run.write([changed])), ['rejected']);
      assert.equal(bench.people().length, COUNT);
    });

  /** Breaks every list that would show the user at this place, and the user itself; `isThere` as long as there is one. */
  const hideRow = (row: number, isThere: () => number | undefined): void => {
    const shows = ({ query }: { query: URLSearchParams }): boolean => {
      if (isThere() === undefined) return false;
      if (query.has('search') || query.has('advanced_search')) return String(query).includes('late');
      const [no, size] = [Number(query.get('page_no')), Number(query.get('page_size'))];
      const at = query.get('orderdesc') === null ? row : bench.people().length - 1 - row;
      return (no - 1) * size <= at && no * size > at;
    };
    const isAlone = ({ path }: { path: string }): boolean => path.endsWith(`/${isThere()}`);
    for (const [path, where] of [
      ['/api/Users', shows],
      ['/api/Users/*', isAlone],
    ] as const)
      bench.sandbox.faults.add({
        system: 'halo',
        kind: 'status',
        status: 500,
        match: { method: 'GET', path, where, after: 0 },
      });
  };
  const late = (): number | undefined => bench.people().find(({ email }) => email === 'late@example.org')?.id;

  it('names the user before one of the newest who can not be shown', async () => {
    await open();
    const users = bench.people();
    const row = COUNT - 20;
    hideRow(row, () => users[row]?.id);
    const run = bench.run();
    const [settled] = await run.write([person('new')]);
    assert.match(settled?.rejection?.message ?? '', new RegExp(`after its user ${users[row - 1]?.id},`));
    assert.match(run.directory ?? '', /1 of whom Halo can't show/);
  });

  it('creates nobody whom somebody else created meanwhile and whom Halo can not show', async () => {
    await open();
    const run = bench.run();
    await run.write([person('new')]);
    hideRow(bench.people().length, late);
    bench.add({ name: 'Late', emailaddress: 'late@example.org' });
    assert.deepEqual(outcomes(await run.write([person('late')], { othersMayHaveWritten: true })), ['rejected']);
    assert.equal(bench.people().filter(({ email }) => email === 'late@example.org').length, 1);
  });

  for (const [title, halo] of [
    ['looked up', { advancedSearch: 'emailaddress+customfields', advancedSearchIn: true }],
    ['listed', {}],
  ] as const)
    it(`sends nobody again whose answer was lost and whom Halo can not show (${title})`, async () => {
      await open({ halo });
      for (let n = 0; n < 1_000; n += 1) bench.add({ name: `Other ${n}`, emailaddress: `other.${n}@example.org` });
      const run = bench.run();
      await run.write([person('new')]);
      hideRow(bench.people().length, late);
      const match: FaultMatch = { method: 'POST', path: '/api/Users' };
      bench.sandbox.faults.add({ system: 'halo', kind: 'reset-after-commit', match });
      for (let turn = 0; turn < 2; turn += 1)
        assert.deepEqual(outcomes(await run.write([person('late')])), ['rejected']);
      assert.equal(bench.people().filter(({ email }) => email === 'late@example.org').length, 1);
    });
});

/** Not in list rows, so that the user must be looked at. */
const TITLE = { to: 'middle_name', value: 'M.', when: 'always' } as const;
