/** A list of users that grew old while a run went on: its rows are read again many at a time, and what agents did meanwhile stands. */
import assert from 'node:assert/strict';
import { listsNewest, looksUp, type Asked } from '../../../src/sandbox/asked.js';
import type { HaloDialect } from '../../../src/sandbox/dialects.js';
import { customValue } from '../../../src/sandbox/halo-store.js';
import { hastyClock, person } from '../../unit/halo/halo-bench.js';
import { PEOPLE, play } from './five-at-a-time.js';

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
