import assert from 'node:assert/strict';
import { restoreState } from '../../../src/workflows/carried-state.js';
import { approve } from '../../../src/workflows/state.js';
import type { UserDraft } from '../../../src/sandbox/halo-store.js';
import { play, type Scene } from './scene.js';

const PEOPLE = 40;

/** Users of Halo whom another SeatGeek account brought, under the ids that this one's people have. */
function othersPeople(count: number): UserDraft[] {
  return Array.from({ length: count }, (_, n) => ({
    name: `Grace Other ${n}`,
    emailaddress: `other.${n}@example.net`,
    customFields: { CFSeatGeekID: `p${n}` },
  }));
}

const writes = ({ sandbox }: Scene): number => sandbox.halo.writes.all().length;

describe('two connections into one Halo whose people have the same ids', function () {
  this.timeout(60_000);

  it('do not overwrite each other: the first import is held before its first write, until `approve`', () =>
    play({}, othersPeople(30), async (scene) => {
      scene.addMany(PEOPLE);
      assert.equal(await scene.run(), 'failed');
      const [error] = scene.pipeline.errors;
      assert.equal(error?.code, 'brake-held');
      assert.match(error.message, /Of 30 people .* 30 have another name and another e-mail address/);
      assert.match(error.hint, /users\.seatgeekIdField.*seatgeek\.columns\.id.*approve/);
      assert.equal(writes(scene), 0);
      scene.pipeline.state = approve(scene.pipeline.state);
      await scene.sync();
      assert.equal(scene.user('p3').name, 'Ada Name p3');
    }));

  it('do not overwrite each other by a sample import after that', () =>
    play({}, othersPeople(30), async (scene) => {
      scene.addMany(PEOPLE);
      assert.equal(await scene.run(), 'failed');
      await assert.rejects(scene.pipeline.importSample(), /another name and another e-mail address/);
      assert.equal(writes(scene), 0);
    }));

  it('do not overwrite each other by a sample import', () =>
    play({}, othersPeople(30), async (scene) => {
      scene.addMany(PEOPLE);
      await assert.rejects(scene.pipeline.importSample(), /another name and another e-mail address/);
      assert.equal(writes(scene), 0);
    }));

  it('are not told from one that lost its state: what this feed filled is imported again', () =>
    play({}, [], async (scene) => {
      scene.addMany(PEOPLE);
      await scene.sync();
      scene.restart();
      scene.pipeline.state = restoreState(undefined);
      // Since then everybody has got another name, and some another e-mail address as well.
      scene.addMany(PEOPLE, (n) => ({ last_name: `Newman ${n}`, ...(n < 8 && { email: `new.${n}@example.org` }) }));
      await scene.pipeline.importSample();
      assert.equal(await scene.run(), 'completed', JSON.stringify(scene.pipeline.errors));
      scene.assertRight();
    }));

  it('are not told from a few people who changed', () =>
    play({}, othersPeople(10), async (scene) => {
      scene.addMany(PEOPLE);
      assert.equal(await scene.run(), 'completed', JSON.stringify(scene.pipeline.errors));
    }));

  it('are not looked for where the brake is off', () =>
    play({ connection: { integrator: { brake: { enabled: false } } } }, othersPeople(30), async (scene) => {
      scene.addMany(PEOPLE);
      assert.equal(await scene.run(), 'completed', JSON.stringify(scene.pipeline.errors));
    }));
});
