import assert from 'node:assert/strict';
import { holds } from '../../../src/sandbox/asked.js';
import type { HaloDialect } from '../../../src/sandbox/dialects.js';
import { namesake, play, type Columns, type Scene } from './scene.js';

const PEOPLE = 12;
/** Each form that a Halo may give to texts changes something of everybody. */
const ODD: Columns = {
  first_name: "Zoë 'Zed' Aşlı",
  last_name: 'O\u2019Neil & Sons  ',
  home_phone: '+44 (20) 7946-0000',
  mobile_phone: ' 0044 7700 900 123',
  loyalty_tier: 'Gold\r\nsince "2001", with a seat in the north stand',
  address_line_1: "1 King's Road & Mews",
  city: 'London',
};
const FORMS = ['unix-lines', 'entities', 'trimmed', 'bare-phones', 'cut', 'upper-case'] as const;

type Answers = Pick<HaloDialect, 'answerRows' | 'answerOfMany' | 'answerOfOne'> & Partial<HaloDialect>;
const WHOLE: Answers = { answerRows: 'whole', answerOfMany: 'list', answerOfOne: 'object' };
const SILENT: Answers = { answerRows: 'ids', answerOfMany: 'object', answerOfOne: 'object' };
const IDS: Answers = { ...SILENT, answerOfMany: 'list' };
const NAMELESS: Answers = { ...SILENT, answerNames: 'nobody' };
/** Nobody of these is somebody else. */
const SAME_NAMES: Readonly<Record<string, (name: string) => string>> = {
  'upper case': (name) => name.toUpperCase(),
  blanks: (name) => ` ${name.replace(' ', '\u00A0 ')}`,
  'Unicode forms': (name) => name.normalize('NFD'),
  entities: (name) => name.replaceAll('&', '&amp;').replaceAll("'", '&#39;'),
};
const BRAKED = { connection: { integrator: { brake: { atLeast: 10, percent: 10 } } } };

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
        assert.equal(await scene.updatedAgain(), 0);
      }));

    it(`are not written again in each run where no answer shows them (${storedTexts})`, () =>
      imported({ ...SILENT, storedTexts }, async (scene) => {
        await scene.updatedAgain();
        await scene.updatedAgain();
        assert.equal(await scene.updatedAgain(), 0);
      }));

    it(`are nobody's rejection where no answer names anybody (${storedTexts})`, () =>
      imported({ ...NAMELESS, storedTexts }, async (scene) => {
        await scene.updatedAgain();
        // An address sent along unseen is looked at only when nothing else changes.
        await scene.updatedAgain();
        assert.deepEqual(scene.rejected(), []);
        assert.equal(await scene.updatedAgain(), 0);
        scene.addMany(PEOPLE, () => ({ ...ODD, city: 'Leeds', loyalty_tier: 'Silver' }));
        await scene.sync();
        assert.deepEqual(scene.rejected(), []);
        assert.match(String(scene.tier('p5')), /^silver$/i);
      }));

    it(`do not hide a change that Halo ignores where no answer names anybody (${storedTexts})`, () =>
      imported({ ...NAMELESS, storedTexts }, async (scene) => {
        await scene.updatedAgain();
        scene.fault({ system: 'halo', kind: 'swallow-item', answer: [], fits: holds('Silver') });
        scene.add('p7', { ...ODD, loyalty_tier: 'Silver' });
        await scene.sync();
        assert.deepEqual(scene.rejected(), ['p7']);
      }));

    it(`are written when they change in SeatGeek, or an agent changed them (${storedTexts})`, () =>
      imported({ ...WHOLE, storedTexts }, async (scene) => {
        await scene.updatedAgain();
        scene.sandbox.halo.store.update(scene.user('p1').id, { firstname: 'Agent' });
        scene.add('p2', { ...ODD, first_name: 'New', loyalty_tier: 'New' });
        assert.equal(await scene.updatedAgain(), 2);
        assert.notEqual(scene.user('p1').firstname, 'Agent');
        assert.match(`${scene.user('p2').firstname} ${String(scene.tier('p2'))}`, /^new new$/i);
      }));
  }

  for (const [title, answers] of Object.entries({ whole: WHOLE, silent: SILENT, nameless: NAMELESS, ids: IDS }))
    it(`do not make it send people one by one (answers: ${title})`, () =>
      imported({ ...answers, storedTexts: 'upper-case' }, async (scene) => {
        await scene.updatedAgain();
        await scene.updatedAgain();
        const before = scene.requests.of('POST', '/api/Users').length;
        scene.addMany(PEOPLE, () => ({ ...ODD, loyalty_tier: 'Silver' }));
        await scene.sync();
        assert.ok(scene.requests.of('POST', '/api/Users').length - before <= 5);
      }));

  it('are written when they go back to what they were', () =>
    imported({ ...WHOLE, storedTexts: 'entities' }, async (scene) => {
      scene.add('p2', { ...ODD, last_name: 'Plain' });
      await scene.sync();
      scene.add('p2', ODD);
      assert.equal(await scene.updatedAgain(), 1);
      assert.equal(scene.user('p2').surname, 'O\u2019Neil &amp; Sons');
    }));

  for (const [title, answers] of Object.entries({ whole: WHOLE, silent: SILENT, nameless: NAMELESS, ids: IDS })) {
    const everybodysTier = (scene: Scene): Set<unknown> =>
      new Set(Array.from({ length: PEOPLE }, (_, n) => scene.tier(`p${n}`)));

    it(`are not values that go to and fro in SeatGeek (answers: ${title})`, () =>
      imported(answers, async (scene) => {
        for (const tier of ['Silver', 'Gold', 'Silver', 'Gold', 'Silver', 'silver', 'Silver']) {
          scene.addMany(PEOPLE, () => ({ ...ODD, loyalty_tier: tier }));
          await scene.sync();
          assert.deepEqual(everybodysTier(scene), new Set([tier]));
        }
      }));

    it(`are not people who go and come back (answers: ${title})`, () =>
      imported(answers, async (scene) => {
        for (const operation of ['D', 'U', 'D', 'U', 'D', 'U', 'D']) {
          scene.addMany(PEOPLE, () => ({ ...ODD, _ringside_operation: operation }));
          await scene.sync();
          assert.equal(scene.user('p5').inactive, operation === 'D');
        }
      }));

    it(`are not what somebody enters in Halo again and again (answers: ${title})`, () =>
      imported(answers, async (scene) => {
        for (let turn = 0; turn < 4; turn += 1) {
          const { id } = scene.user('p5');
          scene.sandbox.halo.store.update(id, { mobilenumber: '999' });
          await scene.updatedAgain();
          assert.notEqual(scene.user('p5').mobilenumber, '999');
        }
      }));
  }

  it('do not make the brake count people as overwritten', () =>
    imported({ ...WHOLE, storedTexts: 'entities' }, async (scene) => {
      await scene.updatedAgain();
      scene.addMany(60, () => ODD, 100);
      await scene.sync();
      scene.pipeline.clearCursor();
      assert.equal(await scene.run(), 'completed');
      assert.deepEqual(scene.pipeline.errors, []);
    }));

  for (const [title, rename] of Object.entries(SAME_NAMES))
    it(`do not make the brake count people as overwritten whatever the worker has forgotten (${title})`, () =>
      play(BRAKED, [], async (scene) => {
        await importAndRename(scene, rename);
        assert.equal(await scene.run(), 'completed', JSON.stringify(scene.pipeline.errors));
      }));

  it('are not confused with other names, which the brake counts', () =>
    play(BRAKED, [], async (scene) => {
      await importAndRename(scene, (name) => `${name} Junior`);
      assert.equal(await scene.run(), 'failed');
      assert.match(scene.pipeline.errors[0]?.message ?? '', /give 30 another name or e-mail address/);
    }));
});

/** Everybody gets another name in Halo, and a worker that knows nothing reads all history again. */
async function importAndRename(scene: Scene, rename: (name: string) => string): Promise<void> {
  const { store } = scene.sandbox.halo;
  scene.addMany(30, (n) => ({ first_name: 'Zoë Aşlı', last_name: `O'Neil-Groß-${n} & Sons` }));
  await scene.sync();
  for (const { id, name } of scene.sandbox.halo.users())
    if (name !== 'General User') store.update(id, { name: rename(name) });
  scene.restart();
  scene.pipeline.clearCursor();
}
