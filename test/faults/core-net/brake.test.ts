import assert from 'node:assert/strict';
import { play } from './scene.js';

/** More than any bound on what is counted there might be. */
const NEW = 50_500;
const LEAVERS = 100;

describe('the brake', function () {
  this.timeout(60_000);

  it('reads to the end and counts right before the first write, leavers behind more than 50,000 others too', () =>
    play({ connection: { seatgeek: { pageSize: 1_000 } } }, [], async (scene) => {
      const { feed } = scene.sandbox.seatgeek;
      for (let n = 0; n < NEW; n += 1) feed.append({ id: `new${n}`, first_name: 'Ada', last_name: `${n}` });
      for (let n = 0; n < LEAVERS; n += 1) {
        scene.sandbox.halo.store.create({ name: `Leaver ${n}`, customFields: { CFSeatGeekID: `p${n}` } });
        scene.add(`p${n}`, { _ringside_operation: 'D' });
      }
      const { pipeline } = scene;
      pipeline.state = { ...pipeline.state, past: 1_000 };
      assert.equal(await scene.run(), 'failed');
      assert.equal(pipeline.state.lastError?.code, 'brake-held');
      assert.match(pipeline.state.lastError.message, new RegExp(`create ${NEW} people and deactivate ${LEAVERS};`));
      assert.equal(scene.requests.of('POST', '/api/Users').length, 0);
    }));
});
