import assert from 'node:assert/strict';
import { userListSchema } from '../../../src/halo/api/wire.js';

describe('a list of users', () => {
  it('may show a custom field without what it displays, or without a value', () => {
    const customfields = [{ id: 211, name: 'CFSeatGeekId', value: 'sg-1' }, { id: 212 }];
    const { users } = userListSchema.parse({ record_count: 1, users: [{ id: 91, customfields }] });
    assert.deepEqual(users[0]?.customfields, customfields);
  });
});
