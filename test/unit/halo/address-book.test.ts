import assert from 'node:assert/strict';
import {
  createAddressHabits,
  mayRepeatWithoutId,
  type AddressHabits,
} from '../../../src/halo/address/address-habits.js';
import { AddressBook, type WrittenAddress } from '../../../src/halo/address/address.js';
import { toStoredAddress } from '../../../src/halo/directory/known-user.js';
import { person } from './halo-bench.js';
import { ScriptedClock, ScriptedHalo, unlimitedClient, type Answer } from './scripted-halo.js';

const LINES = { line1: '1 High St', line2: '', line3: 'London', line4: 'UK', postcode: 'N1 1AA' };

function open(answers: ScriptedHalo['answers'], seen: Partial<AddressHabits> = {}) {
  const halo = new ScriptedHalo();
  halo.answers = answers;
  const habits: AddressHabits = { ...createAddressHabits(), place: 'apart', isShownApart: true, ...seen };
  const directory = { readDetails: () => Promise.resolve(null) };
  const book = new AddressBook({
    client: unlimitedClient(halo),
    habits,
    directory,
    clock: new ScriptedClock(),
    settlingMs: 1,
  });
  const sent = (): unknown[] =>
    halo.asked.flatMap(({ body }) => (body === undefined ? [] : [JSON.parse(body) as unknown]));
  return { halo, habits, book, sent };
}

const written = (before: WrittenAddress['before'], userId = 7): WrittenAddress => ({
  person: person('p'),
  address: LINES,
  userId,
  siteId: 18,
  isNew: false,
  before,
});

describe("the address of a user that is kept apart, as Halo's list shows it", () => {
  const own = (id: number, primary: boolean): object => ({ id, user_id: 7, primary });
  const listed: readonly (readonly [string, Answer, number | null | undefined])[] = [
    ['is none in an empty list', { text: '[]' }, null],
    ['is unknown where the list is of others', rows({ id: 9, user_id: 8, primary: true }), undefined],
    ['is the primary one', rows(own(1, false), own(2, true)), 2],
    ["is never another's", rows({ id: 9, user_id: 8, primary: true }, own(1, false)), 1],
    ['is the first where none is primary', rows(own(1, false), own(2, false)), 1],
    ['is unknown where the list is refused', { status: 400 }, undefined],
    ['is unknown where a page stands in its place', { status: 403, contentType: 'text/html' }, undefined],
  ];
  for (const [title, answer, id] of listed)
    it(title, async () => {
      const found = await open([answer]).book.read(7, {});
      assert.equal(found == null ? found : found.id, id);
    });

  it('is not asked for where Halo was seen not to show it, and an outage is none of its answers', async () => {
    const { book, halo } = open([], { isShownApart: false });
    assert.deepEqual([await book.read(7, {}), halo.asked.length], [undefined, 0]);
    await assert.rejects(open([{ status: 503 }]).book.read(7, {}), { code: 'halo-unavailable' });
    await assert.rejects(open([{ status: 403 }]).book.read(7, {}), { code: 'halo-forbidden' });
  });
});

describe('an address that is sent apart', () => {
  const body = { ...LINES, primary: true, user_id: 7, site_id: 18 };
  for (const [title, before, bodies] of [
    ['is new where there was none', null, [[body]]],
    ['takes the place of the one before', toStoredAddress({ id: 3, ...LINES, line1: 'old' }), [[{ id: 3, ...body }]]],
    ['is not sent where it is there', toStoredAddress({ id: 3, ...LINES }), []],
  ] as const)
    it(title, async () => {
      const { book, halo, sent } = open([]);
      await book.settle([written(before)], {});
      assert.deepEqual([sent(), halo.asked.length], [bodies, bodies.length]);
    });

  it('is looked for first where nobody looked, and not sent where Halo does not tell', async () => {
    const { book, halo, sent } = open([{ status: 400 }]);
    await book.settle([written(undefined)], {});
    assert.deepEqual([sent(), halo.asked.length], [[], 1]);
  });

  it('is given up for all after three refusals in a row, and only then', async () => {
    const no: Answer = { status: 400, text: '"no"' };
    const refused = open([no]);
    await refused.book.settle(
      [1, 2, 3, 4].map((id) => written(null, id)),
      {},
    );
    assert.deepEqual([refused.sent().length, refused.habits.isRefused, refused.book.place], [3, true, 'nowhere']);
    const sometimes = open([no, no, {}, no, no, {}]);
    await sometimes.book.settle(
      [1, 2, 3, 4, 5].map((id) => written(null, id)),
      {},
    );
    assert.deepEqual([sometimes.sent().length, sometimes.habits.isRefused, sometimes.book.place], [5, false, 'apart']);
  });
});

describe('an address without an id', () => {
  for (const [withoutId, isCautious, mayRepeat] of [
    ['replaces', true, true],
    ['unknown', false, true],
    ['unknown', true, false],
    ['adds', false, false],
  ] as const)
    it(`may ${mayRepeat ? '' : 'not '}be sent twice (${withoutId}, cautious: ${isCautious})`, () =>
      assert.equal(mayRepeatWithoutId({ ...createAddressHabits(), withoutId, isCautious }), mayRepeat));
});

function rows(...all: object[]): Answer {
  return { text: JSON.stringify(all) };
}
