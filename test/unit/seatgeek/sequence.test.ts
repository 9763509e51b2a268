import assert from 'node:assert/strict';
import { isOlder } from '../../../src/seatgeek/sequence.js';

const A = '0019a1c3:0002a20d:0004/0019a1c3:0002a20d:0003';
const B = '0019a1c3:0002a20d:0004/0019a1c3:0002a20d:000f';

describe('sequences', () => {
  const cases: [string, string | null, string | null, boolean][] = [
    ['are older when they come earlier in the log', A, B, true],
    ['are not older when they come later', B, A, false],
    ['are not older than themselves', A, A, false],
    ['compare without regard to case', A.toUpperCase(), B, true],
    ['are never older than nothing', A, null, false],
    ['are never older when missing', null, B, false],
    ['are never older in another format', '1', B, false],
    ['are never older than another format', A, 'zzz', false],
  ];
  for (const [title, a, b, expected] of cases) it(title, () => assert.equal(isOlder(a, b), expected));
});
