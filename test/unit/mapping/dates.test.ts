import assert from 'node:assert/strict';
import { compileExpression } from '../../../src/mapping/expression.js';
import { dayPicture } from '../../../src/mapping/dates.js';

/** Whatever may stand between day and month: every sign of ASCII that is no letter, and signs that need two units. */
const ASCII = Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at)).filter(
  (sign) => !/[A-Z]/i.test(sign),
);
const BETWEEN = [...ASCII, '年', '😀', '\\d', '.*', ''];

describe('the form of a date', () => {
  for (const sign of BETWEEN)
    it(`may hold ${JSON.stringify(sign)}, which stands for itself`, () => {
      const picture = dayPicture(`DD${sign}MM${sign}YYYY`);
      assert.equal(picture?.write('1990-05-04'), `04${sign}05${sign}1990`);
      assert.equal(picture.read(`04${sign}05${sign}1990`), '1990-05-04');
      if (sign !== '') assert.equal(picture.read('04x~05x~1990'), undefined);
    });

  it('is no longer than 64 characters, and holds each part once', () => {
    const long = (length: number): string => `DD/MM/YYYY${'.'.repeat(length - 10)}`;
    assert.notEqual(dayPicture(long(64)), undefined);
    for (const picture of [long(65), '', 'dd/mm/yyyy', 'DD/DD/YYYY', 'YYYY-YYYY'])
      assert.equal(dayPicture(picture), undefined, picture);
  });

  const read: [string, string, string | undefined][] = [
    ['DD/MM/YYYY', '4/5/1990', '1990-05-04'],
    ['DD/MM/YYYY', '31/02/1990', undefined],
    ['DD/MM/YYYY', '004/5/1990', undefined],
    ['DD/MM/YYYY', '4/5/90', undefined],
    ['DD/MM/YYYY', 'x4/5/1990', undefined],
    ['DD/MM/YYYY', '4/5/1990x', undefined],
    ['DD/YYYY', '04/1990', undefined],
    ['DDD/MM/YYYY', '4D/5/1990', '1990-05-04'],
  ];
  for (const [picture, text, day] of read)
    it(`${picture} reads ${text} as ${String(day)}`, () => {
      const form = dayPicture(picture);
      assert.deepEqual([form?.read(text), form?.isWhole], [day, picture !== 'DD/YYYY']);
    });

  it('with hyphens is read and written, written out or in a column', () => {
    assert.equal(compileExpression("date(born, 'DD-MM-YYYY')").evaluate({ born: '04-05-1990' }), '1990-05-04');
    assert.equal(
      compileExpression('date(born, form)').evaluate({ born: '04-05-1990', form: 'DD-MM-YYYY' }),
      '1990-05-04',
    );
    assert.equal(compileExpression("formatDate(born, 'DD-MM-YYYY')").evaluate({ born: '1990-05-04' }), '04-05-1990');
  });
});
