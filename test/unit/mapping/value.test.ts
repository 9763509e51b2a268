import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fitValue, type TargetType } from '../../../src/mapping/value.js';

const DAY = '2026-11-23';
const MOMENT = '2026-11-23T14:15:02.000Z';

describe('fitValue', () => {
  const fits: [TargetType, string | number | boolean, string | number | boolean][] = [
    ['string', 'x', 'x'],
    ['string', 12, '12'],
    ['string', false, 'false'],
    ['boolean', 'TRUE', true],
    ['boolean', 'no', false],
    ['boolean', '1', true],
    ['boolean', 0, false],
    ['integer', '-12', -12],
    ['integer', '007', 7],
    ['integer', 3, 3],
    ['integer', '3.0', 3],
    ['number', '12.50', 12.5],
    ['date', '2026-11-23', DAY],
    ['date', '2026-11-23 14:15:02', MOMENT],
    ['date', '2026-11-23T14:15:02Z', MOMENT],
    ['date', '2026-11-23T16:15:02+02:00', MOMENT],
    ['date', '2026-11-23 14:15:02+00', MOMENT],
    ['date', '2026-11-23T10:45:02-0330', MOMENT],
    ['date', '2026-11-23T14:15:02.1', '2026-11-23T14:15:02.100Z'],
    ['date', '2026-11-23 14:15:02.1234567', '2026-11-23T14:15:02.123Z'],
    ['date', '2024-02-29', '2024-02-29'],
    ['date', '2026-11-23 14:15:02 +00', MOMENT],
    ['date', '2026-11-23 14:15', '2026-11-23T14:15:00.000Z'],
    ['date', '2026-11-23T14:15:02.123456789012345Z', '2026-11-23T14:15:02.123Z'],
    ['boolean', '   false     ', false],
    ['number', '9'.repeat(300), Number('9'.repeat(300))],
    ['custom', 'x', 'x'],
    ['custom', 7, 7],
    ['custom', true, true],
  ];
  for (const [type, value, fitted] of fits) {
    it(`fits ${JSON.stringify(value)} to ${type}`, () => assert.equal(fitValue(value, type), fitted));
  }

  const misfits: [TargetType, string | number | boolean][] = [
    ['boolean', 'maybe'],
    ['boolean', 2],
    ['integer', '1.5'],
    ['integer', '1,000'],
    ['integer', '$12'],
    ['integer', '99999999999999999999'],
    ['integer', true],
    ['number', 'twelve'],
    ['number', '12a'],
    ['number', '1e3'],
    ['integer', '0x10'],
    ['integer', ''],
    ['number', 'a12'],
    ['number', '9'.repeat(400)],
    ['number', false],
    ['date', 'on 2026-11-23'],
    ['date', '2026-11-23 or so'],
    ['date', true],
    ['date', '2026-02-30'],
    ['date', '2023-02-29'],
    ['date', '11/23/2026'],
    ['date', '2026-11-23T25:00:00Z'],
    ['date', 1_800_000_000],
    ['date', 'yesterday'],
  ];
  for (const [type, value] of misfits) {
    it(`does not fit ${JSON.stringify(value)} to ${type}`, () => assert.equal(fitValue(value, type), undefined));
  }

  it('leaves every moment that it wrote as it is', () => {
    const moments = fc.date({
      min: new Date('0001-01-01T00:00:00Z'),
      max: new Date('9999-12-31T00:00:00Z'),
      noInvalidDate: true,
    });
    fc.assert(fc.property(moments, (at) => assert.equal(fitValue(at.toISOString(), 'date'), at.toISOString())));
  });
});
