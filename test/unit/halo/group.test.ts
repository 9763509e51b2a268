import assert from 'node:assert/strict';
import fc from 'fast-check';
import { takeGroup, type GroupOptions } from '../../../src/halo/plan/group.js';
import type { MappedPerson } from '../../../src/mapping/types.js';
import { person } from './halo-bench.js';

const options: GroupOptions<MappedPerson> = {
  size: 3,
  keysOf: ({ matchEmail }: MappedPerson) => (matchEmail ?? '').split('+'),
  plan: (one: MappedPerson) => one,
  kindOf: ({ deleted, seatgeekId }: MappedPerson) =>
    deleted ? null : seatgeekId.startsWith('u') ? 'update' : 'create',
};

describe('groups of people', () => {
  it('make who shares something with somebody of the group wait, and whoever shares with them', () => {
    const people = [
      person('a', { email: 'x' }),
      person('b', { email: 'x+y' }),
      person('c', { email: 'y' }),
      person('d', { email: 'z' }),
    ];
    const { group, rest } = takeGroup(people, options);
    assert.deepEqual(
      [group, rest].map((part) => part.map(({ seatgeekId }) => seatgeekId)),
      [
        ['a', 'd'],
        ['b', 'c'],
      ],
    );
  });

  it('hold so many of each kind of write, and any number of people with nothing to write', () => {
    const ids = ['1', '-a', 'u1', '2', 'u2', '3', '4', 'u3', '-b', 'u4', '5'];
    const people = ids.map((id) => person(id, { deleted: id.startsWith('-') }));
    const { group, rest } = takeGroup(people, options);
    assert.deepEqual(
      group.map(({ seatgeekId }) => seatgeekId),
      ['1', '-a', 'u1', '2', 'u2', '3', 'u3'],
    );
    assert.deepEqual(
      rest.map(({ seatgeekId }) => seatgeekId),
      ['4', '-b', 'u4', '5'],
    );
  });

  it('leave out a kind that would not fill its array while the other kind needs another group', () => {
    const people = ['u1', '1', '2', '3', '4'].map((id) => person(id));
    const first = takeGroup(people, options);
    const second = takeGroup(first.rest, options);
    assert.deepEqual(
      [first, second].map(({ group }) => group.map(({ seatgeekId }) => seatgeekId)),
      [
        ['1', '2', '3'],
        ['u1', '4'],
      ],
    );
  });

  it('look no further than three sizes for what is scarce', () => {
    const people = [...Array.from({ length: 40 }, (_, n) => person(String(n))), person('u1')];
    const { group, rest } = takeGroup(people, options);
    assert.equal(group.length, 3);
    assert.equal(rest.length, people.length - 3);
  });

  it('keep the order of all who share a key, and lose nobody', () => {
    const emails = fc.array(fc.constantFrom('x', 'y', 'z', 'x+y', 'y+z', 'w'), { maxLength: 20 });
    fc.assert(
      fc.property(emails, (list) => {
        const people = list.map((email, n) => person(String(n), { email }));
        const order: MappedPerson[] = [];
        for (let left: readonly MappedPerson[] = people; left.length > 0;) {
          const { group, rest } = takeGroup(left, options);
          const keys = group.flatMap(options.keysOf);
          assert.equal(new Set(keys).size, keys.length, 'nobody of a group depends on another');
          assert.ok(group.length > 0);
          order.push(...group);
          left = rest;
        }
        assert.equal(order.length, people.length);
        for (const key of ['x', 'y', 'z', 'w']) {
          const places = order
            .filter((one) => options.keysOf(one).includes(key))
            .map(({ seatgeekId }) => Number(seatgeekId));
          assert.deepEqual(
            places,
            places.toSorted((a, b) => a - b),
          );
        }
      }),
    );
  });
});
