import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MAX_RETRY_AFTER_MS, parseRetryAfter } from '../../../src/http/http.js';

const NOW = Date.parse('2026-11-27T12:00:00Z');
const HOUR = 3_600_000;

describe('Retry-After', () => {
  const cases: Readonly<Record<string, readonly [header: string | undefined, ms: number | undefined]>> = {
    'no header': [undefined, undefined],
    'an empty one': ['  ', undefined],
    'seven seconds': ['7', 7_000],
    'blanks around it': [' 7 ', 7_000],
    'a fraction above a second': ['1.5', 1_500],
    'a fraction of a second': ['0.2', 1_000],
    'an hour': ['3600', HOUR],
    'two hours': ['7200', HOUR],
    'a day': ['86400', HOUR],
    zero: ['0', undefined],
    'zero with a fraction': ['0.0', undefined],
    'a negative number': ['-5', undefined],
    'the time of day in seconds since 1970': ['1795780830', undefined],
    'the same in milliseconds': ['1795780830000', undefined],
    '310 digits': ['9'.repeat(310), undefined],
    'an exponent': ['1e3', undefined],
    'a date in half a minute': ['Fri, 27 Nov 2026 12:00:30 GMT', 30_000],
    'this very second': ['Fri, 27 Nov 2026 12:00:00 GMT', undefined],
    'a date in two days': ['Sun, 29 Nov 2026 12:00:00 GMT', HOUR],
    'a past date': ['Fri, 27 Nov 2026 11:59:59 GMT', undefined],
    'a date of 1970': ['Thu, 01 Jan 1970 00:00:00 GMT', undefined],
    'a date in 2099': ['Fri, 27 Nov 2099 12:00:00 GMT', undefined],
    'the year 9999': ['Fri, 31 Dec 9999 23:59:59 GMT', undefined],
    words: ['soon', undefined],
  };
  for (const [name, [header, ms]] of Object.entries(cases))
    it(`${ms === undefined ? 'counts as absent' : `means ${ms / 1_000} s`}: ${name}`, () => {
      assert.equal(parseRetryAfter(header, NOW), ms);
    });

  it('is absent, or between a second and an hour, whatever is sent', () => {
    const number = fc.double({ noNaN: true }).map(String);
    const digits = fc.stringMatching(/^\d{1,400}$/);
    const date = fc.date({ noInvalidDate: true }).map((at) => at.toUTCString());
    fc.assert(
      fc.property(fc.oneof(fc.string(), number, digits, date), (header) => {
        const ms = parseRetryAfter(header, NOW);
        assert.ok(ms === undefined || (ms >= 1_000 && ms <= MAX_RETRY_AFTER_MS), `${header}: ${ms}`);
      }),
    );
  });
});
