/** Two connections of one process that write into one Halo, one after the other or at once: neither goes by what the other has changed. */
import assert from 'node:assert/strict';
import { connectionSchema, type Connection } from '../../../src/connection/schema.js';
import { createHaloRun } from '../../../src/halo/run.js';
import type { HaloRun, PersonOutcome } from '../../../src/halo/types.js';
import type { Http } from '../../../src/http/http.js';
import type { MappedPerson } from '../../../src/mapping/types.js';
import type { HaloDialect } from '../../../src/sandbox/dialects.js';
import { customValue } from '../../../src/sandbox/halo-store.js';
import { type HaloBench, outcomes, person } from '../../unit/halo/halo-bench.js';
import { play } from './five-at-a-time.js';

const EMAIL = 'x@example.org';
const tier = { to: 'CFLoyaltyTier', value: 'Silver', when: 'always' } as const;
const withTier = (id: string, email = EMAIL): MappedPerson => person(id, { email, fields: [tier] });

/** The second connection keeps its IDs in a field of its own. */
function venueOf(bench: HaloBench): Connection {
  const other = bench.connect('venue');
  return connectionSchema.parse({ ...other, users: { ...other.users, seatgeekIdField: 'CFBadgeNumber' } });
}

function addNamesake(bench: HaloBench, email = EMAIL): number {
  return bench.add({ name: 'Somebody', emailaddress: email, customFields: { CFDietaryNotes: 'no nuts' } });
}

/** As lists and look-ups would have made it learn. */
function knowSearch({ instance }: HaloBench): void {
  for (const field of ['CFSeatGeekID', 'CFBadgeNumber', 'emailaddress']) instance.search.set(field, 'many');
}

function fieldsOf(bench: HaloBench, id: number): unknown[] {
  const user = bench.sandbox.halo.users().find((each) => each.id === id);
  return user === undefined
    ? []
    : ['CFSeatGeekID', 'CFBadgeNumber', 'CFDietaryNotes'].map((name) => customValue(user, name));
}

const LEARN = [withTier('q', 'q@example.org')];

type Order = 'one after the other' | 'at once' | 'while the second reads';
const ORDERS: readonly Order[] = ['one after the other', 'at once', 'while the second reads'];

/** What the second run reads first comes to it only after the first has written. */
async function writeBoth(
  bench: HaloBench,
  second: Connection,
  order: Order,
  [a, b]: readonly [readonly MappedPerson[], readonly MappedPerson[]],
): Promise<readonly (readonly PersonOutcome[])[]> {
  const one = bench.run();
  if (order === 'at once') return Promise.all([one.write(a), bench.run(second).write(b)]);
  if (order === 'one after the other') {
    const two = bench.run(second);
    for (const run of [one, two]) await run.forecast(LEARN);
    return [await one.write(a), await two.write(b)];
  }
  await one.forecast(LEARN);
  const late = new LateHttp(bench.http, (path) => path === '/api/Users');
  const writing = lateRun(bench, second, late).write(b);
  await late.isAnswered;
  const first = await one.write(a);
  late.deliver();
  return [first, await writing];
}

/** Keeps back the first answer of Halo to such a GET. */
class LateHttp implements Http {
  deliver = (): void => undefined;
  readonly isAnswered: Promise<void>;
  #answered = (): void => undefined;
  #isKept = false;

  constructor(
    private readonly http: Http,
    private readonly isMeant: (path: string) => boolean,
  ) {
    this.isAnswered = new Promise((resolve) => (this.#answered = resolve));
  }

  request: Http['request'] = async (request) => {
    const answer = await this.http.request(request);
    if (this.#isKept || request.method !== 'GET' || !this.isMeant(request.url.pathname)) return answer;
    this.#isKept = true;
    const delivered = new Promise<void>((resolve) => (this.deliver = resolve));
    this.#answered();
    await delivered;
    return answer;
  };

  close: Http['close'] = () => this.http.close();
}

function lateRun(bench: HaloBench, connection: Connection, http: Http): HaloRun {
  return createHaloRun({ client: bench.clientOf(connection, undefined, http), connection, instance: bench.instance });
}

describe('two connections of one process into one Halo', function () {
  this.timeout(60_000);

  for (const order of ORDERS) {
    it(`do not both take a user by its e-mail address (${order})`, () =>
      play({}, async (bench) => {
        const id = addNamesake(bench);
        const settled = await writeBoth(bench, bench.connect('venue'), order, [[withTier('a')], [withTier('b')]]);
        const [taken, ...others] = settled.flat().filter(({ outcome }) => outcome === 'matchedByEmail');
        assert.deepEqual(settled.map(outcomes).flat().sort(), ['matchedByEmail', 'rejected']);
        assert.deepEqual([fieldsOf(bench, id)[0], others], [taken?.seatgeekId, []]);
      }));

    it(`keep the custom fields that the other has written, with an ID field each (${order})`, () =>
      play({}, async (bench) => {
        const id = addNamesake(bench);
        const settled = await writeBoth(bench, venueOf(bench), order, [
          [person('a', { email: EMAIL })],
          [withTier('b')],
        ]);
        assert.deepEqual(settled.map(outcomes).flat(), ['matchedByEmail', 'matchedByEmail']);
        assert.deepEqual(fieldsOf(bench, id), ['a', 'b', 'no nuts']);
      }));
  }

  it('keep them where the second has just read the details', () =>
    play({}, async (bench) => {
      const id = addNamesake(bench);
      const one = bench.run();
      await one.forecast(LEARN);
      const late = new LateHttp(bench.http, (path) => path === `/api/Users/${id}`);
      const writing = lateRun(bench, venueOf(bench), late).write([withTier('b')]);
      await late.isAnswered;
      await one.write([withTier('a')]);
      late.deliver();
      assert.deepEqual(outcomes(await writing), ['matchedByEmail']);
      assert.deepEqual(fieldsOf(bench, id), ['a', 'b', 'no nuts']);
    }));

  const EMAILS = Array.from({ length: 40 }, (_, n) => `x${n}@example.org`);
  const SEARCH: Partial<HaloDialect> = { advancedSearch: 'emailaddress+customfields', advancedSearchIn: true };
  const people = (prefix: string, emails = EMAILS): MappedPerson[] =>
    emails.map((email, n) => withTier(`${prefix}${n}`, email));
  for (const [how, halo] of [
    ['pages of the list', {}],
    ['a search', SEARCH],
  ] as const)
    for (const order of ['one after the other', 'at once'] as const)
      it(`read many users whom the other has written again by ${how} (${order})`, () =>
        play({ halo }, async (bench) => {
          const ids = EMAILS.map((email) => addNamesake(bench, email));
          if (how === 'a search') knowSearch(bench);
          const looksBefore = bench.sandbox.halo.requests.of('GET', '/api/Users/*').length;
          const settled = await writeBoth(bench, venueOf(bench), order, [people('a'), people('b')]);
          const looks = bench.sandbox.halo.requests.of('GET', '/api/Users/*').length - looksBefore;
          assert.deepEqual(new Set(settled.flatMap(outcomes)), new Set(['matchedByEmail']));
          for (const [n, id] of ids.entries()) assert.deepEqual(fieldsOf(bench, id), [`a${n}`, `b${n}`, 'no nuts']);
          // At once, chance says how many are overtaken while they are read, ten at a time. One by one, all 40 would be read, and two more.
          assert.ok(looks <= (order === 'at once' ? 39 : 20), `${looks} users were read alone`);
        }));

  it('cost no request where each writes users of its own, or one alone writes the same users again', () =>
    play({}, async (bench) => {
      for (const email of EMAILS) addNamesake(bench, email);
      const asked = async (run: HaloRun, some: readonly MappedPerson[]): Promise<number> => {
        const { requests } = bench.sandbox.halo;
        const before = requests.of('GET', '/api/Users').length + requests.of('GET', '/api/Users/*').length;
        await run.write(some);
        return requests.of('GET', '/api/Users').length + requests.of('GET', '/api/Users/*').length - before;
      };
      const [one, two] = [bench.run(), bench.run(venueOf(bench))];
      const [early, late] = [EMAILS.slice(0, 20), EMAILS.slice(20)];
      for (const run of [one, two]) await run.write(LEARN);
      // What answers tell is known by then.
      await one.write(people('a', early));
      assert.equal(await asked(two, people('b', late)), 0);
      const gold = { ...tier, value: 'Gold' };
      const again = early.map((email, n) => person(`a${n}`, { email, fields: [gold] }));
      assert.equal(await asked(one, again), 0);
    }));
});
