/** A list of users that grew old while a run went on: its rows are read again many at a time, and what agents did meanwhile stands. */
import assert from 'node:assert/strict';
import { listsNewest, listsPage, looksUp, type Asked } from '../../../src/sandbox/asked.js';
import type { HaloDialect } from '../../../src/sandbox/dialects.js';
import { openRehearsal } from '../../../src/halo/preview/preview.js';
import { USER_CUSTOM_FIELDS } from '../../../src/sandbox/halo-fields.js';
import { customValue } from '../../../src/sandbox/halo-store.js';
import { hastyClock, person, type HaloBench } from '../../unit/halo/halo-bench.js';
import { PEOPLE, play } from './five-at-a-time.js';
import { stranger } from './scene.js';

const SEARCH_OF_MANY: Partial<HaloDialect> = { advancedSearch: 'emailaddress+customfields', advancedSearchIn: true };
const EARLIER = Array.from({ length: 3 }, (_, n) => person(`e${n}`));
const tiered = PEOPLE.slice(0, 20).map(({ seatgeekId }) =>
  person(seatgeekId, { fields: [{ to: 'CFLoyaltyTier', value: 'Silver', when: 'always' as const }] }),
);

const WAYS: readonly (readonly [string, Partial<HaloDialect>, 'nothing' | 'search' | 'list'])[] = [
  ['from pages of the list', {}, 'nothing'],
  ['by a search for many', SEARCH_OF_MANY, 'nothing'],
  ['from pages of the list, which fail', {}, 'list'],
  ['by a search for many, which fails', SEARCH_OF_MANY, 'search'],
  ['from the whole list, which keeps to no order', { listOrder: 'by-name' }, 'nothing'],
];

describe('a row of the list that is hours old', function () {
  this.timeout(60_000);

  for (const [how, halo, failing] of WAYS)
    for (const by of ['email', 'id'] as const)
      it(`is read again ${how}, before its user is written (known by ${by})`, async () => {
        let ahead = 0;
        const clock = { ...hastyClock, now: () => Date.now() + ahead };
        await play({ clock, halo }, async (bench) => {
          const { store } = bench.sandbox.halo;
          const ids = tiered.map(({ seatgeekId }) =>
            bench.add({
              name: `Name ${seatgeekId}`,
              emailaddress: `${seatgeekId}@example.org`,
              customFields: { CFBadgeNumber: 'old', ...(by === 'id' && { CFSeatGeekID: seatgeekId }) },
            }),
          );
          const run = bench.run();
          await run.write(EARLIER);
          // As a long list would have made it learn.
          if (halo.advancedSearchIn === true)
            for (const field of ['CFSeatGeekID', 'emailaddress']) bench.instance.search.set(field, 'many');
          ahead += 3 * 3_600_000;

          // The first one tells how lists show the fields.
          const [, edited = 0, given = 0, gone = 0, moved = 0, taken = 0] = ids;
          store.update(edited, { customFields: { CFBadgeNumber: 'new' } });
          store.update(given, { emailaddress: 'mary@example.org', customFields: { CFSeatGeekID: 'm1' } });
          store.remove(gone);
          store.update(moved, { emailaddress: 'moved@example.org' });
          store.update(taken, { customFields: { CFSeatGeekID: 'm2' } });
          const where = failing === 'search' ? looksUp : (asked: Asked) => !looksUp(asked) && !listsNewest(asked);
          const fault = { system: 'halo', kind: 'status', status: 500 } as const;
          const match = { method: 'GET', path: '/api/Users', where, nth: 1 } as const;
          const failed = failing === 'nothing' ? null : bench.sandbox.faults.add({ ...fault, match });
          const { requests } = bench.sandbox.halo;
          const looksBefore = requests.of('GET', '/api/Users/*').length;
          const settled = await run.write(tiered);

          const looks = requests.of('GET', '/api/Users/*').length - looksBefore;
          if (failed === null) assert.ok(looks < 10, `${looks} users were read alone`);
          if (failed !== null) assert.equal(failed.hits, 1, 'it failed');
          const people = bench.people();
          const of = (id: number) => people.find((one) => one.id === id);
          const byPerson = (place: number) =>
            people.filter((one) => one.seatgeekId === tiered[place]?.seatgeekId).map(({ id }) => id);
          const badge = (id: number) => {
            const user = bench.sandbox.halo.users().find((one) => one.id === id);
            return user && customValue(user, 'CFBadgeNumber');
          };
          assert.deepEqual([badge(edited), of(edited)?.tier], ['new', 'Silver'], 'an edit stands');
          assert.deepEqual([of(given)?.seatgeekId, of(given)?.email], ['m1', 'mary@example.org'], 'given away');
          assert.deepEqual(byPerson(2).length, 1);
          assert.deepEqual(byPerson(3).length, 1, 'deleted, so created');
          assert.equal(of(taken)?.seatgeekId, 'm2', 'kept by whom it was given to');
          for (const place of ids.slice(6).keys()) assert.deepEqual(byPerson(place + 6), [ids[place + 6]]);
          assert.deepEqual(
            settled.slice(6).map(({ outcome }) => outcome),
            ids.slice(6).map(() => (by === 'id' ? 'updated' : 'matchedByEmail')),
          );
        });
      });
});

interface Others extends Partial<HaloDialect> {
  /** People of the feed on each page of the list. */
  readonly perPage: number;
  readonly count?: number;
  readonly isKnownBy?: 'id' | 'email';
}

/** On a clock of its own, with people in Halo and strangers between them. */
async function playAmongOthers(
  { perPage, count = PEOPLE.length, isKnownBy = 'id', ...halo }: Others,
  body: (bench: HaloBench, goForward: (minutes: number) => void) => Promise<void>,
): Promise<void> {
  let ahead = 0;
  const clock = { ...hastyClock, now: () => Date.now() + ahead };
  await play({ clock, halo }, async (bench) => {
    for (const [n, { seatgeekId }] of PEOPLE.slice(0, count).entries()) {
      const ours = isKnownBy === 'id' ? { CFSeatGeekID: seatgeekId } : {};
      const emailaddress = `${isKnownBy === 'id' ? 'old.' : ''}${seatgeekId}@example.org`;
      const customFields = { ...ours, CFBadgeNumber: 'old', CFLoyaltyTier: 'Gold' };
      bench.add({ name: `Name ${seatgeekId}`, emailaddress, customFields });
      if ((n + 1) % perPage === 0) for (let no = perPage; no < 100; no += 1) bench.add(stranger(n * 100 + no));
    }
    await body(bench, (minutes) => (ahead += minutes * 60_000));
  });
}

const silver = PEOPLE.map(({ seatgeekId }) =>
  person(seatgeekId, { fields: [{ to: 'CFLoyaltyTier', value: 'Silver', when: 'always' as const }] }),
);

/** As one user's details would have made it learn. */
function knowListing({ instance }: HaloBench): void {
  for (const { id } of USER_CUSTOM_FIELDS) instance.listedUpTo.set(id, Infinity);
  instance.listsAllFields = true;
}

function badgeOf(bench: HaloBench, seatgeekId: string): unknown {
  const user = bench.sandbox.halo.users().find((one) => customValue(one, 'CFSeatGeekID') === seatgeekId);
  return user && customValue(user, 'CFBadgeNumber');
}

describe('reading many users at once', function () {
  this.timeout(60_000);

  const TAKES: readonly (readonly [string, Partial<HaloDialect>, 'again' | 'first', (asked: Asked) => boolean])[] = [
    ['pages of a list that is old', {}, 'again', listsPage(3)],
    ['a search for those whose rows are old', SEARCH_OF_MANY, 'again', looksUp],
    ['a first search', SEARCH_OF_MANY, 'first', looksUp],
  ];
  for (const [what, halo, time, where] of TAKES)
    it(`undoes no edit that an agent makes while it takes long (${what})`, () =>
      playAmongOthers({ perPage: 11, ...halo }, async (bench, goForward) => {
        const run = bench.run();
        if (time === 'again') await run.write(EARLIER);
        if (halo.advancedSearchIn === true)
          for (const field of ['CFSeatGeekID', 'emailaddress']) bench.instance.search.set(field, 'many');
        knowListing(bench);
        goForward(180);
        const [edited] = bench.people().filter(({ seatgeekId }) => seatgeekId === silver[1]?.seatgeekId);
        const before = (): void => {
          bench.sandbox.halo.store.update(edited?.id ?? 0, { customFields: { CFBadgeNumber: 'new' } });
          goForward(16);
        };
        // The first values asked for are known by then.
        const nth = where === looksUp ? 2 : 1;
        const meanwhile = bench.sandbox.faults.add({
          system: 'halo',
          kind: 'meanwhile',
          before,
          match: { where, nth },
        });
        const settled = await run.write(silver.map((one) => (time === 'first' ? { ...one, matchEmail: null } : one)));
        assert.equal(meanwhile.hits, 1);
        assert.deepEqual(new Set(settled.map(({ outcome }) => outcome)), new Set(['updated']));
        assert.equal(badgeOf(bench, silver[1]?.seatgeekId ?? ''), 'new');
      }));

  const COSTS: readonly (readonly [string, Others, { readonly lists: number; readonly looks: number }])[] = [
    ['pages of the list on which two stand', { perPage: 2, count: 4 }, { lists: 2, looks: 0 }],
    ['whoever stands alone', { perPage: 1, count: 4 }, { lists: 0, looks: 4 }],
    ['by a search for IDs', { perPage: 1, count: 4, ...SEARCH_OF_MANY }, { lists: 1, looks: 0 }],
    [
      'by a search for e-mail addresses',
      { perPage: 1, count: 4, isKnownBy: 'email', ...SEARCH_OF_MANY },
      { lists: 1, looks: 0 },
    ],
  ];
  for (const [what, others, cost] of COSTS)
    it(`costs no more than it must (${what})`, () =>
      playAmongOthers(others, async (bench, goForward) => {
        const run = bench.run();
        await run.write(EARLIER);
        if (others.advancedSearchIn === true)
          for (const field of ['CFSeatGeekID', 'emailaddress']) bench.instance.search.set(field, 'many');
        knowListing(bench);
        // None is read back to prove it.
        bench.instance.arrays.updatesNamed = 'all';
        goForward(180);
        const { requests } = bench.sandbox.halo;
        const asked = () => ({
          lists: requests.of('GET', '/api/Users').length,
          looks: requests.of('GET', '/api/Users/*').length,
        });
        const before = asked();
        const settled = await run.write(silver.slice(0, others.count));
        const outcome = others.isKnownBy === 'email' ? 'matchedByEmail' : 'updated';
        assert.deepEqual(new Set(settled.map((one) => one.outcome)), new Set([outcome]));
        const after = asked();
        assert.deepEqual({ lists: after.lists - before.lists, looks: after.looks - before.looks }, cost);
      }));

  it("ends the run where Halo's limit is used up for long", () =>
    playAmongOthers({ perPage: 2, count: 4 }, async (bench, goForward) => {
      const run = bench.run();
      await run.write(EARLIER);
      knowListing(bench);
      goForward(180);
      const match = { where: listsPage(1) };
      bench.sandbox.faults.add({ system: 'halo', kind: 'retry-after', seconds: 600, form: 'seconds', match });
      await assert.rejects(run.write(silver.slice(0, 4)), { code: 'halo-rate-limited' });
    }));

  it('is given up soon where no page can be had', () =>
    playAmongOthers({ perPage: 5 }, async (bench, goForward) => {
      const run = bench.run();
      await run.write(EARLIER);
      goForward(180);
      const where = (asked: Asked): boolean => !looksUp(asked) && !listsNewest(asked);
      const fault = { system: 'halo', kind: 'status', status: 500 } as const;
      const failing = bench.sandbox.faults.add({
        ...fault,
        match: { method: 'GET', path: '/api/Users', where, after: 0 },
      });
      const settled = await run.write(silver);
      assert.deepEqual(new Set(settled.map(({ outcome }) => outcome)), new Set(['updated']));
      assert.ok(failing.hits > 0 && failing.hits <= 9, `${failing.hits} requests in vain`);
    }));
});

describe('a preview that takes long', function () {
  this.timeout(60_000);

  it('goes by what it has changed itself, whatever it reads again', () =>
    playAmongOthers({ perPage: 55 }, async (bench, goForward) => {
      const [taken] = bench.people().filter(({ seatgeekId }) => seatgeekId === null);
      bench.add({ name: 'On the next page' });
      const { client, connection, instance } = bench;
      const halfWay = silver.length / 2;
      const [first, second] = [silver.slice(0, halfWay), silver.slice(halfWay)];
      const [a, b] = ['a', 'b'].map((id) => person(id, { email: taken?.email ?? '' }));
      assert.ok(a !== undefined && b !== undefined);
      const run = openRehearsal({ client, connection, instance, call: {} });
      knowListing(bench);
      await run.countUsers();
      await run.forecast([...first, a, ...second, b]);
      await run.preview([[...first, a]]);
      goForward(16);
      const previews = await run.preview([[...second, b]]);
      const of = (id: string) => previews.find(({ seatgeekId }) => seatgeekId === id);
      assert.equal(of('a')?.haloUserId, taken?.id);
      assert.equal(of('b')?.rejection?.code, 'email-taken');
    }));
});
