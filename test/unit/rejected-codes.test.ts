import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { hintFor, REJECTION_REASONS } from '../../src/contract/rejection-reasons.js';

const PAGE = fileURLToPath(new URL('../../docs/rejected.md', import.meta.url));

function rowsOfPage(): string[][] {
  return readFileSync(PAGE, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

describe('the page of rejected people', () => {
  it('explains every code in the words of the program, and no other', () => {
    const inCode = Object.entries(REJECTION_REASONS).map(([code, { sentence, hint }]) => [
      `\`${code}\``,
      sentence,
      hint,
    ]);
    assert.ok(inCode.length >= 10);
    assert.deepEqual(rowsOfPage(), inCode);
  });

  it('is not contradicted by the hint of somebody whose page is gone', () => {
    const hint = hintFor({ code: 'id-shared', pageGone: true });
    assert.ok(hint.startsWith(REJECTION_REASONS['id-shared'].hint));
    assert.match(hint, /clear-cursor/);
  });
});
