import assert from 'node:assert/strict';
import fc from 'fast-check';
import { takeGroup } from '../../../src/halo/group.js';
import type { MappedPerson } from '../../../src/mapping/types.js';
import { person } from './halo-bench.js';

const options = {
  size: 3,
  keysOf: ({ matchEmail }: MappedPerson) => (matchEmail ?? '').split('+'),
  plan: (one: MappedPerson) => one,
  isWrite: ({ deleted }: MappedPerson) => !deleted,
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

  it('count those who are written only', () => {
    const people = Array.from({ length: 10 }, (_, n) => person(String(n), { deleted: n % 2 === 0 }));
    assert.equal(takeGroup(people, options).group.length, 6);
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
