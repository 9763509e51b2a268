import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  columnExpression,
  columnOperand,
  compileExpression,
  ExpressionFailure,
  ExpressionSyntaxError,
} from '../../../src/mapping/expression.js';
import { Budget, type ValueType } from '../../../src/mapping/expression-value.js';
import type { HaloValue } from '../../../src/mapping/types.js';
import type { FeedRow } from '../../../src/seatgeek/types.js';

const ROW: FeedRow = {
  first_name: ' Ada ',
  last_name: 'Byron',
  nick: null,
  points: 12,
  vip: true,
  tags: ['a', 'b'],
  extra: { tier: 'Gold', seats: [{ row: 'A' }] },
  blank: '  ',
  phone: '+1 (617) 555-0100',
  born: '1990-05-04',
  seen: '2026-11-23 14:15:02+00',
  american: '5/4/1990',
  large: '12345678901234567890',
  'Loyalty Tier': 'silver',
  'loyalty-tier': 'bronze',
  import: 'yes',
  package: 'season',
  count: ' 12 ',
  decimal: '12.5',
  none: false,
  form: 'DD.MM.YYYY',
  short: 'DD/YYYY',
  twice: 'DD/DD/YYYY',
  german: ' 04.05.1990 ',
};

function evaluate(source: string, row: FeedRow = ROW): HaloValue {
  return compileExpression(source).evaluate(row);
}

function problemOf(source: string, types: Readonly<Record<string, ValueType>> = {}): string {
  try {
    compileExpression(source, new Map(Object.entries(types)));
  } catch (error) {
    if (error instanceof ExpressionSyntaxError) return `${error.line}:${error.column} ${error.message}`;
    throw error;
  }
  throw new Error(`${source} was taken`);
}

describe('an expression', () => {
  const values: [string, HaloValue][] = [
    ['first_name', 'Ada'],
    ['"last_name"', 'Byron'],
    ['"Loyalty Tier"', 'silver'],
    ['"loyalty-tier"', 'bronze'],
    ["row['Loyalty Tier'] + '!'", 'silver!'],
    ['row.last_name', 'Byron'],
    ['package', 'season'],
    ['import', 'yes'],
    ['nick', null],
    ['absent', null],
    ['blank', null],
    ['points', 12],
    ['vip', true],
    ['', null],
    ["'Gold'", 'Gold'],
    ["last_name + ', ' + first_name.trim()", 'Byron, Ada'],
    ["nick + ' ' + last_name", 'Byron'],
    ["last_name + ' #' + points", 'Byron #12'],
    ['points + points', 24],
    ['points + nick', null],
    ['nick + absent', null],
    ["nick == '' ? 'none' : nick", 'none'],
    ["nick == null && absent == '' && blank.trim() == null", true],
    ["nick != ''", false],
    ["join([nick, last_name, blank], ', ')", 'Byron'],
    ["join([state, country], ', ')", null],
    ["[first_name, last_name].join(' ')", 'Ada Byron'],
    ['first([nick, blank, last_name, first_name])', 'Byron'],
    ['first([nick, points])', 12],
    ['points * 2 - 4 / 8 % 3', 23.5],
    ['-points', -12],
    ['last_name.upper()', 'BYRON'],
    ["'ÉLAN'.lowerAscii() + 'élan'.upper()", 'ÉlanÉLAN'],
    ["size(tags) == 2 ? 'two' : 'other'", 'two'],
    ["'b' in tags", true],
    ["last_name in ['Ada', 'Byron']", true],
    ['tags[1]', 'b'],
    ['tags[7]', null],
    ["last_name.split('y')[0]", 'B'],
    ["last_name.replace('yro', 'o').substring(1)", 'on'],
    ['last_name.substring(2, 99) + last_name.charAt(99)', 'ron'],
    ["phone.startsWith('+') && !phone.endsWith('9') && phone.contains('617')", true],
    ["phone.indexOf('(')", 3],
    ['digits(phone)', '16175550100'],
    ['digits(points)', '12'],
    ["last_name.matches('^B.*n$')", true],
    ["matches(last_name, '(?i)^byr')", true],
    ['points >= 12 && points < 13', true],
    ["last_name > 'Byro'", true],
    ['nick >= 18 || nick < 18', false],
    ["vip ? 'VIP' : ''", 'VIP'],
    ["nick ? 'VIP' : 'no'", 'no'],
    ['extra.tier', 'Gold'],
    ["extra['tier']", 'Gold'],
    ['extra.seats[0].row', 'A'],
    ['extra.toString', null],
    ['nick.anything', null],
    ['constructor', null],
    ['toString', null],
    ['__proto__', null],
    ["row['__proto__']", null],
    ['number(nick)', null],
    ["int(' ')", null],
    ["double('12.50')", 12.5],
    ["int('-3.9')", -3],
    ['number(large) > 1', true],
    ['large', '12345678901234567890'],
    ['string(points) + "%"', '12%'],
    ["bool('yes')", true],
    ['bool(nick)', false],
    ['born', '1990-05-04'],
    ['date(born)', '1990-05-04'],
    ['date(seen)', '2026-11-23'],
    ["date(american, 'MM/DD/YYYY')", '1990-05-04'],
    ["date(nick, 'MM/DD/YYYY')", null],
    ["formatDate(born, 'DD.MM.YYYY')", '04.05.1990'],
    ["formatDate(seen, 'YYYY')", '2026'],
    ['formatDate(nick, "YYYY")', null],
    ['timestamp(0)', '1970-01-01T00:00:00.000Z'],
    ['timestamp(seen)', '2026-11-23T14:15:02.000Z'],
    ['timestamp(nick)', null],
    ["size('añ👍')", 3],
    ['// a note\n last_name', 'Byron'],
    ['  ', null],
    [' last_name ', 'Byron'],
    ['"import" + last_name', 'importByron'],
    ['true', true],
    ['false', false],
    ['null', null],
    ["true ? 'a' : 'b'", 'a'],
    ['tags[nick]', null],
    ['last_name[nick]', null],
    ['nick[0]', null],
    ["'a' in nick", false],
    ["join(nick, ',')", null],
    ['join([last_name, nick, points])', 'Byron12'],
    ["last_name.replace(nick, 'x')", 'Byron'],
    ["last_name.endsWith('ron') && !last_name.endsWith('Byr')", true],
    ["'élan'.upperAscii()", 'éLAN'],
    ["'ÉLAN'.lower()", 'élan'],
    ["'anna'.lastIndexOf('n')", 2],
    ["matches(last_name, 'B') && last_name.matches('y') && !last_name.matches('x')", true],
    ["vip + '!'", 'true!'],
    ['last_name + points', 'Byron12'],
    ['points + last_name', '12Byron'],
    ["(vip ? points : last_name) + 'x'", '12x'],
    ["(none ? 1 : last_name) + 'x'", 'Byronx'],
    ["(vip ? last_name : 1) + 'x'", 'Byronx'],
    ['-nick', null],
    ['nick - points', null],
    ['points - nick', null],
    ['vip && nick', false],
    ['nick && vip', false],
    ['vip && vip', true],
    ['vip || nick', true],
    ['nick || vip', true],
    ['nick || none', false],
    ['none && last_name > 1', false],
    ['vip || last_name > 1', true],
    ["blank ? 'x' : 'no'", 'no'],
    ["'  Yes  ' == '' ? 'blank' : 'text'", 'text'],
    ["bool('          yes          ')", true],
    ['points == count && count == points', true],
    ['points == decimal || points == last_name || last_name == points || vip == count', false],
    ['nick == points || points == nick', false],
    ['decimal > count && count > decimal', false],
    ['count <= points && decimal > points && points >= count', true],
    ["last_name < 'Byron' || last_name > 'Byron' || last_name > 'C' || 'A' > last_name", false],
    ["last_name <= 'Byron' && last_name >= 'Byron' && last_name < 'C' && last_name > 'A'", true],
    ['nick < 1 || nick > 1 || nick <= 1 || nick >= 1 || 1 > nick || nick <= nick', false],
    ['timestamp(1800000000)', '2027-01-15T08:00:00.000Z'],
    ['timestamp(253402300799)', '9999-12-31T23:59:59.000Z'],
    ["timestamp(' 2026-11-23 ')", '2026-11-23'],
    ["date(' 1990-05-04 ') + date('  ')", '1990-05-04'],
    ['date(german, form)', '1990-05-04'],
    ["formatDate('  ', form) + formatDate(' 1990-05-04 ', form)", '04.05.1990'],
    ['formatDate(seen, form)', '23.11.2026'],
  ];
  for (const [source, value] of values) {
    it(`answers ${JSON.stringify(value)} for ${source || 'nothing'}`, () => assert.equal(evaluate(source), value));
  }

  it('leaves control characters out, keeps what is between the lines, and trims', () => {
    assert.equal(evaluate('a', { a: '\u0000 Ada\u0000\u0007\nByron\u009f\t' }), 'Ada\nByron');
    assert.equal(evaluate("a + 'x'", { a: '\u0000' }), 'x');
  });

  for (const absent of [null, undefined, ''])
    it(`takes ${absent === '' ? 'an empty text' : String(absent)} for blank`, () => {
      const of = (source: string): HaloValue => evaluate(source, { a: absent, n: 1 });
      const sources = ['a', "a + ''", 'a + n', 'n - a', 'a.trim()', 'number(a)', 'a[0]', 'a.b', 'first([a])'];
      for (const source of sources) assert.equal(of(source), source === 'a + n' && absent === '' ? '1' : null, source);
      assert.equal(of("a == '' && a == null && !a && !(n in a)"), true);
      assert.equal(of("join([a, 'x'], '-') + a"), 'x');
    });

  it('looks up a column named constructor when the row has one', () => {
    assert.equal(evaluate('constructor', { constructor: 'Lotus' }), 'Lotus');
  });

  const failing: [string, ExpressionFailure['kind']][] = [
    ['tags', 'not-scalar'],
    ['extra', 'not-scalar'],
    ["last_name.split('y')", 'not-scalar'],
    ['extra + last_name', 'not-scalar'],
    ['number(last_name)', 'failed'],
    ['last_name * 2', 'failed'],
    ['points / 0', 'failed'],
    ['points > last_name', 'failed'],
    ["last_name ? 'a' : 'b'", 'failed'],
    ['last_name[0]', 'failed'],
    ['last_name.first', 'failed'],
    ['date(last_name)', 'failed'],
    ["date('31/02/2026', 'DD/MM/YYYY')", 'failed'],
    ['timestamp(9e99)', 'failed'],
    ['timestamp(253402300800)', 'failed'],
    ['timestamp(-62167219201)', 'failed'],
    ['last_name > points', 'failed'],
    ['extra * 2', 'not-scalar'],
    ['number(vip)', 'failed'],
    ["number('12a')", 'failed'],
    ["number('a12')", 'failed'],
    ['extra ? 1 : 2', 'not-scalar'],
    ["join(last_name, ',')", 'failed'],
    ['formatDate(born, twice)', 'failed'],
    ['formatDate(born, absent)', 'failed'],
    ['date(born, short)', 'failed'],
    ['date(born, last_name)', 'failed'],
  ];
  for (const [source, kind] of failing) {
    it(`fails as ${kind} for ${source}, without the row's values`, () => {
      assert.throws(
        () => evaluate(source),
        (error: unknown) =>
          error instanceof ExpressionFailure && error.kind === kind && !/Byron|Gold/.test(error.message),
      );
    });
  }

  it('says what a date should have been', () => {
    assert.throws(() => evaluate('date(last_name)'), /is no date like 2026-11-23/);
    for (const source of ['date(born, form)', 'date(born, last_name)', "date(born, 'DD.MM.YYYY')"])
      assert.throws(() => evaluate(source), /a date is not of the form that is given/);
    assert.throws(() => evaluate('formatDate(born, last_name)'), /the form of a date is written like/);
  });

  const x = (length: number): string => 'x'.repeat(length);
  const commas = (pieces: number): string => ','.repeat(pieces - 1);
  const limits: [string, FeedRow, FeedRow][] = [
    ['a', { a: x(100_000) }, { a: x(100_001) }],
    ['a.trim()', { a: x(100_000) }, { a: x(100_001) }],
    ['a + b', { a: x(50_000), b: x(50_000) }, { a: x(50_000), b: x(50_001) }],
    ['join([a, b])', { a: x(50_000), b: x(50_000) }, { a: x(50_000), b: x(50_001) }],
    ['join([a, b], c)', { a: 'x', b: 'y', c: x(49_999) }, { a: 'x', b: 'y', c: x(50_000) }],
    ['size(a)', { a: x(100_000) }, { a: x(100_001) }],
    ['size(a + b)', { a: x(50_000), b: x(50_000) }, { a: x(50_000), b: x(50_001) }],
    ["a.split(',')[0]", { a: commas(1_000) }, { a: commas(1_001) }],
    ['a.upper()', { a: 'ß'.repeat(50_000) }, { a: 'ß'.repeat(50_001) }],
    ['size(a + b) + size(a) + size(b)', { a: x(50_000), b: x(50_000) }, { a: x(90_000), b: x(90_000) }],
  ];
  for (const [source, most, beyond] of limits)
    it(`bounds how long the texts of ${source} are`, () => {
      assert.doesNotThrow(() => evaluate(source, most));
      assert.throws(
        () => evaluate(source, beyond),
        (error) => error instanceof ExpressionFailure && error.kind === 'too-costly',
      );
    });

  const numbers: [string, number | null][] = [
    ['.55', 0.55],
    ['1.', 1],
    ['+5', 5],
    ['1e3', 1_000],
    ['1.5E+10', 1.5e10],
    ['1e-100', 1e-100],
    ...['x5', '5x', '.', '.x', '1e', '1ex', '1e1000', '0x10', '1_000', 'Infinity', '- 1'].map(
      (text): [string, null] => [text, null],
    ),
  ];
  for (const [text, number] of numbers)
    it(`takes the text ${text} for ${number === null ? 'no number' : String(number)}`, () => {
      if (number === null) assert.throws(() => evaluate('number(a)', { a: text }), ExpressionFailure);
      else assert.equal(evaluate('number(a)', { a: text }), number);
    });

  it('may spend what its budget holds, to the last', () => {
    const budget = new Budget(3);
    budget.spend(3);
    assert.throws(() => budget.spend(1), ExpressionFailure);
    assert.throws(() => compileExpression("a + 'x'").evaluate({ a: 'four' }, new Budget(3)), ExpressionFailure);
  });

  it('may be so long, hold so many patterns, and each so large', () => {
    const texts = (length: number): string => `'${x(length - 2)}'`;
    const pattern = (length: number): string => `a.matches('${'x'.repeat(length)}')`;
    const patterns = (count: number): string => Array.from({ length: count }, () => "a.matches('x')").join(' || ');
    for (const source of [texts(2_000), pattern(200), patterns(3), 'a.trim() + a.trim() + a.trim() + a.trim()'])
      assert.doesNotThrow(() => compileExpression(source));
    assert.equal(problemOf(texts(2_001)), '1:1 it is longer than 2000 characters');
    assert.equal(problemOf(pattern(201)), '1:11 the pattern is longer than 200 characters');
    assert.equal(problemOf(patterns(4)), '1:55 more than 3 patterns in one expression; join them by |');
  });

  const broken: [string, string][] = [
    ['first_name +', '1:13 unexpected token: the end'],
    ['a b', '1:3 unexpected character'],
    ['upper(a)', '1:1 write text.upper(), not upper(text)'],
    ['a.digits()', '1:1 write digits(value), not value.digits()'],
    ["concat(a, 'x')", "1:1 there is no concat(): write a + ' ' + b, or join([a, b], ' ')"],
    ['now()', '1:1 there is no now(): every run must map the same row to the same value'],
    ['has(a.b)', "1:1 there is no has(): a missing column is blank, so write column != ''"],
    ["a.\n  startWith('x')", '1:1 there is no function startWith; did you mean startsWith?'],
    ["'x' + 1", "1:7 + can't add a text to a number; write string(number)"],
    ['true + 1', "1:8 + can't add true or false"],
    ["b +\n  ('x' == 1)", '2:11 a text is never equal to a number'],
    ['a < [1]', "1:5 < can't compare a list"],
    ["'b' in 'abc'", '1:8 in needs a list; write text.contains(part)'],
    ["true ? 1 : 'x'", '1:1 one side of : is a number, the other a text'],
    ["'a' ? 1 : 2", '1:1 ? needs true or false and gets a text'],
    ['join(a.split(","), 5)', '1:20 join needs a text and gets a number; write string(value)'],
    ['join()', '1:1 join needs a list and perhaps a text'],
    ["a.trim('x')", '1:1 trim needs nothing between its brackets'],
    ['a.matches(b)', '1:11 the pattern must be a text in quotes'],
    ["a.matches('(?=x)')", '1:11 the pattern is not one of RE2 (no look-around, no back references)'],
    ["date(a, 'dd/mm')", "1:9 the form of a date is written like 'DD/MM/YYYY'"],
    ["date(a, 'YYYY')", "1:9 the form of a date is written like 'DD/MM/YYYY'"],
    ["{'a': b}", '1:1 only texts, numbers, true, false, null and lists can be written out'],
    ["b'abc' == a", '1:1 write a large number as a text in quotes; bytes and unsigned numbers are not available'],
    [
      '12345678901234567890',
      '1:1 write a large number as a text in quotes; bytes and unsigned numbers are not available',
    ],
    ['row[a]', '1:1 row[…] needs the name of a column in quotes'],
    ["a + 'secret", '1:5 a text is not closed'],
    ['(a', '1:3 expected rparen, got the end'],
    ["'row'.x", '1:1 a text has no members'],
    ['a.matches(null)', '1:11 the pattern must be a text in quotes'],
    ['frobnicate(a)', '1:1 there is no function frobnicate'],
    ['a.frobnicate()', '1:1 there is no function frobnicate'],
    ['sk_live_51H8xYz51H8xYz(a)', '1:1 there is no such function'],
    ["formatDate(a, 'dd/mm')", "1:15 the form of a date is written like 'DD/MM/YYYY'"],
    ["formatDate(a, 'DD/DD')", "1:15 the form of a date is written like 'DD/MM/YYYY'"],
    ["(a ? 1 : 2) + 'x'", "1:15 + can't add a number to a text; write string(number)"],
    ["(a + 'x') * 2", '1:2 * needs a number and gets a text; write number(text)'],
    ["('x' + a) * 2", '1:2 * needs a number and gets a text; write number(text)'],
    ['\n(1 < 2) * 2', '2:2 * needs a number and gets true or false; write number(text)'],
    ["'&' +", '1:6 unexpected token: the end'],
  ];
  for (const [source, problem] of broken) {
    it(`is refused for ${JSON.stringify(source)}, with line and column`, () =>
      assert.equal(problemOf(source), problem));
  }

  const types = { name: 'text', points: 'number', vip: 'bool' } as const;
  const mistyped: [string, string][] = [
    ['name >= 18', "1:9 >= can't compare a text with a number; write number(text)"],
    ["points + ' points'", "1:10 + can't add a number to a text; write string(number)"],
    ['name * 2', '1:1 * needs a number and gets a text; write number(text)'],
    ['digits(points)', '1:8 digits needs a text and gets a number; write string(value)'],
    ["vip == 'yes'", '1:8 true or false is never equal to a text'],
    ['!name', '1:2 ! needs true or false and gets a text'],
    ['name.first', '1:1 a text has no members'],
    ['name[0]', '1:1 […] needs a list and gets a text'],
  ];
  for (const [source, problem] of mistyped) {
    it(`is refused for ${source} where the feed tells the types of its columns`, () => {
      assert.equal(problemOf(source, types), problem);
    });
  }

  const typed: [string, HaloValue][] = [
    ['points + code', '12x'],
    ['code + points', 'x12'],
    ['name + points_too', '5'],
    ['points_too + name', '5'],
  ];
  for (const [source, value] of typed)
    it(`knows by one type that ${source} is a text`, () => {
      const sum = compileExpression(source, new Map(Object.entries(types)));
      assert.equal(sum.evaluate({ points: 12, code: 'x', name: null, points_too: 5 }), value);
    });

  it('takes a number that the feed sends as text for one', () => {
    const sum = compileExpression(
      'points + bonus',
      new Map<string, ValueType>([
        ['points', 'number'],
        ['bonus', 'number'],
      ]),
    );
    assert.equal(sum.evaluate({ points: '40', bonus: 2 }), 42);
  });

  const columns: [string, string[]][] = [
    ['first_name', ['first_name']],
    ['"user"', ['user']],
    ["'constant'", []],
    ['', []],
    ["first_name + ' ' + last_name", ['first_name', 'last_name']],
    ["join([state, country], ', ')", ['state', 'country']],
    ['a ? b : c', ['a', 'b', 'c']],
    ['a.b.c', ['a']],
    ["row.a + row['b c']", ['a', 'b c']],
    ['a + a', ['a']],
    ['a in [b]', ['a', 'b']],
    ['a.substring(0, 1)', ['a']],
  ];
  for (const [source, names] of columns) {
    it(`names the columns of ${source}`, () => assert.deepEqual(compileExpression(source).columns, names));
  }

  const written: [string, string, string][] = [
    ['id', 'id', 'id'],
    ['import', 'import', 'row["import"]'],
    ['row', 'row', 'row["row"]'],
    ['true', '"true"', 'row["true"]'],
    ['Loyalty Tier', '"Loyalty Tier"', 'row["Loyalty Tier"]'],
    ['a"b', String.raw`row["a\"b"]`, String.raw`row["a\"b"]`],
    [String.raw`a\b`, String.raw`row["a\\b"]`, String.raw`row["a\\b"]`],
  ];
  for (const [column, alone, operand] of written)
    it(`reads the column ${column} as it is written for the file: ${alone}`, () => {
      assert.deepEqual([columnExpression(column), columnOperand(column)], [alone, operand]);
      for (const source of [alone, `${operand} + ''`]) {
        const expression = compileExpression(source);
        assert.deepEqual([expression.columns, expression.evaluate({ [column]: 'v' })], [[column], 'v']);
      }
    });

  it('throws nothing but its own errors, whatever the source and the row', () => {
    const token = fc.constantFrom(
      ...[
        'a',
        'b',
        'row',
        '+',
        '(',
        ')',
        '[',
        ']',
        '.',
        "'x'",
        '1',
        'size',
        'join',
        '{',
        '}',
        ':',
        '?',
        '*',
        '==',
        '<',
      ],
      ...['in', '&&', '||', '!', '-', '%', '.split(', '.matches(', 'date(', 'timestamp(', ',', 'null', 'true'],
    );
    const source = fc.oneof(
      fc.string({ maxLength: 30 }),
      fc.array(token, { maxLength: 9 }).map((tokens) => tokens.join(' ')),
    );
    fc.assert(
      fc.property(source, fc.dictionary(fc.constantFrom('a', 'b'), fc.jsonValue()), (text, row) => {
        try {
          const value = evaluate(text, row);
          assert.ok(value === null || ['string', 'number', 'boolean'].includes(typeof value));
        } catch (error) {
          assert.ok(error instanceof ExpressionFailure || error instanceof ExpressionSyntaxError, String(error));
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('an expression in JSONata', () => {
  const shown: [string, string][] = [
    ["first_name & ' ' & last_name", "first_name + ' ' + last_name"],
    ["$join([state, country], ', ')", "join([state, country], ', ')"],
    ['$lowercase(email)', 'email.lower()'],
    ["tier = 'Gold' and $trim(city) = 'Rome' ? 1 : 2", "tier == 'Gold' && city.trim() == 'Rome' ? 1 : 2"],
    ['`Loyalty Tier` & first_name', 'row["Loyalty Tier"] + first_name'],
    ['$number(points)', 'number(points)'],
    ['$uppercase(email) & $trim(city)', 'email.upper() + city.trim()'],
    ['$not(a)', '!(a)'],
    ["a & '12345678'", "a + '12345678'"],
    ['"a" = "$"', '"a" == "$"'],
  ];
  for (const [source, cel] of shown) {
    it(`is shown in CEL: ${source}`, () => {
      assert.match(problemOf(source), /^\d+:\d+ this is JSONata, and expressions are CEL: write /);
      assert.ok(problemOf(source).endsWith(`write ${cel}`), problemOf(source));
    });
  }

  for (const source of [
    '$exists(a) or $exists(b) ? a : b',
    'a ~> $trim',
    '($f := function($n){ $f($n + 1) }; $f(0))',
    "a & '123456789'",
    'a & sk_live_51H8xYz51H8xYz',
    'a & b {',
    '$string(a, b)',
    '$trim(a.b)',
    '$trim(5)',
    '{"a": $lowercase(b)}',
    '{"a": 1} ~> f',
    "a & 'a text that is far too long to be repeated'",
    'a & 5f3c8a4e7b1d49d2a6c0',
    '$error(email)',
    '$pad("",200000000)',
  ]) {
    it(`is named where it is not simple: ${source}`, () => {
      assert.match(problemOf(source), /^\d+:\d+ this is JSONata, and expressions are CEL$/);
    });
  }
});
