import assert from 'node:assert/strict';
import { FEED, play, type Columns, type Scene } from './scene.js';

const PEOPLE = 60;
const PAGE = 20;
/** So much in each row that none but the page at hand is kept in memory. */
const HEAVY: Columns = { photo: 'x'.repeat(450_000) };
const paged = { connection: { seatgeek: { pageSize: PAGE } } };
const UNUSABLE: Columns = { home_phone: { area: 1 } };

/** Everybody so many times, one person after the other. */
function addImages(scene: Scene, images: number): void {
  for (let image = 0; image < PEOPLE * images; image += 1)
    scene.add(`p${Math.floor(image / images)}`, { loyalty_tier: `Tier ${image}` });
}

/** A page on which one person alone has the newest image, a second like it, and a third with the third person; `last` is that one's. */
function addThreePages(scene: Scene, all: Columns = {}, last: Columns = {}): void {
  for (const id of ['first', 'second'])
    for (let image = 1; image <= PAGE; image += 1) scene.add(id, { loyalty_tier: `Tier ${image}`, ...all });
  scene.add('third', { ...all, ...last });
}

describe('pages on which few images are the newest', function () {
  this.timeout(60_000);

  it('are written together, in no more requests than one image of each takes', async () => {
    const posts: number[] = [];
    for (const images of [1, 4])
      await play(paged, [], async (scene) => {
        addImages(scene, images);
        await scene.sync();
        scene.assertRight();
        posts.push(scene.requests.of('POST', '/api/Users').length);
      });
    assert.equal(posts[1], posts[0]);
  });

  it('are written together when little of a long feed is new', () =>
    play(paged, [], async (scene) => {
      addImages(scene, 1);
      await scene.sync();
      scene.requests.clear();
      for (let n = 0; n < 5 * PAGE; n += 1) scene.add('p1', { loyalty_tier: `Tier ${n}` });
      await scene.sync();
      scene.assertRight();
      assert.equal(scene.requests.of('POST', '/api/Users').length, 1);
      assert.equal(scene.pipeline.state.lastRun?.pages, 1);
    }));

  it('are no more than fifty in one step, whose answer names them', () =>
    play({ ...paged, seatgeek: { cursorLength: 'long' } }, [], async (scene) => {
      for (let n = 0; n < 60 * PAGE; n += 1) scene.add('p1', { loyalty_tier: `Tier ${n}` });
      await scene.sync();
      scene.assertRight();
      assert.equal(scene.pipeline.state.lastRun?.pages, 2);
    }));

  for (const [title, bad] of [
    ['can not be mapped', UNUSABLE],
    ['is refused by Halo', { last_name: 'x'.repeat(300) }],
  ] as const) {
    it(`name each person who ${title} with the page on which the person stands`, () =>
      play(paged, [], async (scene) => {
        addThreePages(scene, {}, bad);
        await scene.sync();
        scene.assertRight({ rejected: ['third'] });
        const [third] = scene.pipeline.state.rejected.users;
        await scene.pipeline.retryRejected(true);
        const [again] = scene.pipeline.state.rejected.users;
        assert.deepEqual([third?.attempts, again?.attempts, again?.pageGone], [1, 2, false]);
        assert.deepEqual(again?.page, third?.page);
        assert.notEqual(third?.page.cursor, null);
      }));
  }

  it('are written one by one where the workflow began with older code, which would list people on the first of them', () =>
    play({ ...paged, isOlder: true }, [], async (scene) => {
      addThreePages(scene, {}, UNUSABLE);
      await scene.sync();
      scene.assertRight({ rejected: ['third'] });
      assert.equal(scene.pipeline.state.lastRun?.pages, 3);
      assert.notEqual(scene.pipeline.state.rejected.users[0]?.page.cursor, null);
    }));

  it('are written as far as they can be read', () =>
    play(paged, [], async (scene) => {
      addThreePages(scene, HEAVY);
      // The survey has read all three by then.
      const cut = scene.fault({ system: 'seatgeek', kind: 'status', status: 500, match: { ...FEED, after: 3 } });
      assert.equal(await scene.run(), 'failed');
      assert.ok(cut.hits > 0);
      assert.deepEqual(
        ['first', 'second', 'third'].map((id) => scene.users(id).length),
        [1, 0, 0],
      );
      scene.sandbox.faults.clear();
      await scene.sync();
      scene.assertRight();
    }));

  it('are no more than one of several images that nobody can order', () =>
    play({ ...paged, seatgeek: { sequence: 'absent' } }, [], async (scene) => {
      addImages(scene, 3);
      await scene.sync();
      scene.assertRight();
    }));
});

describe('pages kept in memory', function () {
  this.timeout(60_000);
  const unbraked = { connection: { seatgeek: { pageSize: PAGE }, integrator: { brake: { enabled: false } } } };

  for (const [title, newest, users] of [
    ['changes', { last_name: 'New' }, 1],
    ['is deleted', { _ringside_operation: 'D' }, 0],
  ] as const)
    it(`are those of one run: who ${title} before the next one is right in Halo`, () =>
      play(unbraked, [], async (scene) => {
        for (let image = 1; image <= PAGE; image += 1) scene.add('first', { loyalty_tier: `Tier ${image}` });
        scene.add('second');
        const outage = scene.fault({
          system: 'halo',
          kind: 'status',
          status: 503,
          match: { path: '/api/Users', every: 1 },
        });
        assert.equal(await scene.run(), 'failed');
        assert.ok(outage.hits > 0);
        scene.sandbox.faults.clear();
        scene.add('second', newest);
        assert.equal(await scene.run(), 'completed');
        scene.assertRight();
        assert.equal(scene.users('second').length, users);
      }));

  it('do not make an answer without a body the end of the feed', () =>
    play(paged, [], async (scene) => {
      scene.addMany(40);
      scene.addMany(PAGE, () => HEAVY, 40);
      scene.add('p60');
      let asked = 0;
      // Of the third page, when it is asked for again after the survey.
      const rewrite = (text: string): string => (text.includes('Name p40"') && (asked += 1) === 2 ? '' : text);
      scene.fault({ system: 'seatgeek', kind: 'rewritten-text', match: { ...FEED, every: 1 }, times: 100, rewrite });
      assert.equal(await scene.run(), 'completed');
      assert.ok(asked > 1);
      scene.assertRight();
    }));
});
