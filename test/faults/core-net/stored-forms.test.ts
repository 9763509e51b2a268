import assert from 'node:assert/strict';
import type { HaloDialect } from '../../../src/sandbox/dialects.js';
import { namesake, play, type Columns, type Scene } from './scene.js';

const PEOPLE = 12;
/** Each form that a Halo may give to texts changes something of everybody. */
const ODD: Columns = {
  first_name: "Zoë 'Zed'",
  last_name: 'O\u2019Neil & Sons  ',
  home_phone: '+44 (20) 7946-0000',
  mobile_phone: ' 0044 7700 900 123',
  loyalty_tier: 'Gold\r\nsince "2001", with a seat in the north stand',
  address_line_1: "1 King's Road & Mews",
  city: 'London',
};
const FORMS = ['unix-lines', 'entities', 'trimmed', 'bare-phones', 'cut', 'upper-case'] as const;

type Answers = Pick<HaloDialect, 'answerRows' | 'answerOfMany' | 'answerOfOne'>;
const WHOLE: Answers = { answerRows: 'whole', answerOfMany: 'list', answerOfOne: 'object' };
const SILENT: Answers = { answerRows: 'ids', answerOfMany: 'object', answerOfOne: 'object' };

describe('values that Halo keeps in another form', function () {
  this.timeout(60_000);

  const imported = (halo: Partial<HaloDialect>, body: (scene: Scene) => Promise<void>): Promise<void> =>
    play({ halo, connection: { halo: { writeBatch: 5 } } }, [namesake('p3')], async (scene) => {
      scene.addMany(PEOPLE, () => ODD);
      await scene.sync();
      assert.deepEqual(scene.rejected(), []);
      await body(scene);
    });

  for (const storedTexts of FORMS) {
    it(`are written once where an answer shows them (${storedTexts})`, () =>
      imported({ ...WHOLE, storedTexts }, async (scene) => {
        assert.equal(await updatedAgain(scene), 0);
      }));

    it(`are not written again in each run where no answer shows them (${storedTexts})`, () =>
      imported({ ...SILENT, storedTexts }, async (scene) => {
        await updatedAgain(scene);
        await updatedAgain(scene);
        assert.equal(await updatedAgain(scene), 0);
      }));

    it(`are written when they change in SeatGeek, or an agent changed them (${storedTexts})`, () =>
      imported({ ...WHOLE, storedTexts }, async (scene) => {
        await updatedAgain(scene);
        scene.sandbox.halo.store.update(scene.user('p1').id, { firstname: 'Agent' });
        scene.add('p2', { ...ODD, first_name: 'New', loyalty_tier: 'New' });
        assert.equal(await updatedAgain(scene), 2);
        assert.notEqual(scene.user('p1').firstname, 'Agent');
        assert.match(`${scene.user('p2').firstname} ${String(scene.tier('p2'))}`, /^new new$/i);
      }));
  }

  it('are written when they go back to what they were', () =>
    imported({ ...WHOLE, storedTexts: 'entities' }, async (scene) => {
      scene.add('p2', { ...ODD, last_name: 'Plain' });
      await scene.sync();
      scene.add('p2', ODD);
      assert.equal(await updatedAgain(scene), 1);
      assert.equal(scene.user('p2').surname, 'O\u2019Neil &amp; Sons');
    }));

  it('do not make the brake count people as overwritten', () =>
    imported({ ...WHOLE, storedTexts: 'entities' }, async (scene) => {
      await updatedAgain(scene);
      scene.addMany(60, () => ODD, 100);
      await scene.sync();
      scene.pipeline.clearCursor();
      assert.equal(await scene.run(), 'completed');
      assert.deepEqual(scene.pipeline.errors, []);
    }));
});

/** Users written by a run over all history. */
async function updatedAgain(scene: Scene): Promise<number> {
  const { writes } = scene.sandbox.halo;
  const before = writes.updated;
  scene.pipeline.clearCursor();
  await scene.sync();
  return writes.updated - before;
}
