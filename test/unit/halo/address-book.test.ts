import assert from 'node:assert/strict';
import { createAddressHabits, mayRepeatWithoutId } from '../../../src/halo/address/address-habits.js';
import { toStoredAddress } from '../../../src/halo/directory/known-user.js';
import { LINES, open, rows, written } from './address-bench.js';
import type { Answer } from './scripted-halo.js';

describe("the address of a user that is kept apart, as Halo's list shows it", () => {
  const own = (id: number, primary: boolean): object => ({ id, user_id: 7, primary });
  const listed: readonly (readonly [string, Answer, number | null | undefined])[] = [
    ['is none in an empty list', { text: '[]' }, null],
    ['is unknown where the list is of others', rows({ id: 9, user_id: 8, primary: true }), undefined],
    ['is the primary one', rows(own(1, false), own(2, true)), 2],
    ["is never another's", rows({ id: 9, user_id: 8, primary: true }, own(1, false)), 1],
    ['is the first where none is primary', rows(own(1, false), own(2, false)), 1],
    ['is unknown where the list is refused', { status: 400 }, undefined],
    ['is unknown where the list is forbidden', { status: 403 }, undefined],
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

  it('counts as taken, whatever was refused before', async () => {
    const { book, habits } = open([], { isRefused: true });
    await book.settle([written(null)], {});
    assert.equal(habits.isRefused, false);
  });

  it('is given up for all after three refusals in a row, and only then', async () => {
    const no: Answer = { status: 400, text: '"no"' };
    const refused = open([no]);
    await refused.book.settle(
      [1, 2, 3, 4].map((id) => written(null, id)),
      {},
    );
    assert.deepEqual([refused.sent().length, refused.habits.isRefused, refused.book.place], [3, true, 'nowhere']);
    const page = open([{ status: 403, contentType: 'text/html' }]);
    await page.book.settle([written(null, 1), written(null, 2)], {});
    assert.deepEqual([page.sent().length, page.habits.isRefused, page.book.place], [2, false, 'apart']);
    const sometimes = open([no, no, {}, no, no, {}]);
    await sometimes.book.settle(
      [1, 2, 3, 4, 5].map((id) => written(null, id)),
      {},
    );
    assert.deepEqual([sometimes.sent().length, sometimes.habits.isRefused, sometimes.book.place], [5, false, 'apart']);
  });
});

describe('whether Halo shows an address that was sent apart', () => {
  const shown = (request: { readonly method: string }, all: Answer): Answer => (request.method === 'GET' ? all : {});
  const own = rows({ id: 1, user_id: 1, primary: true });
  for (const [title, answers, isShownApart, looks] of [
    ['is seen at once', [own], true, 1],
    ['is not settled by two looks', [rows(), rows()], null, 2],
    ['is seen late', [rows(), { status: 400 }, own, rows()], true, 3],
    ['is given up after three looks', [rows(), rows(), rows(), own], false, 3],
  ] as const)
    it(`${title}, by the first of them`, async () => {
      const left: Answer[] = [...answers];
      const { book, habits, asked } = open(
        (request) => shown(request, (request.method === 'GET' && left.shift()) || rows()),
        { isShownApart: null },
      );
      for (let id = 1; id <= answers.length; id += 1) await book.settle([written(null, id)], {});
      const gets = asked().filter((one) => one.startsWith('GET'));
      assert.deepEqual([habits.isShownApart, gets], [isShownApart, Array(looks).fill('GET /Address?user_id=1')]);
    });
});

describe('an address without an id', () => {
  it('may be sent twice before anything is known', () => assert.ok(mayRepeatWithoutId(createAddressHabits())));

  for (const [withoutId, isCautious, mayRepeat] of [
    ['replaces', true, true],
    ['unknown', false, true],
    ['unknown', true, false],
    ['adds', false, false],
  ] as const)
    it(`may ${mayRepeat ? '' : 'not '}be sent twice (${withoutId}, cautious: ${isCautious})`, () =>
      assert.equal(mayRepeatWithoutId({ ...createAddressHabits(), withoutId, isCautious }), mayRepeat));
});
