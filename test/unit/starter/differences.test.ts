import assert from 'node:assert/strict';
import fc from 'fast-check';
import { differences } from '../../../src/starter/differences.js';
import { connectionFile } from './connection-file.js';

const places = (before: unknown, after: unknown): string[] => differences(before, after).map(({ place }) => place);

describe('the differences between two files', () => {
  const file = connectionFile();
  const withMappings = (fieldMappings: typeof file.users.fieldMappings) => ({
    ...file,
    users: { ...file.users, fieldMappings },
  });

  it('are none between equal files, wherever the schema is', () => {
    assert.deepEqual(differences(file, { $schema: '../connection.schema.json', ...connectionFile() }), []);
  });

  it('name the place and both values', () => {
    const after = { ...file, halo: { ...file.halo, url: 'https://other.halopsa.com' } };
    assert.deepEqual(differences(file, after), [
      { place: 'halo.url', before: 'https://acme.halopsa.com', after: 'https://other.halopsa.com' },
    ]);
  });

  it('name mappings by their target, so that order is no difference', () => {
    const [name, email] = file.users.fieldMappings;
    assert.ok(name !== undefined && email !== undefined);
    assert.deepEqual(places(file, withMappings([email, name])), []);
    assert.deepEqual(places(file, withMappings([name, { ...email, from: 'mail' }])), [
      'users.fieldMappings[emailaddress].from',
    ]);
    assert.deepEqual(places(file, withMappings([name])), ['users.fieldMappings[emailaddress]']);
  });

  it('name what is only on one side', () => {
    assert.deepEqual(differences({ a: 1 }, { b: 2 }), [
      { place: 'a', before: 1, after: undefined },
      { place: 'b', before: undefined, after: 2 },
    ]);
  });

  it('are none of a value with itself, and some of two that differ', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        assert.deepEqual(differences({ x: one }, { x: structuredClone(one) }), []);
        if (JSON.stringify(one) !== JSON.stringify(other) && (typeof one !== 'object' || one === null))
          assert.notEqual(differences({ x: one }, { x: other }).length, 0);
      }),
    );
  });
});
