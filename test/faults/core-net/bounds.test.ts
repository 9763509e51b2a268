import assert from 'node:assert/strict';
import { isObject } from '../../../src/json.js';
import { itemsOf, type Asked } from '../../../src/sandbox/asked.js';
import type { Fault, FaultEffect, FaultMatch } from '../../../src/sandbox/faults.js';
import { FEED, namesake, play, POST_USERS } from './scene.js';

const HOUR = 3_600_000;

/** Seconds as text, dates, and what is neither. */
const NONSENSE: readonly string[] = [
  '86400',
  '1795574400',
  '1795574400000',
  '9'.repeat(310),
  'Fri, 31 Dec 2099 23:59:59 GMT',
  'Thu, 01 Jan 1970 00:00:00 GMT',
  '-5',
  '0',
  '0.0001',
  'soon',
  '',
  'NaN',
  'Infinity',
  '1e9',
];

const PLACES: readonly (readonly [string, Pick<Fault, 'system'> & { match: FaultMatch }])[] = [
  ['a write to Halo', { system: 'halo', match: POST_USERS }],
  ['a read of Halo', { system: 'halo', match: { method: 'GET', path: '/api/Users' } }],
  ["Halo's token", { system: 'halo', match: { path: '/auth/token' } }],
  ['the feed', { system: 'seatgeek', match: FEED }],
  ["SeatGeek's token", { system: 'seatgeek', match: { path: '/oauth/token' } }],
];

describe('a Retry-After that asks for too much or says nothing', function () {
  this.timeout(120_000);

  for (const [title, place] of PLACES) {
    it(`delays nobody by more than about an hour, and nobody is lost (${title})`, async () => {
      for (const [at, value] of NONSENSE.entries()) {
        await play({ faster: 2_000 }, [], async (scene) => {
          scene.addMany(3);
          const status = at % 2 === 0 ? 429 : 503;
          const placed = scene.fault({ ...place, kind: 'status', status, headers: { 'retry-after': value } });
          await scene.sync();
          assert.equal(placed.hits, 1, value);
          assert.ok(scene.clock.longestSleepMs <= HOUR, `${value} kept everybody waiting`);
          scene.assertRight();
        });
      }
    });
  }
});

describe('an answer without end', function () {
  this.timeout(120_000);

  for (const [title, place] of PLACES) {
    for (const status of [200, 400, 500]) {
      it(`is cut off, and what follows is done (${title}, status ${status})`, () =>
        play({}, [], async (scene) => {
          scene.addMany(3);
          const placed = scene.fault({ ...place, kind: 'endless', status });
          await scene.run();
          assert.equal(placed.hits, 1);
          await scene.sync();
          await scene.pipeline.retryRejected(true);
          scene.assertRight();
        }));
    }

    it(`is given up when it only drips (${title})`, () =>
      play({ timeoutMs: 300 }, [], async (scene) => {
        scene.addMany(3);
        const placed = scene.fault({ ...place, kind: 'endless', everyMs: 40 });
        await scene.sync();
        assert.equal(placed.hits, 1);
        scene.assertRight();
      }));
  }
});

describe('a token that does not tell how long it lives', function () {
  this.timeout(60_000);

  for (const expires_in of [0, -1, null, '', 'never', undefined]) {
    it(`ends no run and is kept (${JSON.stringify(expires_in)})`, () =>
      play({}, [], async (scene) => {
        const rewrite = (json: unknown): unknown => ({ ...(isObject(json) && json), expires_in });
        const asked = (['halo', 'seatgeek'] as const).map((system) => {
          const match: FaultMatch = { path: system === 'halo' ? '/auth/token' : '/oauth/token', after: 0 };
          return scene.fault({ system, kind: 'rewritten-json', match, rewrite });
        });
        scene.addMany(12);
        assert.equal(await scene.run(), 'completed', JSON.stringify(scene.pipeline.errors));
        scene.assertRight();
        assert.deepEqual(
          asked.map(({ hits }) => hits),
          [1, 1],
        );
      }));
  }
});

describe('two limits of different windows on one Halo', function () {
  this.timeout(120_000);

  for (const retryAfter of ['none', 'seconds'] as const) {
    it(`are both kept after a few refusals, and nobody is lost (Retry-After ${retryAfter})`, () =>
      play(
        {
          halo: {
            rateLimit: { requests: 60, perSeconds: 300 },
            edgeLimit: { requests: 5, perSeconds: 10 },
            retryAfter,
          },
          connection: { halo: { writeBatch: 1, rateLimit: { requests: 60, perSeconds: 300 } } },
        },
        [],
        async (scene) => {
          scene.addMany(60);
          await scene.sync();
          scene.assertRight();
          const refused = scene.requests.all().filter(({ status }) => status === 429).length;
          assert.ok(refused <= 25, `${refused} of ${scene.requests.count} requests were refused`);
        },
      ));
  }
});

describe('arrays that are too long to be answered', function () {
  this.timeout(120_000);
  const PEOPLE = 300;
  const options = { connection: { halo: { writeBatch: 50 } } } as const;
  const areMany = (asked: Asked): boolean => itemsOf(asked).length > 10;

  for (const [title, effect] of [
    ['504', { kind: 'status', status: 504 }],
    ['504, done a minute later', { kind: 'late-commit', status: 504, afterMs: 60_000 }],
    ['500', { kind: 'status', status: 500 }],
    ['a page with 200', { kind: 'html', status: 200 }],
  ] as readonly (readonly [string, FaultEffect])[])
    for (const what of ['new', 'changed'] as const)
      it(`are not sent as long for ever (${title}, ${what} people)`, () => {
        const there = what === 'new' ? [] : Array.from({ length: PEOPLE }, (_, n) => namesake(`p${n}`));
        return play(options, there, async (scene) => {
          const placed = scene.fault({ system: 'halo', ...effect, match: { ...POST_USERS, after: 0, where: areMany } });
          scene.addMany(PEOPLE);
          await scene.sync();
          scene.assertRight();
          // Two of fifty and the try whether sixteen pass, each sent twice.
          assert.ok(placed.hits <= 6, `${placed.hits} arrays of more than ten`);
        });
      });

  it('are no lesson where a few are lost by chance: arrays stay as long as they were', () =>
    play(options, [], async (scene) => {
      const posts = (): number => scene.requests.of('POST', '/api/Users').length;
      for (const nth of [2, 4])
        scene.fault({ system: 'halo', kind: 'status', status: 504, match: { ...POST_USERS, where: areMany, nth } });
      scene.addMany(PEOPLE);
      await scene.sync();
      scene.assertRight();
      const before = posts();
      scene.addMany(PEOPLE, () => ({ loyalty_tier: 'Silver' }));
      await scene.sync();
      scene.assertRight();
      assert.ok(posts() - before <= 8, `${posts() - before} arrays for ${PEOPLE} people`);
    }));
});
