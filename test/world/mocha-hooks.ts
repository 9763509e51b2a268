/** Loaded by mocha for every run: ends what tests share, and lets a test that fails say so. */
import assert from 'node:assert/strict';
import { closeTemporal } from './temporal.js';

const ok: (value: unknown, message?: string | Error) => asserts value = assert.ok;
// For a message of its own Node.js looks for the call in the compiled file, which is one line: in a long one that takes hours, and nothing can end it.
assert.ok = (value: unknown, message: string | Error = 'it is not true; the stack says what'): asserts value => {
  ok(value, message);
};

export const mochaHooks = {
  afterAll: closeTemporal,
};
