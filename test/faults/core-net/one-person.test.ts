import assert from 'node:assert/strict';
import { HALO_DIALECT } from '../../../src/sandbox/dialects.js';
import type { Fault, FaultEffect } from '../../../src/sandbox/faults.js';
import { type Asked, holds, looksUp, sends } from '../../../src/sandbox/asked.js';
import { ForbiddenError } from '../../../src/halo/api/errors.js';
import { HaloBench, outcomes, person } from '../../unit/halo/halo-bench.js';
import type { UserDraft } from '../../../src/sandbox/halo-store.js';
import { GET_USERS, play, POST_USERS, stranger, type Scene } from './scene.js';

const SIZE = 24;
const BAD = 'p7';
/** What stands in every request about the bad person, new or changed, and in no other. */
const MARK = 'select one from the table';
const BAD_NAME = { last_name: MARK };

const atTheEdge = { match: { ...POST_USERS, where: sends(holds(MARK)), after: 0 }, system: 'halo' } as const;

/** Each answered for one person every time, alone and in any array. */
const EDGES: readonly (readonly [string, Fault])[] = [
  ['status 500', { ...atTheEdge, kind: 'status', status: 500 }],
  ['status 502', { ...atTheEdge, kind: 'status', status: 502, body: 'Bad gateway', contentType: 'text/plain' }],
  ['status 504', { ...atTheEdge, kind: 'status', status: 504, body: '<html>', contentType: 'text/html' }],
  ['a firewall with 403', { ...atTheEdge, kind: 'html', status: 403 }],
  ['a firewall with 406', { ...atTheEdge, kind: 'html', status: 406 }],
  ['a firewall with 401', { ...atTheEdge, kind: 'status', status: 401 }],
  ['a redirect', { ...atTheEdge, kind: 'status', status: 302 }],
  ['no answer', { ...atTheEdge, kind: 'timeout' }],
  ['a connection cut', { ...atTheEdge, kind: 'reset-before' }],
];

const within = { system: 'halo', fits: holds(MARK) } as const;

const IN_HALO: readonly (readonly [string, Fault])[] = [
  ['an exception with 500', { ...within, kind: 'refuse-item', status: 500 }],
  ['a 401 in place of 403', { ...within, kind: 'refuse-item', status: 401 }],
  ['a 400 about another record', { ...within, kind: 'refuse-item', status: 400, body: notFound('Priority', 5) }],
  ['a 404 about another record', { ...within, kind: 'refuse-item', status: 404, body: notFound('Site', 5) }],
  ['an empty list', { ...within, kind: 'swallow-item', answer: [] }],
  ['an empty object', { ...within, kind: 'swallow-item', answer: {} }],
  ['an empty list of users', { ...within, kind: 'swallow-item', answer: { users: [] } }],
];

function notFound(what: string, id: number): unknown {
  return { ClassName: 'System.Exception', Message: `The ${what} with ID ${id} could not be found.` };
}

const isBad = (n: number): boolean => `p${n}` === BAD;

/** Two runs: the bad person is named each time and stops nobody; once the fault is gone a last run brings everybody. */
async function assertStopsNobody(scene: Scene, fault: Fault): Promise<void> {
  const placed = scene.fault(fault);
  assert.equal(await scene.run(), 'completed', JSON.stringify(scene.pipeline.errors.at(-1)));
  assert.ok(placed.hits > 0);
  scene.assertRight({ rejected: [BAD] });
  scene.addMany(3, undefined, 100);
  assert.equal(await scene.run(), 'completed', JSON.stringify(scene.pipeline.errors.at(-1)));
  scene.assertRight({ rejected: [BAD] });
  scene.sandbox.faults.clear();
  await scene.pipeline.retryRejected(true);
  scene.assertRight();
}

describe('one person whom Halo never takes', function () {
  this.timeout(60_000);

  for (const [title, fault] of [...EDGES, ...IN_HALO]) {
    const timeoutMs = fault.kind === 'timeout' ? { timeoutMs: 300 } : {};

    it(`is rejected alone among new people (${title})`, () =>
      play(timeoutMs, [], async (scene) => {
        scene.addMany(SIZE, (n) => (isBad(n) ? BAD_NAME : {}));
        await assertStopsNobody(scene, fault);
      }));

    it(`is rejected alone among changed people (${title})`, () =>
      play(timeoutMs, [], async (scene) => {
        scene.addMany(SIZE);
        await scene.sync();
        scene.addMany(SIZE, (n) => ({ loyalty_tier: 'Silver', ...(isBad(n) && BAD_NAME) }));
        await assertStopsNobody(scene, fault);
      }));
  }

  for (const status of [500, 403])
    it(`is rejected alone where Halo answers a change of nothing with ${status}`, () =>
      play({}, [], async (scene) => {
        scene.addMany(SIZE, (n) => (isBad(n) ? BAD_NAME : {}));
        const where = sends((item) => Object.keys(item).every((name) => name === 'id' || name.startsWith('_')));
        const times = Number.POSITIVE_INFINITY;
        const match = { ...POST_USERS, where, after: 0 };
        const placed = scene.fault({ system: 'halo', kind: 'status', status, match, times });
        await assertStopsNobody(scene, IN_HALO[0]![1]);
        assert.ok(placed.hits > 0);
      }));

  for (const arrays of HALO_DIALECT.arrays.values.slice(1)) {
    for (const [title, fault] of [IN_HALO[0]!, IN_HALO[3]!]) {
      it(`is rejected alone whatever arrays do (${title}, ${arrays})`, () =>
        play({ halo: { arrays } }, [], async (scene) => {
          scene.addMany(SIZE, (n) => (isBad(n) ? BAD_NAME : {}));
          await assertStopsNobody(scene, fault);
        }));
    }
  }

  it('is not mistaken for an outage: where everybody is answered 500 the run fails and nobody is rejected', () =>
    play({}, [], async (scene) => {
      scene.addMany(SIZE);
      scene.fault({ system: 'halo', kind: 'status', status: 500, match: { ...POST_USERS, after: 0 } });
      assert.equal(await scene.run(), 'failed');
      assert.deepEqual(scene.rejected(), []);
      scene.sandbox.faults.clear();
      await scene.sync();
      scene.assertRight();
    }));

  for (const status of [401, 403])
    for (const people of [1, SIZE])
      it(`is not mistaken for missing rights: where everybody is answered ${status} the run fails and nobody is rejected (${people})`, () =>
        play({}, [], async (scene) => {
          scene.addMany(people);
          scene.fault({ system: 'halo', kind: 'status', status, match: { ...POST_USERS, after: 0 } });
          assert.equal(await scene.run(), 'failed');
          assert.deepEqual(scene.rejected(), []);
          scene.sandbox.faults.clear();
          await scene.sync();
          scene.assertRight();
        }));

  it('is not mistaken for a token that is no longer good, which is renewed: nobody is sent again unread', () =>
    play({}, [], async (scene) => {
      scene.addMany(SIZE);
      const refused = { ...within, kind: 'refuse-item', status: 401, fits: holds('Name p5'), times: 1 } as const;
      const placed = scene.fault(refused);
      await scene.sync();
      assert.equal(placed.hits, 1);
      scene.assertRight();
      scene.assertNobodyDoubled();
    }));

  it('leaves arrays as long as they were: a few transient 400s do not shorten them for good', () =>
    play({}, [], async (scene) => {
      scene.addMany(40);
      const deadlock = {
        ClassName: 'System.Exception',
        Message: 'A database error occurred (1205) - Transaction was deadlocked.',
      };
      const match = { ...POST_USERS, after: 0 };
      const placed = scene.fault({ system: 'halo', kind: 'status', status: 400, body: deadlock, match, times: 6 });
      await scene.sync();
      assert.equal(placed.hits, 6);
      await scene.pipeline.retryRejected(true);
      scene.assertRight();
      const before = scene.requests.of('POST', '/api/Users').length;
      scene.addMany(40, undefined, 100);
      await scene.sync();
      scene.assertRight();
      assert.ok(scene.requests.of('POST', '/api/Users').length - before <= 5);
    }));
});

/** With the fields by which it is searched, so many that few people are looked up. */
const searchable = (count: number): readonly UserDraft[] =>
  Array.from({ length: count }, (_, n) => ({ ...stranger(n), customFields: { CFSeatGeekID: `s${n}` } }));

const SEARCH = { advancedSearch: 'emailaddress+customfields', advancedSearchIn: true } as const;

describe('one person whom nothing lets through to be looked up', function () {
  this.timeout(60_000);

  const effects: readonly FaultEffect[] = [
    { kind: 'html', status: 403 },
    { kind: 'status', status: 401 },
    { kind: 'status', status: 302 },
    { kind: 'status', status: 500 },
  ];
  for (const effect of effects)
    for (const [what, row] of [
      ['e-mail address', { id: 'bad', email: 'select-one@example.org' }],
      ['SeatGeek ID', { id: 'select-one', email: 'bad@example.org' }],
    ] as const)
      it(`stops nobody (${what}, ${effect.kind} ${'status' in effect ? effect.status : ''})`, () =>
        play({ halo: SEARCH }, searchable(1_100), async (scene) => {
          scene.addMany(3);
          await scene.sync();
          const where = (asked: Asked): boolean => looksUp(asked) && String(asked.query).includes('select-one');
          const placed = scene.fault({ system: 'halo', ...effect, match: { ...GET_USERS, where, after: 0 } });
          scene.addMany(3, undefined, 10);
          scene.add(row.id, row);
          assert.equal(await scene.run(), 'completed', JSON.stringify(scene.pipeline.errors.at(-1)));
          assert.ok(placed.hits > 0);
          scene.assertRight();
        }));
});

/** Answers to `GET /Users/{id}` for one user. */
const DETAILS: readonly (readonly [string, FaultEffect])[] = [
  ['400', { kind: 'status', status: 400 }],
  ['401', { kind: 'status', status: 401 }],
  ['403', { kind: 'status', status: 403 }],
  ['500', { kind: 'status', status: 500 }],
  ['a redirect', { kind: 'status', status: 302 }],
  ['a page in HTML', { kind: 'status', status: 200, body: '<html>' }],
  ['a page in HTML with 403', { kind: 'html', status: 403 }],
  ['an odd member', { kind: 'rewritten-json', rewrite: () => ({ id: 'none' }) }],
];

describe('one user whom Halo does not show', function () {
  this.timeout(40_000);
  const FIELDS = ['name', 'emailaddress', 'email2'].map((to) => ({ from: 'x', to }));

  const written = async (people: number, hidden: readonly number[], effect: FaultEffect): Promise<string[]> => {
    const bench = await HaloBench.start({ connection: { users: { fieldMappings: FIELDS, staticMappings: [] } } });
    try {
      const ids = Array.from({ length: people }, (_, n) => `p${n}`);
      const users = ids.map((id) =>
        bench.add({ name: `Name ${id}`, emailaddress: `${id}@example.org`, customFields: { CFSeatGeekID: id } }),
      );
      for (const n of hidden) {
        const match = { method: 'GET', path: `/api/Users/${users[n]}`, after: 0 } as const;
        bench.sandbox.faults.add({ system: 'halo', ...effect, times: Infinity, match });
      }
      const fields = [{ to: 'email2', value: 'x@example.org', when: 'always' as const }];
      return outcomes(await bench.run().write(ids.map((id) => person(id, { fields }))));
    } finally {
      await bench.close();
    }
  };

  for (const [title, effect] of DETAILS)
    it(`stops nobody else (${title})`, async () => {
      assert.deepEqual(await written(4, [1], effect), ['updated', 'rejected', 'updated', 'updated']);
    });

  it('is an outage where it is everybody', async () => {
    const all = Array.from({ length: 8 }, (_, n) => n);
    await assert.rejects(written(all.length, all, { kind: 'status', status: 403 }), ForbiddenError);
  });
});

describe('one user who is not shown and whose change is refused as not found', function () {
  this.timeout(60_000);

  const changed = (hidden: readonly string[], status: number, body: (scene: Scene) => Promise<void>): Promise<void> =>
    play({ faster: 1_000 }, [], async (scene) => {
      scene.addMany(20);
      await scene.sync();
      for (const seatgeekId of hidden) {
        const { id } = scene.user(seatgeekId);
        const fits = (item: Readonly<Record<string, unknown>>): boolean => item['id'] === id;
        const match = { method: 'GET', path: `/api/Users/${id}`, after: 0 } as const;
        scene.fault({ system: 'halo', kind: 'refuse-item', fits, status: 404, body: notFound('User', id) });
        scene.fault({ system: 'halo', kind: 'status', status, match });
      }
      scene.addMany(20, () => ({ last_name: 'Later' }));
      await body(scene);
    });

  for (const status of [500, 504, 403, 401])
    it(`is rejected alone (details answered ${status})`, () =>
      changed(['p3'], status, async (scene) => {
        assert.deepEqual([await scene.run(), await scene.run()], ['completed', 'completed']);
        scene.assertRight({ rejected: ['p3'] });
      }));

  it('is an outage where it is everybody', () =>
    changed(
      Array.from({ length: 20 }, (_, n) => `p${n}`),
      401,
      async (scene) => {
        assert.equal(await scene.run(), 'failed');
        assert.deepEqual(scene.rejected(), []);
      },
    ));
});

describe('a search that is only tried, to see what it can do', function () {
  this.timeout(60_000);
  const asks =
    (...parts: readonly string[]) =>
    ({ query }: Asked): boolean =>
      parts.some((part) => String(query.get('advanced_search')).includes(part)) ||
      (parts.includes('inactive') && query.get('includeactive') === 'false');

  for (const [users, people, by] of [
    [1_500, 1, 'a small run'],
    [2_100, 150, 'a first import'],
  ] as const)
    for (const [what, where] of [
      ['by SeatGeek ID', asks('CFSeatGeekID')],
      ['by e-mail address', asks('emailaddress')],
      ['for the inactive', asks('inactive')],
    ] as const)
      for (const status of [500, 403, 401])
        it(`stops nobody (${what}, answered ${status}, ${by})`, () =>
          play({ halo: SEARCH, faster: 1_000 }, searchable(users), async (scene) => {
            const placed = scene.fault({
              system: 'halo',
              kind: 'status',
              status,
              match: { ...GET_USERS, after: 0, where },
            });
            scene.addMany(people);
            assert.deepEqual([await scene.run(), await scene.run()], ['completed', 'completed']);
            assert.ok(placed.hits > 0);
            scene.assertRight();
          }));

  it('is tried again by the next run where it failed', () =>
    play({ halo: SEARCH, faster: 1_000 }, searchable(1_500), async (scene) => {
      const match = { ...GET_USERS, where: asks('CFSeatGeekID') } as const;
      scene.fault({ system: 'halo', kind: 'status', status: 500, times: 3, match });
      scene.add('p0');
      await scene.sync();
      scene.add('p1');
      await scene.sync();
      const before = scene.requests.count;
      scene.add('p2');
      await scene.sync();
      const count = scene.requests.count - before;
      assert.ok(count <= 10, `${count} requests`);
      scene.assertRight();
    }));

  it('is no more than everything else where all requests are answered 401', () =>
    play({ halo: SEARCH, faster: 1_000 }, searchable(1_500), async (scene) => {
      let isTried = false;
      const where = (asked: Asked): boolean => (isTried ||= asks('CFSeatGeekID')(asked));
      scene.fault({ system: 'halo', kind: 'status', status: 401, match: { path: '/api/*', after: 0, where } });
      scene.add('p0');
      assert.equal(await scene.run(), 'failed');
      assert.equal(scene.pipeline.errors.at(-1)?.code, 'halo-unauthorized');
    }));
});

describe('a search of texts that never answers', function () {
  this.timeout(60_000);

  for (const status of [500, 403, 401, 400])
    it(`has nobody else listed (${status})`, () =>
      play({ halo: SEARCH, faster: 1_000 }, searchable(2_500), async (scene) => {
        const where = ({ query }: Asked): boolean => query.has('search');
        const placed = scene.fault({
          system: 'halo',
          kind: 'status',
          status,
          match: { ...GET_USERS, after: 0, where },
        });
        const counts: number[] = [];
        for (let n = 0; n < 4; n += 1) {
          const before = scene.requests.count;
          scene.add(`p${n}`);
          await scene.sync();
          counts.push(scene.requests.count - before);
        }
        assert.ok(placed.hits > 0);
        assert.ok((counts.at(-1) ?? 0) < 20, `requests of each run: ${counts.join(', ')}`);
        scene.assertRight();
      }));
});
