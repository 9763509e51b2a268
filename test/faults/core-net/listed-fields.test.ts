/** Fields of the user itself that the rows of lists show only where they are asked for, not at all, or only where they are not blank. */
import assert from 'node:assert/strict';
import { HALO_DIALECT, type HaloDialect } from '../../../src/sandbox/dialects.js';
import { play, type Columns, type Scene } from './scene.js';

const PEOPLE = 60;

type Rows = HaloDialect['listedFields'];

/** Notes, a language and a date from the feed; what is blank there is emptied. */
function played(listedFields: Rows, columns: (n: number) => Columns, body: (scene: Scene) => Promise<void>) {
  const users = {
    fieldMappings: [
      { from: "first_name + ' ' + last_name", to: 'name' },
      { from: 'email', to: 'emailaddress' },
      { from: 'loyalty_tier', to: 'notes', blank: 'clear' as const },
      { from: 'home_phone', to: 'language_id', blank: 'clear' as const },
      { from: 'birthday', to: 'date_of_birth', blank: 'clear' as const },
    ],
    staticMappings: [],
    importPrimaryAddress: false,
  };
  return play({ halo: { listedFields }, connection: { users } }, [], async (scene) => {
    scene.addMany(PEOPLE, columns);
    await scene.sync();
    scene.restart();
    scene.requests.clear();
    await body(scene);
  });
}

const EVERYBODY = (): Columns => ({ loyalty_tier: 'Gold', home_phone: '3', birthday: '1990-05-01' });
const NOBODY = (): Columns => ({ loyalty_tier: null, home_phone: null, birthday: null });
/** With something in the notes of one in four, and nothing else. */
const SOME = (n: number): Columns => ({ loyalty_tier: n % 4 === 3 ? 'Gold' : null, home_phone: null, birthday: null });
const FEEDS = [
  ['everybody has something', EVERYBODY],
  ['one in four has something', SOME],
  ['nobody has anything', NOBODY],
] as const;

const detailsRead = (scene: Scene): number => scene.requests.of('GET', '/api/Users/*').length;

describe('a field of the user that the rows of lists lack', function () {
  this.timeout(60_000);

  for (const listedFields of HALO_DIALECT.listedFields.values) {
    for (const [title, columns] of FEEDS)
      it(`is not written in each run (${listedFields}, ${title})`, () =>
        played(listedFields, columns, async (scene) => {
          assert.equal(await scene.updatedAgain(), 0);
          scene.restart();
          assert.equal(await scene.updatedAgain(), 0);
        }));

    it(`is emptied where SeatGeek has nothing any more (${listedFields})`, () =>
      played(listedFields, EVERYBODY, async (scene) => {
        scene.addMany(PEOPLE, NOBODY);
        scene.pipeline.clearCursor();
        await scene.sync();
        const { notes, language_id: language, date_of_birth: birthday } = scene.user('p5');
        assert.deepEqual([notes, language, birthday], ['', 0, null]);
      }));

    it(`is written where an agent has emptied it (${listedFields})`, () =>
      played(listedFields, EVERYBODY, async (scene) => {
        scene.sandbox.halo.store.update(scene.user('p5').id, { notes: '' });
        assert.equal(await scene.updatedAgain(), 1);
        assert.equal(scene.user('p5')['notes'], 'Gold');
      }));
  }

  for (const [title, columns] of FEEDS)
    it(`costs no look at each person where lists can show it (${title})`, () =>
      played('notes-when-asked', columns, async (scene) => {
        await scene.updatedAgain();
        assert.equal(detailsRead(scene), 0);
      }));

  it('costs few looks where blank ones are left out and nobody has anything there', () =>
    played('not-blank', NOBODY, async (scene) => {
      await scene.updatedAgain();
      assert.ok(detailsRead(scene) < 15, `${detailsRead(scene)} of ${PEOPLE}`);
      scene.requests.clear();
      scene.restart();
      scene.addMany(PEOPLE, EVERYBODY);
      await scene.updatedAgain();
      assert.equal(scene.user('p5')['notes'], 'Gold');
      assert.ok(detailsRead(scene) < 15, `${detailsRead(scene)} of ${PEOPLE}`);
    }));
});
