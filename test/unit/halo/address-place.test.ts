import assert from 'node:assert/strict';
import { storedAddress } from '../../../src/halo/directory/known-user.js';
import type { HttpRequest } from '../../../src/http/http.js';
import { counted, LINES, open, rows, written, type Shown } from './address-bench.js';
import type { Answer } from './scripted-halo.js';

const TRY = 'POST /Users';
const APART = 'POST /Address';
const LOOK = 'GET /Address?user_id=7';
const kept = (id: number | null): Shown => storedAddress(id, LINES);
const other: Shown = storedAddress(5, { ...LINES, line1: 'other' });
const shouted: Shown = storedAddress(5, { ...LINES, line1: LINES.line1.toUpperCase() });
const no: Answer = { status: 400, text: '"no"' };
const lost: Answer = { status: 500 };

type Place = readonly ['unknown' | 'with-user' | 'apart', 'unknown' | 'replaces' | 'adds'];

const UNKNOWN: Place = ['unknown', 'unknown'];

interface Case {
  readonly shown: readonly Shown[];
  readonly answer?: Answer;
  /** Addresses that Halo has for the user. */
  readonly listed?: readonly object[];
  readonly isNew?: boolean;
  readonly before?: Place;
  readonly after: Place;
  readonly asked: readonly string[];
  /** Looks at details. */
  readonly looks: number;
}

const cases: Readonly<Record<string, Case>> = {
  'is the user where a second takes its place': {
    shown: [kept(5), kept(5)],
    after: ['with-user', 'replaces'],
    asked: [TRY],
    looks: 2,
  },
  'is the user where a second comes beside it, of which one is taken away': {
    shown: [kept(5), kept(6)],
    after: ['with-user', 'adds'],
    asked: [TRY, 'DELETE /Address/5'],
    looks: 2,
  },
  'is the user though nothing can be read after a second': {
    shown: [kept(5), 'unread'],
    after: ['with-user', 'unknown'],
    asked: [TRY],
    looks: 2,
  },
  'is the user though nothing is there after a second': {
    shown: [kept(5), null],
    after: ['with-user', 'unknown'],
    asked: [TRY],
    looks: 2,
  },
  'is the user though no id is there after a second': {
    shown: [kept(5), kept(null)],
    after: ['with-user', 'unknown'],
    asked: [TRY],
    looks: 2,
  },
  'is the user though a second is refused': {
    shown: [kept(5)],
    answer: no,
    after: ['with-user', 'unknown'],
    asked: [TRY],
    looks: 2,
  },
  'is the user though the answer to a second is lost': {
    shown: [kept(5)],
    answer: lost,
    after: ['with-user', 'unknown'],
    asked: [TRY],
    looks: 2,
  },
  'is the user where a second comes beside it, told by what is there': {
    shown: [kept(5), kept(6)],
    answer: no,
    after: ['with-user', 'adds'],
    asked: [TRY, 'DELETE /Address/5'],
    looks: 2,
  },
  'is the user, who is not tried with a second where there is no id': {
    shown: [kept(null)],
    after: ['with-user', 'unknown'],
    asked: [],
    looks: 1,
  },
  'is the user, who is not tried with a second where somebody else made it': {
    shown: [kept(5)],
    isNew: false,
    after: ['with-user', 'unknown'],
    asked: [],
    looks: 1,
  },
  'is the user where the address is there in another form': {
    shown: [shouted, shouted],
    after: ['with-user', 'replaces'],
    asked: [TRY],
    looks: 2,
  },
  'is not learnt from somebody who may have had it in that form before': {
    shown: [shouted],
    isNew: false,
    after: UNKNOWN,
    asked: [],
    looks: 1,
  },
  'is the user where a new one has another of its own': {
    shown: [other, other],
    listed: [{ ...other, user_id: 7 }],
    after: ['with-user', 'replaces'],
    asked: [LOOK, TRY],
    looks: 2,
  },
  "is apart where a new one is shown with somebody else's": {
    shown: [other],
    listed: [{ ...other, user_id: 0 }],
    after: ['apart', 'unknown'],
    asked: [LOOK, APART],
    looks: 1,
  },
  'is apart where somebody has another': {
    shown: [other],
    isNew: false,
    after: ['apart', 'unknown'],
    asked: [APART],
    looks: 1,
  },
  'is apart where the user has none': { shown: [null], after: ['apart', 'unknown'], asked: [APART], looks: 1 },
  'is not learnt where the user is not shown': {
    shown: ['unread'],
    after: UNKNOWN,
    asked: [],
    looks: 1,
  },
  'known as the user, is tried with a second': {
    shown: [kept(5)],
    before: ['with-user', 'unknown'],
    after: ['with-user', 'replaces'],
    asked: [TRY],
    looks: 2,
  },
  'known as the user, stays so where another is there': {
    shown: [other],
    before: ['with-user', 'unknown'],
    after: ['with-user', 'unknown'],
    asked: [],
    looks: 1,
  },
  'known as the user, is not looked at for a user of somebody else': {
    shown: [kept(5)],
    isNew: false,
    before: ['with-user', 'unknown'],
    after: ['with-user', 'unknown'],
    asked: [],
    looks: 0,
  },
  'known in all, is not looked at': {
    shown: [kept(5)],
    before: ['with-user', 'adds'],
    after: ['with-user', 'adds'],
    asked: [],
    looks: 0,
  },
  'known to be apart, is not looked at': {
    shown: [kept(5)],
    before: ['apart', 'unknown'],
    after: ['apart', 'unknown'],
    asked: [APART],
    looks: 0,
  },
};

describe('the place of an address', () => {
  for (const [title, { before = UNKNOWN, isNew = true, ...one }] of Object.entries(cases))
    it(title, async () => {
      const [place, withoutId] = before;
      const answer = ({ method, url }: HttpRequest): Answer => {
        if (method === 'GET') return rows(...(one.listed ?? []));
        return url.pathname === '/api/Users' ? (one.answer ?? {}) : {};
      };
      const { book, habits, looks, asked } = open(answer, { place, withoutId }, [...one.shown]);
      const call = counted();
      await book.settle([written(null, 7, isNew)], call);
      assert.deepEqual([habits.place, habits.withoutId], one.after);
      assert.deepEqual([asked(), looks.length, call.told], [one.asked, one.looks, one.asked.length]);
    });

  it('is tried with the address as it was sent, of one who is new where there is one', async () => {
    const { book, looks, sent } = open([], { place: 'unknown' }, [kept(5)]);
    await book.settle([written(null, 7), written(null, 8, true), written(null, 9, true)], {});
    const body = { id: 8, primary_address: { ...LINES, primary: true }, _dont_fire_automations: true };
    assert.deepEqual([looks, sent()], [[8, 8], [[body]]]);
  });

  it('is not looked for where nobody was written, nor learnt from a failure that is not of the address', async () => {
    const { book, looks } = open([], { place: 'unknown' });
    await book.settle([], {});
    assert.equal(looks.length, 0);
    const forbidden = open([{ status: 403 }], { place: 'unknown' }, [kept(5)]);
    await assert.rejects(forbidden.book.settle([written(null, 7, true)], {}), { code: 'halo-forbidden' });
    assert.equal(forbidden.habits.withoutId, 'unknown');
  });

  for (const [status, code] of [
    [400, null],
    [403, null],
    [401, null],
    [500, null],
    [404, null],
    [429, 'halo-rate-limited'],
  ] as const)
    it(`is known, and with whom a second stays where its removal is answered ${status}`, async () => {
      const answer = ({ method }: HttpRequest): Answer => (method === 'DELETE' ? { status } : {});
      const { book, habits, asked } = open(answer, { place: 'unknown' }, [kept(5), kept(6)]);
      const settled = book.settle([written(null, 7, true), written(null, 8, true)], {});
      if (code === null) await settled;
      else await assert.rejects(settled, { code });
      assert.deepEqual([habits.withoutId, habits.secondOf], ['adds', status === 404 ? null : 7]);
      assert.deepEqual(asked().slice(0, 2), [TRY, 'DELETE /Address/5']);
    });

  for (const [place, withoutId, mayBeBlind] of [
    ['with-user', 'replaces', true],
    ['with-user', 'adds', false],
    ['with-user', 'unknown', false],
    ['apart', 'replaces', false],
  ] as const)
    it(`lets addresses be sent ${mayBeBlind ? '' : 'not '}unseen (${place}, ${withoutId})`, () =>
      assert.equal(open([], { place, withoutId }).book.mayBeBlind, mayBeBlind));
});
