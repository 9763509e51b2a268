import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compileExpression } from '../../../src/mapping/expression.js';
import { GuardedRegExp, isPlain } from '../../../src/mapping/guarded-regex.js';

const PATTERNS = ['a+', '^(a|b)+$', 'b?c*', '(a)(b)?', '[ab]{2,3}', 'a.*b', '(?<x>a)b', '$', ''];

function matches(regex: RegExp, text: string): string[] {
  const found: string[] = [];
  for (let match = regex.exec(text); match !== null && found.length < 50; match = regex.exec(text)) {
    found.push(JSON.stringify([...match, match.index, regex.lastIndex]));
    if (match[0] === '') regex.lastIndex += 1;
  }
  return found;
}

describe('a regular expression of a mapping', () => {
  it('finds what it finds anywhere else', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...PATTERNS),
        fc.string({ unit: fc.constantFrom('a', 'b', 'c', ' '), maxLength: 30 }),
        fc.constantFrom(1, 100),
        (pattern, text, times) => {
          const whole = text.repeat(times);
          assert.deepEqual(matches(new GuardedRegExp(pattern, 'g'), whole), matches(new RegExp(pattern, 'g'), whole));
        },
      ),
      { numRuns: 60 },
    );
  });

  for (const from of [
    '$match(notes, /^(a+)+$/).match',
    '$contains(notes, /^(a|a)*b/)',
    "$replace(notes, /(a*)*b/, 'x')",
    "$join($split(long, /\\s*x\\s*/), '')",
  ]) {
    it(`ends although it never would: ${from}`, async () => {
      const row = { notes: `${'a'.repeat(60)}!`, long: 'x '.repeat(1_000_000) };
      await assert.rejects(async () => compileExpression(from).evaluate(row), { kind: 'endless' });
    });
  }

  const plain = ['\\D', '^0+', '\\s+', 'a{3}', '[()*+?]+', '(a|b)c', '\\(+', 'a+?', '(?:x)y*'];
  for (const source of plain)
    it(`is run as it is when it can't take long: ${source}`, () => assert.ok(isPlain(source)));

  const risky = ['(a+)+', '(a|a)*', 'a*a*', '(?:ab?)+', 'a?a?aa', '(a+)\\1', '(a){2}', '(?<n>a+)\\k<n>', '[a]*[a]*b'];
  for (const source of risky)
    it(`is run by the clock when it might take long: ${source}`, () => assert.ok(!isPlain(source)));
});
