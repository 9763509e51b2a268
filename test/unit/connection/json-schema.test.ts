import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { connectionJsonSchema } from '../../../src/connection/json-schema.js';

describe('connection.schema.json', () => {
  it('is the one generated from the schema the program applies (else: npm run schema)', async () => {
    assert.equal(await readFile('connection.schema.json', 'utf8'), connectionJsonSchema());
  });

  it('requires only what has no default', () => {
    const schema: unknown = JSON.parse(connectionJsonSchema());
    assert.ok(typeof schema === 'object' && schema !== null && 'required' in schema);
    assert.deepEqual(schema.required, ['name', 'seatgeek', 'halo', 'users']);
  });
});
