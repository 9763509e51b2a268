import assert from 'node:assert/strict';
import { answeredUsers, namedUsers } from '../../../src/halo/write/named-users.js';
import type { PlannedWrite } from '../../../src/halo/write/writer.js';
import { person } from './halo-bench.js';
import { targetsOf } from './pure-bench.js';

const TARGETS = targetsOf();

function write(id: string, payload: Readonly<Record<string, unknown>> = {}): PlannedWrite {
  const one = person(id);
  const own = { name: `Name ${id}`, emailaddress: `${id}@example.org` };
  const changes = { fields: [], address: null };
  return { person: one, userId: null, changes, payload: { ...own, ...payload }, reliesOn: null };
}

const row = (id: number, fields: object): object => ({ id, ...fields });
const withId = (id: number, seatgeekId: string, fields: object = {}): object =>
  row(id, { customfields: [{ id: 211, name: 'CFSeatGeekID', value: seatgeekId }], ...fields });

function idsOf(answer: unknown, writes: readonly PlannedWrite[]): (number | undefined)[] {
  const named = namedUsers(answeredUsers(answer), writes, TARGETS);
  return writes.map((one) => named.get(one));
}

describe('the users whom an answer names', () => {
  const [a, b, c] = [write('a'), write('b'), write('c')];

  it('are found in any shape and order', () => {
    const rows = [withId(3, 'c'), withId(1, 'a'), withId(2, 'b')];
    assert.deepEqual(idsOf(rows, [a, b, c]), [1, 2, 3]);
    assert.deepEqual(idsOf({ users: rows }, [a, b, c]), [1, 2, 3]);
    assert.deepEqual(idsOf(withId(2, 'b'), [a, b, c]), [undefined, 2, undefined]);
  });

  it('are told by e-mail where no SeatGeek ID is shown, in any letter case', () => {
    assert.deepEqual(idsOf([row(2, { emailaddress: 'B@Example.org ' }), row(1, {})], [a, b]), [undefined, 2]);
  });

  it('are told by a name only where it is the only one and nothing else is shown', () => {
    assert.deepEqual(idsOf([row(1, { name: 'Name a' })], [a, b]), [1, undefined]);
    assert.deepEqual(idsOf([row(1, { name: 'Same' })], [write('a', { name: 'Same' }), write('b', { name: 'Same' })]), [
      undefined,
      undefined,
    ]);
    assert.deepEqual(idsOf([row(1, { name: 'Name a', emailaddress: 'other@example.org' })], [a]), [undefined]);
  });

  it('are never told by an e-mail that is shown with another SeatGeek ID', () => {
    assert.deepEqual(idsOf([withId(9, 'stranger', { emailaddress: 'a@example.org' })], [a]), [undefined]);
  });

  it('are told by one key only, the surest that a row shows', () => {
    const email = 'same@example.org';
    const same = [write('a', { emailaddress: email }), write('b', { emailaddress: email })];
    assert.deepEqual(idsOf([withId(1, 'a'), row(2, { emailaddress: email })], same), [1, 2]);
    assert.deepEqual(idsOf([withId(1, 'a'), row(9, { emailaddress: 'a@example.org' })], [a, b]), [1, undefined]);
    assert.deepEqual(idsOf([withId(9, 'stranger', { name: 'Name a' })], [a]), [undefined]);
  });

  it('are told by names without the space around them, and never by what is not shown', () => {
    assert.deepEqual(idsOf([row(1, { name: ' Name a' })], [write('a', { name: 'Name a ' })]), [1]);
    const nameless = write('a', { name: ' ', emailaddress: undefined });
    assert.deepEqual(idsOf([row(1, { name: 'Other' })], [nameless]), [undefined]);
    assert.deepEqual(idsOf([row(1, { name: '  ' })], [nameless]), [undefined]);
    assert.deepEqual(idsOf([row(1, {})], [nameless]), [undefined]);
  });

  it('are nobody but those of the array', () => {
    assert.equal(namedUsers(answeredUsers([withId(9, 'stranger')]), [a], TARGETS).size, 0);
  });

  it('are left open where one key stands on two rows', () => {
    assert.deepEqual(idsOf([withId(1, 'a'), withId(2, 'a')], [a]), [undefined]);
  });

  it('are none in an answer of another kind', () => {
    for (const answer of [null, '', 'ok', [], {}, [{ name: 'Name a' }], { users: 3 }]) {
      assert.deepEqual(idsOf(answer, [a]), [undefined]);
      assert.equal(answeredUsers(answer).length, 0);
    }
  });
});
