import assert from 'node:assert/strict';
import { matchPerson, type Match } from '../../../src/halo/plan/match.js';
import { UserIndex } from '../../../src/halo/directory/user-index.js';
import { person } from './halo-bench.js';
import { known, targetsOf, type KnownDraft } from './pure-bench.js';

describe('matching', () => {
  const match = (
    users: readonly KnownDraft[],
    overrides = {},
    onSharedEmail: 'reject' | 'create' = 'reject',
  ): string => {
    const index = new UserIndex(targetsOf());
    users.forEach((user, place) => index.put(known(place + 1, user)));
    return text(matchPerson(person('a', { email: 'A@x.org ', ...overrides }), index, { onSharedEmail }));
  };
  const text = (found: Match): string =>
    found.kind === 'known' ? `${found.user.id} by ${found.by}` : found.kind === 'ambiguous' ? found.code : found.kind;

  const withId = { seatgeekId: 'a' };
  const withEmail = { email: 'a@x.org' };
  const other = { seatgeekId: 'b', email: 'a@x.org' };

  const table: readonly [string, readonly KnownDraft[], object, string, string][] = [
    ['nobody', [], {}, 'create', 'create'],
    ['the stored SeatGeek ID', [withId], {}, '1 by id', '1 by id'],
    ['the e-mail address', [withEmail], {}, '1 by email', '1 by email'],
    ['the stored ID before the e-mail address', [withEmail, withId], {}, '2 by id', '2 by id'],
    ['several users with the ID', [withId, withId], {}, 'id-shared', 'id-shared'],
    ['several users with the e-mail address', [withEmail, withEmail], {}, 'email-shared', 'create'],
    ['a user of another person', [other], {}, 'email-taken', 'create'],
    ['one free and one taken', [other, withEmail], {}, 'email-shared', 'create'],
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

  it('forgets what a user had before', () => {
    const index = new UserIndex(targetsOf());
    index.put(known(1, { seatgeekId: 'a', email: 'old@x.org' }));
    index.put(known(1, { seatgeekId: 'a', email: 'new@x.org' }));
    assert.deepEqual([index.byEmail('old@x.org').length, index.byEmail('new@x.org').length], [0, 1]);
    index.remove(1);
    assert.deepEqual([index.bySeatgeekId('a'), index.byEmail('new@x.org')], [[], []]);
  });
});
