import assert from 'node:assert/strict';
import type { HaloDialect } from '../../../src/sandbox/dialects.js';
import { findUserCustomField, type HaloScalar } from '../../../src/sandbox/halo-fields.js';
import { play, type Scene } from './scene.js';

interface Kept {
  readonly to: string;
  readonly sent: HaloScalar;
  readonly stored: HaloScalar;
}

/** As Halo may keep what it is sent: a date field a date, a checkbox a flag, a phone number one with its country. */
const KEPT: Readonly<Record<string, Kept>> = {
  'a day and time': { to: 'CFCustomerSince', sent: '2020-03-01 09:30:00', stored: '2020-03-01T09:30:00' },
  'a time cut off': { to: 'CFCustomerSince', sent: '2020-03-01T09:30:00Z', stored: '2020-03-01T00:00:00' },
  'yes in a checkbox': { to: 'CFPressPass', sent: 'Yes', stored: true },
  'a rounded amount': { to: 'CFBadgeNumber', sent: '12.345', stored: 12.35 },
  'a birthday in another zone': { to: 'date_of_birth', sent: '1990-05-01', stored: '1990-04-30T23:00:00' },
  'a phone number with its country': { to: 'mobilenumber', sent: '07700 900123', stored: '+447700900123' },
  'zero that is not kept': { to: 'CFBadgeNumber', sent: 0, stored: null },
  'no that is not kept': { to: 'CFPressPass', sent: 'No', stored: null },
};
const UNKNOWN_OPTION: Kept = { to: 'CFStand', sent: 'Platinum', stored: null };
/** These count as the same anyway, and look different where only a hash of them is kept. */
const SAME: Readonly<Record<string, Kept>> = {
  'a number as a text with two decimals': { to: 'CFBadgeNumber', sent: 12.5, stored: '12.50' },
  'a flag as TRUE': { to: 'CFPressPass', sent: true, stored: 'TRUE' },
  'a flag sent as 1': { to: 'CFPressPass', sent: '1', stored: true },
  'a flag sent as 0': { to: 'CFPressPass', sent: '0', stored: false },
};

const WHOLE: Partial<HaloDialect> = { answerRows: 'whole', answerOfMany: 'list', answerOfOne: 'object' };
const ONE_NAMED: Partial<HaloDialect> = { answerRows: 'ids', answerOfMany: 'object', answerOfOne: 'object' };
const NAMELESS: Partial<HaloDialect> = { ...ONE_NAMED, answerNames: 'nobody' };
const PEOPLE = 12;

describe('values that Halo keeps as another value', function () {
  this.timeout(60_000);

  for (const [title, kept] of Object.entries(KEPT)) {
    it(`are not written in each run of a worker that knows nothing (${title})`, () =>
      imported(WHOLE, kept, async (scene) => {
        scene.restart();
        await scene.updatedAgain();
        assert.equal(await scene.updatedAgain(), 0);
      }));

    it(`are not written in each run where users had them before (${title})`, () =>
      matched(WHOLE, kept, async (scene) => {
        await scene.updatedAgain();
        assert.equal(await scene.updatedAgain(), 0);
      }));

    for (const [shape, halo] of Object.entries({ one: ONE_NAMED, nobody: NAMELESS }))
      it(`stop nobody where an answer names ${shape} (${title})`, async () => {
        await imported(halo, kept, async (scene) => {
          scene.restart();
          await scene.updatedAgain();
          assert.deepEqual(scene.rejected(), []);
        });
        await matched(halo, kept, async (scene) => {
          await scene.updatedAgain();
          assert.deepEqual(scene.rejected(), []);
        });
      });
  }

  for (const [title, begun] of Object.entries({ 'new users': imported, 'users who were there': matched }))
    it(`are sent twice at most where Halo drops them (an option that it does not have, ${title})`, () =>
      begun(WHOLE, UNKNOWN_OPTION, async (scene) => {
        await scene.updatedAgain();
        assert.equal(await scene.updatedAgain(), 0);
        scene.addMany(PEOPLE, () => ({ loyalty_tier: 'East' }));
        await scene.sync();
        assert.equal(customValueOf(scene, 'p5', 'CFStand'), 'East');
      }));

  for (const [title, kept] of Object.entries(SAME))
    for (const isRestarted of [false, true])
      it(`are not written in each run where users are kept as hashes (${title}, ${isRestarted ? 'a new worker' : 'one worker'})`, () =>
        imported(WHOLE, kept, async (scene) => {
          crowd(scene);
          if (isRestarted) scene.restart();
          await scene.updatedAgain();
          await scene.updatedAgain();
          assert.equal(await scene.updatedAgain(), 0);
        }));

  it('are written where they are another day, number or flag', () =>
    imported(WHOLE, { to: 'CFBadgeNumber', sent: '12.345', stored: 12.35 }, async (scene) => {
      scene.addMany(PEOPLE, () => ({ loyalty_tier: '13.345' }));
      await scene.sync();
      assert.equal(customValueOf(scene, 'p5', 'CFBadgeNumber'), '13.345');
    }));
});

function connection({ to }: Kept): { users: object; halo: object } {
  const fieldMappings = [
    { from: "first_name + ' ' + last_name", to: 'name' },
    { from: 'email', to: 'emailaddress' },
    { from: 'loyalty_tier', to },
  ];
  return { users: { fieldMappings }, halo: { writeBatch: 5 } };
}

type Body = (scene: Scene) => Promise<void>;

/** So many people whom Halo did not have. */
function imported(halo: Partial<HaloDialect>, kept: Kept, body: Body): Promise<void> {
  return begin(halo, kept, [], body);
}

/** As many who are in Halo with the value that it keeps. */
function matched(halo: Partial<HaloDialect>, kept: Kept, body: Body): Promise<void> {
  const { to, stored } = kept;
  const value = to.startsWith('CF') ? { customFields: { [to]: stored } } : { [to]: stored };
  const users = Array.from({ length: PEOPLE }, (_, n) => ({
    name: `Ada Name p${n}`,
    emailaddress: `p${n}@example.org`,
    ...value,
  }));
  return begin(halo, kept, users, body);
}

function begin(halo: Partial<HaloDialect>, kept: Kept, users: Parameters<typeof play>[1], body: Body): Promise<void> {
  return play({ halo, connection: connection(kept) }, users, async (scene) => {
    keep(scene, kept);
    scene.addMany(PEOPLE, () => ({ loyalty_tier: kept.sent }));
    await scene.sync();
    assert.deepEqual(scene.rejected(), []);
    await body(scene);
  });
}

/** Has Halo keep the one value in the place of the other. */
function keep(scene: Scene, { to, sent, stored }: Kept): void {
  const { store } = scene.sandbox.halo;
  const put = store.put.bind(store);
  const id = findUserCustomField({ name: to })?.id;
  store.put = (user) => {
    const values = id === undefined && user.values[to] === sent ? { ...user.values, [to]: stored } : user.values;
    const custom = id !== undefined && user.custom[id] === sent ? { ...user.custom, [id]: stored } : user.custom;
    put({ ...user, values, custom });
  };
}

function customValueOf(scene: Scene, seatgeekId: string, field: string): unknown {
  return scene.user(seatgeekId).customfields.find(({ name }) => name === field)?.value;
}

/** So many others that the people imported before are kept as hashes. */
function crowd(scene: Scene): void {
  const { store } = scene.sandbox.halo;
  for (let n = 0; n < 2_300; n += 1) store.create({ name: `Stranger ${n}`, emailaddress: `stranger.${n}@example.org` });
}
