/** A step that goes on with the pages that follow says of each what a step of its own would have said. */
import assert from 'node:assert/strict';
import type { Asked } from '../../../src/sandbox/asked.js';
import { usersByName } from '../../matrix/by-name.js';
import { GET_USERS, play, POST_USERS, type Columns, type Scene, type SceneOptions } from './scene.js';

const PAGE = 20;
const PAGES = 6;
const always = { goesOn: () => true };
const never = { goesOn: () => false };
const paged = { connection: { seatgeek: { pageSize: PAGE } }, ...always };
const UNUSABLE: Columns = { home_phone: { area: 1 } };
const DELETED: Columns = { _ringside_operation: 'D' };

/** Two pages of people, half of them twice, some whom nobody can map and one whom Halo refuses. */
function addMixed(scene: Scene): void {
  scene.addMany(PAGE * 2, (n) => (n % 7 === 3 ? UNUSABLE : {}));
  scene.addMany(PAGE, (n) => ({ loyalty_tier: `Tier ${n}` }));
  scene.addMany(PAGE * 2, (n) => (n === PAGE * 3 ? { last_name: 'x'.repeat(300) } : {}), PAGE * 2);
}

/** What came of a run and what it took, but for times. */
async function outcomeOf(options: SceneOptions): Promise<unknown> {
  let outcome: unknown;
  await play({ ...paged, ...options }, [], async (scene) => {
    addMixed(scene);
    await scene.sync();
    const { lastRun, cursor, rejected } = scene.pipeline.state;
    outcome = {
      lastRun: { ...lastRun, startedAt: '', finishedAt: '' },
      cursor,
      rejected: rejected.users.map(({ seatgeekId, code, page, attempts }) => ({ seatgeekId, code, page, attempts })),
    };
  });
  return outcome;
}

describe('a step that goes on with the pages that follow', function () {
  this.timeout(60_000);

  it('writes them all where that is quick, and each counts as a page', () =>
    play(paged, [], async (scene) => {
      scene.addMany(PAGE * PAGES);
      await scene.sync();
      scene.assertRight();
      const { lastRun } = scene.pipeline.state;
      assert.deepEqual(
        [scene.pipeline.steps, lastRun?.pages, lastRun?.events, lastRun?.created],
        [1, PAGES, PAGE * PAGES, PAGE * PAGES],
      );
    }));

  it('says the same in the end as steps that do not: counts, requests, cursor and who was rejected where', async () => {
    assert.deepEqual(await outcomeOf(always), await outcomeOf(never));
  });

  it('leaves a page that can not be written to the step that begins with it: what stands before is settled', () =>
    play({ ...paged, faster: 2_000 }, [], async (scene) => {
      scene.addMany(PAGE * PAGES);
      // Two arrays a page, and one alone that comes first: the third page is begun and not ended.
      const outage = scene.fault({ system: 'halo', kind: 'status', status: 503, match: { ...POST_USERS, after: 6 } });
      assert.equal(await scene.run(), 'failed');
      assert.ok(outage.hits > 0);
      const { lastRun, cursor, pass } = scene.pipeline.state;
      assert.deepEqual([lastRun?.pages, lastRun?.events, lastRun?.created], [3, PAGE * 2, PAGE * 2]);
      assert.notEqual(cursor, pass?.from);
      assert.equal(lastRun?.haloRequests, scene.requests.all().filter(({ path }) => path.startsWith('/api/')).length);
      scene.sandbox.faults.clear();
      await scene.sync();
      scene.assertRight();
      assert.equal(scene.pipeline.state.lastRun?.events, PAGE * (PAGES - 2));
    }));

  it('carries on that creates of such a page may be under way', async () => {
    let scene: Scene | undefined;
    const told: number[] = [];
    const dies = (): boolean => {
      told.push(scene?.pipeline.state.createsNotBefore ?? 0);
      return false;
    };
    await play({ ...paged, timeoutMs: 300, dies }, [], async (opened) => {
      scene = opened;
      scene.addMany(PAGE * PAGES);
      // The answer to an array of the fourth page is lost, and so is that to whoever looks for its people.
      const lost = scene.fault({ system: 'halo', kind: 'timeout-after-commit', match: { ...POST_USERS, nth: 7 } });
      const where = (): boolean => lost.hits > 0;
      scene.fault({ system: 'halo', kind: 'status', status: 503, match: { ...GET_USERS, every: 1, where } });
      assert.equal(await scene.run(), 'failed');
      assert.equal(lost.hits, 1);
      assert.ok(Math.max(...told) > 0);
      scene.sandbox.faults.clear();
      scene.restart();
      await scene.sync();
      scene.assertRight();
      scene.assertNobodyDoubled();
    });
  });

  it('takes from the list whom a later page of it settles, where images have no order', () =>
    play({ ...paged, seatgeek: { sequence: 'absent' } }, [], async (scene) => {
      scene.add('mended', UNUSABLE);
      scene.addMany(PAGE - 1);
      scene.addMany(PAGE - 1, () => ({}), PAGE);
      scene.add('mended');
      await scene.sync();
      scene.assertRight();
      assert.equal(scene.pipeline.steps, 1);
    }));

  it('ends behind two hundred people who are rejected, whom one answer has to name', () =>
    play({ connection: { seatgeek: { pageSize: 100 } }, ...always }, [], async (scene) => {
      scene.addMany(500, () => UNUSABLE);
      await scene.sync();
      const { rejected, lastRun } = scene.pipeline.state;
      assert.equal(scene.pipeline.steps, 3);
      assert.deepEqual([lastRun?.rejected, rejected.users.length + rejected.beyond], [500, 500]);
    }));

  it('ends behind fifty further pages, of each of which one answer has to tell', () =>
    play({ connection: { seatgeek: { pageSize: 1 } }, ...always }, [], async (scene) => {
      scene.addMany(60);
      await scene.sync();
      scene.assertRight();
      assert.deepEqual([scene.pipeline.steps, scene.pipeline.state.lastRun?.pages], [2, 60]);
    }));

  it('begins no page after five seconds', () =>
    play(paged, [], async (scene) => {
      scene.addMany(PAGE * PAGES);
      const { now } = Date;
      let posts = 0;
      // Each page takes two arrays.
      const where = (): boolean => {
        posts += 1;
        const ahead = posts * 2_000;
        Date.now = () => now() + ahead;
        return false;
      };
      scene.fault({ system: 'halo', kind: 'status', status: 503, match: { ...POST_USERS, every: 1, where } });
      try {
        await scene.sync();
      } finally {
        Date.now = now;
      }
      scene.assertRight();
      assert.ok(scene.pipeline.steps > 1 && scene.pipeline.steps < PAGES, `${scene.pipeline.steps} steps`);
    }));

  it('remembers whom an attempt that died made inactive on a page that the next attempt does not reach', () => {
    let died = false;
    let inactive = (): number => 0;
    const options: SceneOptions = {
      connection: { seatgeek: { pageSize: PAGE }, users: usersByName(), integrator: { brake: { enabled: false } } },
      // It has written everything. Those after it have time for a page.
      goesOn: () => !died,
      dies: (step) => !died && (died = step === 'written' && inactive() > 0),
    };
    return play(options, [], async (scene) => {
      inactive = () => scene.sandbox.halo.users().filter((user) => user['inactive']).length;
      scene.addMany(PAGE);
      await scene.sync();
      scene.addMany(PAGE, () => ({}), PAGE);
      scene.addMany(PAGE, () => ({}), PAGE * 2);
      scene.addMany(PAGE, () => DELETED);
      await scene.sync();
      assert.deepEqual([died, inactive(), scene.pipeline.steps], [true, PAGE, 5]);
      scene.addMany(PAGE, () => ({ last_name: 'Back' }));
      await scene.sync();
      assert.equal(inactive(), 0);
    });
  });

  const byName = {
    connection: { seatgeek: { pageSize: PAGE }, users: usersByName(), integrator: { brake: { enabled: false } } },
  };

  it('remembers whom a lost answer may have made inactive on a page that another worker goes on with', () => {
    let isOut = false;
    let scene: Scene | undefined;
    const dies = (step: string): boolean => {
      if (step !== 'fetched' || !isOut) return false;
      isOut = false;
      scene?.sandbox.faults.clear();
      return true;
    };
    return play({ ...byName, ...always, timeoutMs: 300, faster: 2_000, dies }, [], async (opened) => {
      scene = opened;
      const inactive = (): number => opened.sandbox.halo.users().filter((user) => user['inactive']).length;
      scene.addMany(PAGE * 2);
      await scene.sync();
      scene.addMany(PAGE, () => ({ last_name: 'Other' }));
      scene.addMany(PAGE, () => DELETED, PAGE);
      const isSecond = ({ body }: Asked): boolean => body.includes('"inactive":true') && inactive() > 0;
      const match = { ...POST_USERS, where: isSecond };
      const lost = scene.fault({ system: 'halo', kind: 'timeout-after-commit', times: 1, match });
      const where = (): boolean => (isOut = lost.hits > 0);
      scene.fault({ system: 'halo', kind: 'status', status: 503, match: { path: '/api/*', every: 1, where } });
      await scene.sync();
      assert.deepEqual([lost.hits, inactive()], [1, PAGE]);
      scene.addMany(PAGE, () => ({ last_name: 'Back' }), PAGE);
      await scene.sync();
      assert.equal(inactive(), 0);
    });
  });

  it('says once whom it made inactive, of all pages, and who came back on one of them', () =>
    play({ ...byName, ...always }, [], async (scene) => {
      const said = (): string[] => {
        const { written } = scene.pipeline;
        return [written?.deactivated ?? '', ...(written?.following ?? []).map(({ deactivated = '' }) => deactivated)];
      };
      scene.addMany(PAGE * 3);
      await scene.sync();
      scene.addMany(PAGE * 3, () => DELETED);
      await scene.sync();
      assert.deepEqual(
        said().map(({ length }) => length),
        [PAGE * 3 * 8, 0, 0],
      );
      scene.addMany(PAGE, () => ({ last_name: 'Other' }), PAGE * 3);
      scene.addMany(PAGE * 2, () => ({ last_name: 'Back' }));
      await scene.sync();
      assert.deepEqual([scene.pipeline.steps, scene.pipeline.state.deactivated.length], [3, PAGE * 8]);
    }));
});
