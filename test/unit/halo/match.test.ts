import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { matchPerson, type Match } from '../../../src/halo/plan/match.js';
import { UserIndex } from '../../../src/halo/directory/user-index.js';
import { NOTHING_KNOWN, type Claim, type FeedKnowledge } from '../../../src/halo/types.js';
import { person } from './halo-bench.js';
import { known, targetsOf, type KnownDraft } from './pure-bench.js';

describe('matching', () => {
  const match = (
    users: readonly KnownDraft[],
    overrides = {},
    onSharedEmail: 'reject' | 'create' = 'reject',
    feed: Partial<FeedKnowledge> = {},
  ): string => {
    const index = new UserIndex(targetsOf());
    users.forEach((user, place) => index.put(known(place + 1, user)));
    return text(
      matchPerson(person('a', { email: 'A@x.org ', ...overrides }), {
        index,
        targets: targetsOf(),
        users: { onSharedEmail },
        feed: { ...NOTHING_KNOWN, ...feed },
        isOld: () => false,
      }),
    );
  };
  const text = (found: Match): string =>
    found.kind === 'known'
      ? `${found.user.id} by ${found.by}`
      : found.kind === 'ambiguous'
        ? found.reason.code
        : found.kind;

  const withId = { seatgeekId: 'a' };
  const withEmail = { email: 'a@x.org' };
  const off = (draft: KnownDraft): KnownDraft => ({ ...draft, values: { inactive: true } });
  const other = { seatgeekId: 'b', email: 'a@x.org' };

  const table: readonly [string, readonly KnownDraft[], object, string, string][] = [
    ['nobody', [], {}, 'create', 'create'],
    ['the stored SeatGeek ID', [withId], {}, '1 by id', '1 by id'],
    ['the e-mail address', [withEmail], {}, '1 by email', '1 by email'],
    ['the stored ID before the e-mail address', [withEmail, withId], {}, '2 by id', '2 by id'],
    ['several users with the ID', [withId, withId], {}, 'id-shared', 'id-shared'],
    ['several users with the e-mail address', [withEmail, withEmail], {}, 'email-shared', 'create'],
    ['the stored ID in other letters', [{ seatgeekId: 'A' }], {}, '1 by id', '1 by id'],
    ['a user of another person', [other], {}, 'email-taken', 'create'],
    ['one free and one taken', [other, withEmail], {}, 'email-shared', 'create'],
    ['the only active one of several', [off(withEmail), withEmail, off(other)], {}, '2 by email', '2 by email'],
    ['an active one of another person', [off(withEmail), other], {}, 'email-taken', 'create'],
    ['the only one, though inactive', [off(withEmail)], {}, '1 by email', '1 by email'],
    [
      'an active one among more than a hundred',
      [withEmail, ...Array.from({ length: 100 }, () => off(withEmail))],
      {},
      'email-shared',
      'create',
    ],
    [
      'an active one among a hundred',
      [withEmail, ...Array.from({ length: 99 }, () => off(withEmail))],
      {},
      '1 by email',
      '1 by email',
    ],
    ['several inactive ones', [off(withEmail), off(withEmail)], {}, 'email-shared', 'create'],
    ['an inactive one of another person', [off(other)], {}, 'email-taken', 'create'],
    ['nothing, without an e-mail address', [{ email: null }], { email: null }, 'create', 'create'],
    ['a placeholder', [{ ...withEmail, values: { name: ' general USER' } }], {}, 'create', 'create'],
    ['a placeholder that carries the ID', [{ ...withId, values: { name: 'General User' } }], {}, '1 by id', '1 by id'],
    ['a deleted person by ID', [withId], { deleted: true }, '1 by id', '1 by id'],
    ['a deleted person never by e-mail', [withEmail], { deleted: true }, 'absent', 'absent'],
  ];
  for (const [name, users, overrides, rejecting, creating] of table) {
    it(`finds ${name}`, () => {
      assert.equal(match(users, overrides), rejecting);
      assert.equal(match(users, overrides, 'create'), creating);
    });
  }

  it('takes over whom this program switched off, and nobody else', () => {
    const feed = { wasDeactivated: (id: string) => id === 'b' };
    assert.equal(match([off(other)], {}, 'reject', feed), '1 by email');
    assert.equal(match([off(other), off(withEmail)], {}, 'reject', feed), '1 by email');
    assert.equal(match([other], {}, 'reject', feed), 'email-taken', 'active: the person came back');
    assert.equal(match([off({ ...other, seatgeekId: 'c' })], {}, 'reject', feed), 'email-taken');
  });

  it('gives nobody a user whom several people of the feed claim', () => {
    const feed = { isEmailShared: () => true };
    assert.equal(match([withEmail], {}, 'reject', feed), 'email-shared');
    assert.equal(match([withEmail], {}, 'create', feed), 'create');
    assert.equal(match([{ ...withEmail, ...withId }], {}, 'reject', feed), '1 by id');
    assert.equal(match([], {}, 'reject', feed), 'create');
  });

  it('takes over nobody where it switched off several, and asks of nobody without a SeatGeek ID', () => {
    const feed = { wasDeactivated: () => true };
    assert.equal(match([off(other), off({ ...other, seatgeekId: 'c' })], {}, 'reject', feed), 'email-shared');
    assert.equal(match([off(withEmail), off(other)], {}, 'reject', feed), '2 by email');
  });

  it('asks of the very user and person whether others claim it', () => {
    const isClaimedByOthers = (claim: Claim): boolean =>
      isDeepStrictEqual(claim, { userId: 1, seatgeekId: 'a', email: 'a@x.org' });
    assert.equal(match([withEmail], {}, 'reject', { isClaimedByOthers }), 'email-shared');
    assert.equal(match([{}, withEmail], {}, 'reject', { isClaimedByOthers }), '2 by email');
  });

  const matched = (index: UserIndex, isOld = false): Match =>
    matchPerson(person('a', { email: 'a@x.org' }), {
      index,
      targets: targetsOf(),
      users: { onSharedEmail: 'reject' },
      feed: NOTHING_KNOWN,
      isOld: () => isOld,
    });

  it('takes no user by e-mail of whom what was read is old', () => {
    const index = new UserIndex(targetsOf());
    index.put(known(1, withEmail));
    assert.equal(text(matched(index)), '1 by email');
    const late = matched(index, true);
    assert.deepEqual([late.kind, late.kind === 'unread' && late.user.id], ['unread', 1]);
  });

  it('reads an inactive user first of whose SeatGeek ID only the hash is kept', () => {
    const index = new UserIndex(targetsOf(), 1);
    index.put(known(1, off(other)));
    index.put(known(2));
    const found = matched(index);
    assert.deepEqual([found.kind, found.kind === 'unread' && found.user.id], ['unread', 1]);
  });

  it('says how many users share an address or an ID', () => {
    for (const [draft, code] of [
      [withEmail, 'email-shared'],
      [withId, 'id-shared'],
    ] as const)
      for (const [count, words] of [
        [2, /^2 Halo users/],
        [100, /^100 Halo users/],
        [101, /^More than 100 Halo users/],
      ] as const) {
        const index = new UserIndex(targetsOf());
        for (let id = 1; id <= count; id += 1) index.put(known(id, draft));
        const found = matched(index);
        assert.ok(found.kind === 'ambiguous' && found.reason.code === code);
        assert.match(found.reason.message, words);
      }
  });

  for (const place of [0, 1, 2])
    it(`finds the others of three who share an ID once the one at ${place} has another`, () => {
      const index = new UserIndex(targetsOf());
      for (const id of [0, 1, 2]) index.put(known(id, withId));
      index.put(known(place, { seatgeekId: 'b' }));
      const ids = (seatgeekId: string): number[] => index.bySeatgeekId(seatgeekId).map(({ id }) => id);
      assert.deepEqual(
        ids('a').sort(),
        [0, 1, 2].filter((id) => id !== place),
      );
      assert.deepEqual(ids('b'), [place]);
    });

  it('forgets what a user had before', () => {
    const index = new UserIndex(targetsOf());
    index.put(known(1, { seatgeekId: 'a', email: 'old@x.org' }));
    index.put(known(1, { seatgeekId: 'a', email: 'new@x.org' }));
    assert.deepEqual([index.byEmail('old@x.org').length, index.byEmail('new@x.org').length], [0, 1]);
    index.remove(1);
    assert.deepEqual([index.bySeatgeekId('a'), index.byEmail('new@x.org')], [[], []]);
  });
});
