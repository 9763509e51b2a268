import assert from 'node:assert/strict';
import fc from 'fast-check';
import { hashAddress, HashedValue } from '../../../src/halo/directory/hashed-value.js';
import { ShownValue, type KnownUser } from '../../../src/halo/directory/known-user.js';
import { isHidden } from '../../../src/halo/directory/match-key.js';
import { createTargets } from '../../../src/halo/fields/targets.js';
import { MOST_ALIKE, UserIndex } from '../../../src/halo/directory/user-index.js';

const named = new Map([['CFSeatGeekID', { id: 211, name: 'CFSeatGeekID' }]]);
const targets = createTargets(['name', 'emailaddress'], 'CFSeatGeekID', { named, allIds: [211], textIds: [] });

function user(id: number, overrides: Partial<KnownUser> = {}): KnownUser {
  const { seatgeekId = `sg-${id}`, email = `u${id}@example.org` } = overrides;
  const values: unknown[] = targets.all.map(() => null);
  values[targets.seatgeekId] = seatgeekId;
  values[targets.name] = `Name ${id}`;
  values[targets.email] = email;
  return {
    id,
    seatgeekId,
    email,
    siteId: 18,
    values,
    others: [],
    customFields: 'all',
    address: undefined,
    readAt: 0,
    ...overrides,
  };
}

const ids = (users: readonly KnownUser[]): number[] => users.map(({ id }) => id).sort((a, b) => a - b);

describe('the index of Halo users', () => {
  for (const id of [0, -1, -7, 2_147_483_647, 4_294_967_296, 2 ** 40 + 3])
    it(`finds user ${id} once`, () => {
      const index = new UserIndex(targets, 1);
      for (const one of [id, id, 99]) index.put(user(one));
      assert.deepEqual(ids(index.bySeatgeekId(`sg-${id}`)), [id]);
      assert.equal(index.size, 2);
    });

  it('finds by Halo id, SeatGeek ID and e-mail what was put last, however much came and went', () => {
    const step = fc.record({
      id: fc.integer({ min: 1, max: 12 }),
      seatgeekId: fc.constantFrom('a', 'b', 'c', null),
      email: fc.constantFrom('x@example.org', 'y@example.org', null),
      siteId: fc.constantFrom(18, 19),
      customFields: fc.constantFrom<KnownUser['customFields'][]>('all', 'as-listed', 'some'),
      others: fc.constantFrom([], [{ id: 230, name: 'CFBadgeNumber', value: '7' }]),
      isRemoved: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 5 }), (steps, maxWhole) => {
        const index = new UserIndex(targets, maxWhole);
        const plain = new Map<number, KnownUser>();
        for (const { id, isRemoved, ...draft } of steps) {
          if (isRemoved) index.remove(id);
          else index.put(user(id, draft));
          if (isRemoved) plain.delete(id);
          else plain.set(id, user(id, draft));
          // Whoever is asked for is kept whole again.
          if (id % 3 === 0) index.get(id);
        }
        const having = (key: 'seatgeekId' | 'email', value: string): number[] =>
          ids([...plain.values()].filter((one) => one[key] === value));
        for (const id of ['a', 'b', 'c']) assert.deepEqual(ids(index.bySeatgeekId(id)), having('seatgeekId', id));
        for (const email of ['x@example.org', 'y@example.org'])
          assert.deepEqual(ids(index.byEmail(email)), having('email', email));
        for (let id = 1; id <= 12; id += 1) {
          assert.equal(index.get(id)?.id, plain.get(id)?.id);
          assert.equal(index.get(id)?.seatgeekId === null, plain.get(id)?.seatgeekId === null);
          assert.equal(index.get(id)?.customFields, plain.get(id)?.customFields);
          if (plain.get(id)?.customFields !== 'some') assert.deepEqual(index.get(id)?.others, plain.get(id)?.others);
        }
        for (const site of [18, 19])
          assert.equal(index.countAt(site), [...plain.values()].filter(({ siteId }) => siteId === site).length);
      }),
    );
  });

  it('finds everybody among ten thousand', () => {
    const index = new UserIndex(targets, 10);
    for (let id = 1; id <= 10_000; id += 1) index.put(user(id));
    for (let id = 1; id <= 10_000; id += 1) {
      assert.deepEqual(ids(index.bySeatgeekId(`sg-${id}`)), [id]);
      assert.deepEqual(ids(index.byEmail(`u${id}@example.org`)), [id]);
    }
    assert.deepEqual(index.bySeatgeekId('sg-0'), []);
  });

  it('looks at no more users with one e-mail address or SeatGeek ID than it takes to know that it is shared', () => {
    const index = new UserIndex(targets, 1);
    const shared = { email: 'noemail@venue.example', seatgeekId: 'n/a' };
    for (let turn = 0; turn < 2; turn += 1) for (let id = 1; id <= 20_000; id += 1) index.put(user(id, shared));
    // With one step for each pair of users each of these would take seconds.
    for (let turn = 0; turn < 100; turn += 1) {
      assert.equal(index.byEmail(shared.email).length, MOST_ALIKE + 1);
      assert.equal(index.bySeatgeekId(shared.seatgeekId).length, MOST_ALIKE + 1);
    }
    assert.equal(index.countAt(18), 20_000);
  });

  it('keeps of who was not learnt lately the hashes of the fields, and puts them back unharmed', () => {
    const index = new UserIndex(targets, 1);
    index.put(user(1));
    index.put(user(2));
    const kept = index.get(1);
    const name = kept?.values[targets.name];
    assert.ok(kept !== undefined && name instanceof HashedValue);
    assert.equal(name.isSame('Name 1'), true);
    assert.equal(name.isSame('Name 2'), false);
    index.put(kept);
    assert.deepEqual(ids(index.bySeatgeekId('sg-1')), [1]);
    assert.deepEqual(ids(index.byEmail('u1@example.org')), [1]);
  });

  it('keeps no hash of an address once another was learnt', () => {
    const lines = { id: 7, line1: '1 High St', line2: '', line3: '', line4: '', postcode: '' };
    const index = new UserIndex(targets, 1);
    index.put(user(1, { address: lines }));
    for (const id of [2, 3, 4]) index.put(user(id));
    const compact = index.get(1);
    assert.notEqual(compact?.addressHash, undefined);
    index.put({ ...user(1), ...compact, address: { ...lines, line1: '2 Low Rd' } });
    assert.equal(index.get(1)?.addressHash, undefined);
  });

  it('keeps the custom fields of others as long as the user is not put anew', () => {
    const index = new UserIndex(targets, 1);
    const others = [{ id: 9, name: 'CFBadge', value: '7' }];
    index.put(user(1, { others, readAt: 5 }));
    index.put(user(2));
    index.put(user(3));
    const kept = index.get(1);
    assert.deepEqual([kept?.others, kept?.customFields, kept?.readAt], [others, 'all', 5]);
    assert.equal(kept?.values[targets.seatgeekId], 'sg-1');
    assert.equal(index.get(2)?.customFields, 'all');
    index.put(user(1, { customFields: 'some', others }));
    index.put(user(2));
    assert.equal(index.get(1)?.customFields, 'some');
  });

  describe('tells of whoever is not kept whole', () => {
    /** As it is told once, and once more after it was put as it was told. */
    const told = (draft: Partial<KnownUser>): readonly KnownUser[] => {
      const index = new UserIndex(targets, 1);
      index.put(user(1, draft));
      index.put(user(2));
      const first = index.get(1);
      assert.ok(first !== undefined);
      index.put(first);
      index.put(user(2));
      return [first, index.get(1) ?? first];
    };
    const valuesOf = (value: unknown): unknown[] => targets.all.map(() => value);
    const id = targets.seatgeekId;

    for (const siteId of [18, 0, null])
      it(`the site (${siteId})`, () => {
        for (const one of told({ siteId })) assert.equal(one.siteId, siteId);
      });

    for (const readAt of [0, 4_294_967_295, 4_294_967_296, 1_795_000_000_123])
      it(`when it was read (${readAt})`, () => {
        for (const one of told({ readAt })) assert.equal(one.readAt, readAt);
      });

    it('the e-mail address of who has no SeatGeek ID, and of others its hash', () => {
      for (const one of told({ seatgeekId: null, email: 'u@example.org' })) assert.equal(one.email, 'u@example.org');
      for (const one of told({ seatgeekId: null, email: null })) assert.equal(one.email, null);
      for (const one of told({ email: 'u@example.org' })) assert.ok(isHidden(one.email) && isHidden(one.seatgeekId));
    });

    it('whether it has an address that is known, and its hash', () => {
      const lines = { id: 7, line1: ' 1 High St', line2: '', line3: '', line4: '', postcode: '' };
      for (const one of told({ address: lines }))
        assert.deepEqual([one.address, one.addressHash], [undefined, hashAddress({ line1: '1 High St' })]);
      for (const one of told({ address: null })) assert.equal(one.addressHash, hashAddress(null));
      for (const one of told({ address: undefined })) assert.equal('addressHash' in one, false);
    });

    it('what is stored and what is shown for it', () => {
      for (const one of told({ values: valuesOf(new ShownValue(3, 'Gold')) })) {
        const value = one.values[id];
        assert.ok(value instanceof HashedValue);
        assert.deepEqual(
          [value.isStored(3), value.isStored('Gold'), value.isSame('Gold'), value.isSame('Silver')],
          [true, false, true, false],
        );
      }
      for (const blank of [null, ''])
        for (const one of told({ values: valuesOf(blank) })) assert.equal(one.values[id], null);
      for (const one of told({ values: valuesOf(undefined) })) assert.equal(one.values[id], undefined);
      for (const one of told({ values: valuesOf(new ShownValue('', 'None')) })) {
        const value = one.values[id];
        assert.ok(value instanceof HashedValue && value.isSame('None') && value.isStored(null));
      }
    });

    it('a name in another form, and of no other field', () => {
      for (const one of told({ values: valuesOf('Zoë Ash') })) {
        const [name, email] = [one.values[targets.name], one.values[targets.email]];
        assert.ok(name instanceof HashedValue && email instanceof HashedValue);
        assert.deepEqual(
          [name.isFormOfName('ZOE\u0308 ASH'), name.isFormOfName('Zoe Ash'), email.isFormOfName('Zoë Ash')],
          [true, false, false],
        );
      }
    });

    it('custom fields whole where others have some, as far as they are known', () => {
      const others = [{ id: 9, name: undefined, value: 7 }];
      const shown = new ShownValue(3, 'Gold');
      for (const value of ['x', 0, null, shown])
        for (const one of told({ others, values: valuesOf(value) }))
          assert.deepEqual([one.others, one.customFields, one.values[id]], [others, 'all', value]);
      const some = told({ others, customFields: 'some' });
      for (const one of some) assert.deepEqual([one.others, one.customFields], [[], 'some']);
      const hashed = told({}).at(-1)?.values ?? [];
      for (const one of told({ others, values: hashed }))
        assert.deepEqual([one.others, one.customFields], [[], 'some']);
      for (const one of told({ customFields: 'as-listed' })) assert.equal(one.customFields, 'as-listed');
    });
  });

  it('keeps as many whole as it is asked to, and never fewer', () => {
    const index = new UserIndex(targets, 2);
    const isWhole = (id: number): boolean => index.get(id)?.seatgeekId === `sg-${id}`;
    index.put(user(1));
    index.keepWhole(3);
    index.keepWhole(1);
    for (const id of [2, 3]) index.put(user(id));
    assert.deepEqual([1, 2, 3].map(isWhole), [true, true, true], 'also who was put before');
    index.put(user(4));
    assert.equal(isWhole(1), false);
  });

  it('leaves out the custom fields of others once they take too much, and takes them again once there is room', () => {
    const index = new UserIndex(targets, 1);
    const others = [{ id: 9, name: undefined, value: 'x'.repeat(10_000_000) }];
    const few = [{ id: 9, name: undefined, value: 7 }];
    for (let id = 1; id <= 10; id += 1) index.put(user(id, { others }));
    assert.equal(index.isCut, true);
    for (const id of [11, 12]) index.put(user(id, { others: few }));
    assert.deepEqual([index.get(11)?.others, index.get(11)?.customFields], [[], 'some']);
    assert.equal(index.get(10)?.customFields, 'all');
    index.remove(1);
    assert.deepEqual([index.isCut, index.size], [false, 11]);
    for (const id of [11, 12]) index.put(user(id, { others: few }));
    assert.deepEqual(index.get(11)?.others, few);
  });

  it('leaves out the placeholder that every site has', () => {
    const index = new UserIndex(targets);
    const values = [...user(1).values];
    values[targets.name] = 'General User';
    index.put(user(1, { seatgeekId: null, values }));
    assert.equal(index.get(1), undefined);
  });

  it('counts what it keeps of custom fields and addresses in its memory', () => {
    const index = new UserIndex(targets, 1);
    const others = [{ id: 300, name: undefined, value: 'x'.repeat(100_000) }];
    const before = index.bytes;
    for (let id = 1; id <= 10; id += 1) index.put(user(id, { others, customFields: 'all' }));
    const filled = index.bytes;
    assert.ok(filled - before > 800_000, `${filled - before} bytes`);
    for (let id = 1; id <= 10; id += 1) index.remove(id);
    assert.ok(filled - index.bytes > 800_000, `${index.bytes - before} bytes left`);
  });

  it('holds a million users with fourteen mapped fields in 250 MB', () => {
    const fields = [
      'firstname',
      'surname',
      'phonenumber',
      'mobilenumber',
      'homenumber',
      'fax',
      'title',
      'notes',
      'other1',
      'other2',
    ];
    const many = createTargets(['name', 'emailaddress', ...fields], 'CFSeatGeekID', {
      named,
      allIds: [211],
      textIds: [],
    });
    const index = new UserIndex(many);
    const values = many.all.map((_, place) => `value ${place}`);
    const count = 100_000;
    for (let id = 1; id <= count; id += 1) index.put(user(id, { values }));
    assert.ok((index.bytes / count) * 1_000_000 <= 250_000_000, `${index.bytes} bytes for ${count}`);
  });
});
