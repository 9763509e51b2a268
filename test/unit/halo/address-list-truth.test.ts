import assert from 'node:assert/strict';
import { ConfigError, DriftError, TransientError } from '../../../src/errors.js';
import { AddressList } from '../../../src/halo/address/address-list.js';
import { ForbiddenError, HaloRefusalError } from '../../../src/halo/api/errors.js';
import { storedAddress, type KnownUser, type StoredAddress } from '../../../src/halo/directory/known-user.js';
import { createHaloInstances } from '../../../src/halo/instance.js';
import { counted, knownUser, LINES } from './address-bench.js';
import { ScriptedHalo, unlimitedClient, type Answer } from './scripted-halo.js';

type Details = StoredAddress | null | 'unread' | Error;

const addressOf = (id: number): StoredAddress => storedAddress(1_000 + id, { ...LINES, line1: `${id} High St` });

/** A list that shows the primary address of each of these users, and of how many it says to be. */
function listing(ids: readonly number[], total: number | null = ids.length, more: readonly object[] = []): Answer {
  const addresses = [...ids.map((id) => ({ ...addressOf(id), user_id: id, primary: true })), ...more];
  return { text: JSON.stringify({ ...(total !== null && { record_count: total }), addresses }) };
}

/** `lists` by site; `details` where a user's are not what the list would show. */
function open(
  lists: Readonly<Record<number, Answer>>,
  details: Readonly<Record<number, Details>> = {},
  usersAt: () => number = () => 0,
) {
  const halo = new ScriptedHalo();
  halo.answers = ({ url }) => lists[Number(url.searchParams.get('site_id'))] ?? { status: 404 };
  const instance = createHaloInstances().open({ url: 'https://acme.halopsa.com' });
  const looks: number[] = [];
  const learnt: KnownUser[] = [];
  const readDetails = (id: number): Promise<KnownUser | null> => {
    looks.push(id);
    const found = details[id] === undefined ? addressOf(id) : details[id];
    if (found instanceof Error) return Promise.reject(found);
    return Promise.resolve(found === 'unread' ? null : knownUser(id, found));
  };
  const learn = (user: KnownUser): void => void learnt.push(user);
  const directory = { readDetails, usersAt, learn };
  const list = new AddressList({ client: unlimitedClient(halo), instance, directory });
  const asked = (): string[] => halo.asked.map(({ url }) => url.pathname + url.search);
  return { list, looks, asked, instance, learnt, ids: () => learnt.map(({ id }) => id) };
}

const range = (first: number, count: number): number[] => Array.from({ length: count }, (_, n) => first + n);
const users = (ids: readonly number[], siteId: number | null = 18): KnownUser[] =>
  ids.map((id) => knownUser(id, undefined, siteId));
const listOf = (siteId: number): string => `/api/Address?site_id=${siteId}&count=100000`;

describe('the list of the addresses of a site', () => {
  for (const [title, turns, usersAt, asked] of [
    ['is asked for with six people', [users(range(1, 6))], 3_000, [listOf(18)]],
    ['is not asked for with five', [users(range(1, 5))], 0, []],
    ['is asked for where six come one after the other', [users(range(1, 5)), users([6])], 0, [listOf(18)]],
    ['is asked for once', [users(range(1, 6)), users([7])], 0, [listOf(18)]],
    ['is not asked for where a site has too many others', [users(range(1, 7))], 3_501, []],
    ['is asked for where a site has just so many', [users(range(1, 7))], 3_500, [listOf(18)]],
    ['is not asked for where two sites have six', [[...users(range(1, 5)), ...users([6], 19)]], 0, []],
    ['is asked for by site', [[...users(range(1, 6)), ...users(range(7, 6), 19)]], 0, [listOf(18), listOf(19)]],
    ['is not asked for where the site is not known', [users(range(1, 6), null)], 0, []],
  ] as const)
    it(title, async () => {
      const lists = { 18: listing(range(1, 6)), 19: listing(range(7, 6)) };
      const opened = open(lists, {}, () => usersAt);
      const call = counted();
      for (const turn of turns) await opened.list.learn(turn, call);
      assert.deepEqual([opened.asked(), call.told], [asked, asked.length]);
    });

  it('counts also when the site turns out to have many more users', async () => {
    let usersAt = 0;
    const { list, ids } = open({ 18: listing(range(1, 7)) }, {}, () => usersAt);
    await list.learn(users(range(1, 6)), {});
    usersAt = 1_000_000;
    await list.learn(users([7]), {});
    assert.deepEqual(ids(), range(1, 7));
  });

  it('is not asked for where none was of use, nor for users whose address was written since', async () => {
    const useless = open({ 18: listing(range(1, 6)) });
    useless.instance.addresses.isListUseful = false;
    await useless.list.learn(users(range(1, 6)), {});
    assert.deepEqual([useless.asked(), useless.learnt], [[], []]);
    const { list, asked, ids } = open({ 18: listing(range(1, 7)) });
    list.outdate(2);
    await list.learn(users(range(1, 6)), {});
    assert.deepEqual(asked(), []);
    await list.learn(users(range(2, 2)), {});
    assert.deepEqual([asked().length, ids()], [1, [3]]);
  });

  const failures: readonly (readonly [string, Answer, string | null])[] = [
    ['a refusal', { status: 400 }, null],
    ['that there is none', { status: 404 }, null],
    ['that it is forbidden', { status: 403 }, null],
    ['that the token is refused', { status: 401 }, null],
    ['a page', { status: 403, contentType: 'text/html' }, null],
    ['an outage', { status: 503 }, null],
    ['another shape', { text: '{"people":[]}' }, null],
    ['no JSON', { text: 'oops' }, null],
    ['rows of no user', listing([], 1, [{ id: 1, ...LINES, primary: true }]), null],
    ['rows that are not primary', listing([], 1, [{ id: 1, user_id: 1, ...LINES, primary: false }]), null],
    ['that the limit is used up', { status: 429 }, 'halo-rate-limited'],
    ['that Halo is elsewhere', { status: 302 }, 'halo-url-wrong'],
  ];
  for (const [title, answer, code] of failures)
    it(`${code === null ? 'is given up for all sites' : 'is not given up'} after ${title}`, async () => {
      const { list, asked, looks, learnt, instance } = open({ 18: answer, 19: listing(range(7, 6)) });
      const learning = list.learn([...users(range(1, 6)), ...users(range(7, 6), 19)], { isTriedAgain: false });
      await (code === null ? learning : assert.rejects(learning, { code }));
      assert.equal(instance.addresses.isListUseful, code !== null);
      assert.deepEqual([new Set(asked()), looks, learnt], [new Set([listOf(18)]), [], []]);
    });

  it('is not given up where it is empty', async () => {
    const { list, instance, looks, learnt } = open({ 18: listing([]) });
    await list.learn(users(range(1, 6)), {});
    assert.deepEqual([instance.addresses.isListUseful, looks, learnt], [true, [], []]);
  });
});

describe('an address that a list shows', () => {
  const refusal = new HaloRefusalError(400, 'no');
  const other = storedAddress(1, { ...LINES, line1: 'other' });
  const listed = range(1, 6);
  for (const [title, details, looks, isBelieved, isUseful] of [
    ['is believed where the first user has it', {}, [1], true, true],
    ['is not believed where the first user has another', { 1: other }, [1], false, false],
    ['is not believed where the first user has none', { 1: null }, [1], false, false],
    ['is held against the next where one is not there', { 1: 'unread' }, [1, 2], true, true],
    ['is held against the next where one is refused', { 1: refusal }, [1, 2], true, true],
    [
      'is held against the next where one is forbidden',
      { 1: new ForbiddenError('GET', 403, false) },
      [1, 2],
      true,
      true,
    ],
    ['is held against the next in an outage', { 1: new TransientError('halo-unavailable', '') }, [1, 2], true, true],
    [
      'is held against the next where one is unreadable',
      { 1: new DriftError('halo-answer-unreadable', '', '') },
      [1, 2],
      true,
      true,
    ],
    ['is held against a third', { 1: refusal, 2: 'unread' }, [1, 2, 3], true, true],
    ['is not believed where the third has another', { 1: refusal, 2: refusal, 3: other }, [1, 2, 3], false, false],
    ['is not held against a fourth', { 1: refusal, 2: refusal, 3: refusal }, [1, 2, 3], false, true],
  ] as const)
    it(title, async () => {
      const opened = open({ 18: listing(listed) }, details);
      await opened.list.learn(users(listed), {});
      const expected = isBelieved ? listed.map((id) => knownUser(id, addressOf(id))) : [];
      assert.deepEqual([opened.learnt, opened.looks], [expected, looks]);
      assert.equal(opened.instance.addresses.isListUseful, isUseful);
    });

  it('is held against a user once, whatever the site', async () => {
    const { list, looks, ids } = open({ 18: listing(listed), 19: listing(range(7, 6)) });
    await list.learn([...users(listed), ...users(range(7, 6), 19)], {});
    await list.learn(users([1]), {});
    assert.deepEqual([looks, ids()], [[1], [...range(1, 12), 1]]);
  });

  it('is not believed where it is unclear which is the primary one', async () => {
    const unclear = { id: 1, user_id: 1, ...LINES, primary: false };
    const { list, looks, ids } = open({ 18: listing(range(2, 5), 6, [unclear]) });
    await list.learn(users(range(1, 6)), {});
    assert.deepEqual([looks, ids()], [[2], range(2, 5)]);
  });

  for (const [title, error] of [
    ['the limit', new TransientError('halo-rate-limited', '')],
    ['a wrong setting', new ConfigError('halo-url-wrong', '', '', 'halo.url')],
    ['what is none of its own failures', new RangeError('stop')],
  ] as const)
    it(`is not judged by ${title}`, async () => {
      const { list, learnt, instance } = open({ 18: listing(listed) }, { 1: error });
      await assert.rejects(list.learn(users(listed), {}), error);
      assert.deepEqual([learnt, instance.addresses.isListUseful], [[], true]);
    });
});

describe('a user whom a list of addresses lacks', () => {
  const listed = range(1, 3);
  const absent = [21, 26, 22, 25, 23, 24];
  const without = Object.fromEntries(range(21, 10).map((id) => [id, null]));
  const all = users([...listed, ...absent]);
  const checked = [1, 21, 24, 26];
  for (const [title, list, details, looks, isBelieved] of [
    ['has none where the oldest, the newest and one between have none', listing(listed), {}, checked, true],
    ['has none where theirs are blank', listing(listed), { 24: storedAddress(7, {}) }, checked, true],
    ['may have one where the oldest has', listing(listed), { 21: addressOf(21) }, [1, 21], false],
    ['may have one where one between has', listing(listed), { 24: addressOf(24) }, [1, 21, 24], false],
    ['may have one where the newest has', listing(listed), { 26: addressOf(26) }, checked, false],
    ['may have one where the oldest is not shown', listing(listed), { 21: 'unread' }, [1, 21], false],
    ['may have one where the list lacks some', listing(listed, 4), {}, [1], false],
    ['may have one where the list is not true', listing(listed), { 1: null }, [1], false],
  ] as const)
    it(title, async () => {
      const opened = open({ 18: list }, { ...without, ...details });
      await opened.list.learn(all, {});
      const expected = isBelieved ? absent.map((id) => knownUser(id, null)) : [];
      const found = opened.learnt.filter(({ id }) => id > 20);
      assert.deepEqual([found, opened.looks], [expected, looks]);
    });

  it('has none, without another look, once that was seen', async () => {
    const { list, looks, ids } = open({ 18: listing(listed) }, without);
    await list.learn(users([...listed, ...absent.slice(0, 5)]), {});
    assert.deepEqual([looks, ids()], [[1], listed]);
    await list.learn(users(absent), {});
    await list.learn(users([27]), {});
    assert.deepEqual([looks, ids()], [checked, [...listed, ...absent, 27]]);
  });

  it('is not looked at again once others were seen to have one', async () => {
    const { list, looks, ids } = open({ 18: listing(listed) }, { ...without, 26: addressOf(26) });
    for (let turn = 0; turn < 2; turn += 1) await list.learn(all, {});
    assert.deepEqual([looks, ids()], [checked, [...listed, ...listed]]);
  });

  it('is not looked at where nothing that is listed could be held against a user', async () => {
    const { list, looks, learnt } = open({ 18: listing(listed) }, without);
    await list.learn(users(absent), {});
    assert.deepEqual([looks, learnt], [[], []]);
  });

  it('may have one where that site refuses the list', async () => {
    const { list, looks, ids } = open({ 18: listing(range(1, 6)), 19: { status: 400 } }, without);
    await list.learn([...users(range(1, 6)), ...users(absent, 19)], {});
    assert.deepEqual([looks, ids()], [[1], range(1, 6)]);
  });

  it('may have one where its addresses are unclear', async () => {
    const unclear = absent.map((id) => ({ id, user_id: id, ...LINES, primary: false }));
    const { list, looks, ids } = open({ 18: listing(listed, 9, unclear) }, without);
    await list.learn(all, {});
    assert.deepEqual([looks, ids()], [[1], listed]);
  });
});
