import assert from 'node:assert/strict';
import { toStoredAddress } from '../../../src/halo/directory/known-user.js';
import { counted, LINES, open, rows, SETTLING_MS, written } from './address-bench.js';
import type { Answer } from './scripted-halo.js';

const THERE = rows({ id: 9, user_id: 7, ...LINES });
const ANOTHER = rows({ id: 9, user_id: 7, ...LINES, line1: 'other' });
const WITHOUT_ID = rows({ user_id: 7, ...LINES, line1: 'other' });
const NONE = rows();
const UNTOLD: Answer = { status: 400 };
const LOST: Answer = { status: 500 };
const LATE: Answer = { status: 504 };

/** Answers to posts and to looks apart; the last look is repeated, after the last post all is well. */
function halo(posts: readonly Answer[], looks: readonly Answer[]): (request: { readonly method: string }) => Answer {
  const left = [...posts];
  const seen = [...looks];
  return ({ method }) =>
    method === 'POST' ? (left.shift() ?? {}) : ((seen.length > 1 ? seen.shift() : seen[0]) ?? NONE);
}

describe('the lost answer to an address that was sent apart', () => {
  for (const [title, posts, looks, ids, isThrown] of [
    ['is made up for where it is there', [LOST], [THERE], [3], false],
    ['is left where Halo does not tell', [LOST], [UNTOLD], [3], false],
    ['is sent once more where there is none', [LOST], [NONE], [3, 3], false],
    ['is sent once more in place of what is there', [LOST], [ANOTHER], [3, 9], false],
    ['is sent once more as before where what is there has no id', [LOST], [WITHOUT_ID], [3, 3], false],
    ['is made up for where the second is there', [LOST, LOST], [NONE, THERE], [3, 3], false],
    ['is told where the second is not there either', [LOST, LOST], [NONE], [3, 3], true],
    ['is told where the second leaves another', [LOST, LOST], [ANOTHER], [3, 9], true],
  ] as const)
    it(title, async () => {
      const { book, sent, halo: asked, clock } = open(halo(posts, looks));
      const call = counted();
      const settled = book.settle([written(toStoredAddress({ id: 3, ...LINES, line1: 'old' }))], call);
      await (isThrown ? assert.rejects(settled, { code: 'halo-answer-lost' }) : settled);
      const body = { ...LINES, primary: true, user_id: 7, site_id: 18 };
      assert.deepEqual(
        sent(),
        ids.map((id) => [{ id, ...body }]),
      );
      assert.deepEqual([call.told, clock.sleeps], [asked.asked.length, []]);
    });

  it('is waited for as long as Halo may be at it, from each time that it was sent', async () => {
    const { book, clock, halo: asked } = open(halo([LATE, LATE], [NONE, THERE]));
    asked.onAsked = () => (clock.time += 300);
    const waits: (number | null)[] = [];
    await book.settle([written(null)], { onWait: (until) => waits.push(until) });
    const left = SETTLING_MS - 300;
    assert.deepEqual(
      [clock.sleeps, waits],
      [
        [left, left],
        [SETTLING_MS, null, 2 * SETTLING_MS + 300, null],
      ],
    );
  });
});

type User = 'lost' | 'taken' | 'refused' | 'forbidden' | 'limited' | 'unchanged';

/** Users of one kind each, one turn after the other; how many of each turn were sent, and whether it was told. */
async function turns(all: readonly (readonly User[])[]): Promise<(readonly [number, string])[]> {
  const users = all.flat();
  const forbidden = { status: 403 };
  const answers = { lost: LOST, taken: {}, refused: UNTOLD, forbidden, limited: { status: 429 }, unchanged: {} };
  const { book, sent } = open(({ body }) => {
    if (body === undefined) return NONE;
    const [{ user_id }] = JSON.parse(body) as [{ readonly user_id: number }];
    return answers[users[user_id - 1] ?? 'taken'];
  });
  const results: (readonly [number, string])[] = [];
  let id = 0;
  for (const turn of all) {
    const before = new Set(sent().map((body) => JSON.stringify(body))).size;
    const addresses = turn.map((user) => written(user === 'unchanged' ? toStoredAddress(LINES) : null, ++id));
    const told = await book.settle(addresses, { isTriedAgain: false }).then(
      () => 'done',
      (error: unknown) => (error as { readonly code: string }).code,
    );
    results.push([new Set(sent().map((body) => JSON.stringify(body))).size - before, told]);
  }
  return results;
}

describe('addresses whose answers are lost each time', () => {
  const told = 'halo-answer-lost';
  const lost: readonly User[] = ['lost'];
  for (const [title, all, expected] of [
    ['are given up where Halo takes another after them', [['lost', 'lost', 'taken']], [[3, 'done']]],
    ['are given up where Halo refuses another after them', [['lost', 'refused']], [[2, 'done']]],
    ['are told where the others were before them', [['taken', 'lost', 'lost']], [[3, told]]],
    ['are told where nothing is sent after them', [['lost', 'unchanged']], [[1, told]]],
    ['are told at once after three in a row', [['lost', 'lost', 'lost', 'taken']], [[3, told]]],
    ['are told in the end where others are between', [['lost', 'lost', 'taken', 'lost', 'lost']], [[5, told]]],
    ['are given up where Halo forbids another after them', [['lost', 'forbidden']], [[2, 'done']]],
    ['are no reason to go on after another failure', [['lost', 'limited', 'taken']], [[2, 'halo-rate-limited']]],
    [
      'are given up in the third turn that has nobody else',
      [lost, lost, lost, lost],
      [
        [1, told],
        [1, told],
        [1, 'done'],
        [1, 'done'],
      ],
    ],
    [
      'are told anew after a turn without them',
      [lost, lost, ['taken'], lost],
      [
        [1, told],
        [1, told],
        [1, 'done'],
        [1, told],
      ],
    ],
  ] as const)
    it(title, async () => assert.deepEqual(await turns(all), expected));
});
