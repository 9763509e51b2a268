/** What an expression may try: to stop, to end or to fill the worker, or to see what is not its row. Each is refused or ends at once. */
import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  Budget,
  ExpressionFailure,
  compileExpression,
  ExpressionSyntaxError,
} from '../../../src/mapping/expression.js';
import { createMapper } from '../../../src/mapping/mapper.js';
import type { FeedRow } from '../../../src/seatgeek/types.js';
import {
  connectionMapping,
  connectionWith,
  mapOne,
  pageOf,
  rejectOne,
  valuesOf,
  type Users,
} from './sample-connection.js';

/** What users are promised; CPU time, so that a busy machine does not count. */
const MAX_MS = 50;

const LONG = 'a'.repeat(99_000);
const ROW: FeedRow = {
  id: 'p1',
  first_name: 'Ada',
  email: 'ada@secret.example',
  long: LONG,
  tooLong: 'a'.repeat(5_000_000),
  emails: Array.from({ length: 900 }, (_, n) => `${n}@secret.example`),
  huge: Array.from({ length: 500_000 }, (_, n) => n),
  deep: JSON.parse(`${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`) as unknown,
  digits: '9'.repeat(99_000),
  blanks: ' '.repeat(99_000),
};

const IN_JSONATA = [
  '(function($f){ {"then": $f} })(function($x){ $error(email) })',
  '$pad("",200000000)',
  "$contains(id & 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', /^(a|.)(a|.)(a|.)(a|.)*!$/)",
  "$toMillis(email, '[Y][M][D][[[[')",
  '($f := function($n){ $f($n + 1) }; $f(0))',
  '$error(email)',
  '$ ~> | $ | {"email": "x"} |',
  '$eval(email)',
  '$map([1..10000000], function($v){ $v })',
  '$sum($map([1..9000], function($v){ $sum([1..$v]) }))',
];

const THROUGH_LISTS = [
  'emails.map(a, emails.map(b, a + b))',
  'emails.all(a, emails.exists(b, a == b))',
  'emails.filter(a, a.matches("a"))',
  'emails.exists_one(a, true)',
  'cel.bind(a, long + long, a + a)',
  '[1,2].map(a, [1,2].map(b, [1,2].map(c, [1,2].map(d, d))))',
];

const PATTERNS = [
  "long.matches('(a|a)*$!')",
  "long.matches('^(a+)+$!')",
  "long.matches('(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)!')",
  "long.matches('(a{1000}){1000}')",
  "long.matches('a{1000}a{1000}!')",
  "long.matches('((((((((((a?){9}){9}){9}){9}){9}){9}){9}){9}){9}){9}')",
  "long.matches('(?<=a)b')",
  "long.matches('(a)\\\\1')",
  'long.matches(long)',
  "long.matches('\\\\pL*\\\\pN*!')",
  `long.matches('${'a?'.repeat(90)}${'a'.repeat(19)}!')`,
];

const LARGE = [
  'a' + ' + a'.repeat(400),
  ['long', ...Array.from({ length: 140 }, () => 'long')].join(' + '),
  'long.replace("a", long)',
  `long${'.replace("a", "aa")'.repeat(29)}`,
  `'ab'${'.replace("b", "bbbbbbbbbbbbbbbbbbbb")'.repeat(29)}`,
  `join([${Array.from({ length: 50 }, () => 'long').join(', ')}], long)`,
  "long.split('')",
  `${'size('.repeat(25)}long.split("")${')'.repeat(25)}`,
  'huge[499999] + huge[0]',
  '5 in huge',
  'size(huge) > 1 && huge == huge',
  'join(emails, email)',
  `long.upper()${'.lower().upper()'.repeat(14)}`,
  'size(long) + size(long) + size(long) + size(long) + size(long)',
  'digits(digits(digits(long))) + digits(long) + digits(long)',
  'tooLong',
  'tooLong.trim() + tooLong',
  `deep${'.a'.repeat(30)}`,
  `deep${'.a'.repeat(900)}`,
  '('.repeat(900) + 'a' + ')'.repeat(900),
  '!'.repeat(1_900) + 'a',
  '-'.repeat(1_900) + '1',
  `${'['.repeat(900)}1${']'.repeat(900)}`,
  `${'a ? '.repeat(400)}b${' : c'.repeat(400)}`,
  `'${'x'.repeat(3_000)}'`,
  `[${'1,'.repeat(900)}1]`,
  `size(${'1,'.repeat(60)}1)`,
  `${'{"a":'.repeat(200)}1${'}'.repeat(200)}`,
  'digits.contains(digits) && digits.indexOf(digits) == 0 && number(digits) > 0',
  'number(digits)',
  'int(digits + digits)',
  'date(digits)',
  'date(blanks, blanks)',
  `formatDate('2026-01-01', long)`,
  `formatDate('2026-01-01', '${'YYYY'.repeat(100)}')`,
  `date(long, '${'.*'.repeat(30)}YYYYMMDD')`,
  'timestamp(1e300)',
  'timestamp(digits)',
  'blanks.trim().split(blanks)',
  'first([blanks, blanks, blanks, blanks, long])',
  '1 / 0',
  '0 / 0',
  '1e308 * 1e308',
  '"\\u0000"',
  '"\\uD800"',
  '"\\U00110000"',
];

const SPYING = [
  'constructor.constructor("return process")()',
  "row['constructor']['constructor']",
  'id.constructor.prototype',
  'emails.__proto__',
  'deep.__proto__.polluted',
  '__proto__',
  'this',
  'globalThis.process.env',
  'process.env.HOME',
  "row['__proto__']['toString']",
  'google.protobuf.Timestamp',
  'type(email)',
  'dyn(email)',
  'cel',
  'bytes(email)',
  "b'abc'.json()",
  "duration('1h')",
  'optional.of(email)',
  'email.toString()',
  'fetch(email)',
  'require("fs")',
  'import("fs")',
  '${email}',
  'email;email',
  '/* */ email /*',
];

type Ended = 'refused' | 'failed' | 'answered';

function end(source: string): { ended: Ended; text: string } {
  try {
    const value = compileExpression(source).evaluate(ROW);
    return { ended: 'answered', text: String(value) };
  } catch (error) {
    if (error instanceof ExpressionSyntaxError) return { ended: 'refused', text: error.message };
    if (error instanceof ExpressionFailure) return { ended: 'failed', text: error.message };
    throw error;
  }
}

function cpuMs(work: () => unknown): number {
  const began = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1_000;
}

/** The least of three: what a collection of garbage or a first compilation adds is not the expression's. */
function leastMs(work: () => unknown): number {
  return Math.min(...[1, 2, 3].map(() => cpuMs(work)));
}

const shown = (source: string): string => (source.length > 70 ? `${source.slice(0, 70)}…` : source);

describe('a hostile expression', () => {
  for (const source of IN_JSONATA) {
    it(`is refused before any row is seen: ${shown(source)}`, () => assert.equal(end(source).ended, 'refused'));
  }

  for (const source of THROUGH_LISTS) {
    it(`goes through no list: ${shown(source)}`, () => assert.equal(end(source).ended, 'refused'));
  }

  for (const source of [...IN_JSONATA, ...THROUGH_LISTS, ...PATTERNS, ...LARGE, ...SPYING]) {
    it(`ends within ${MAX_MS} ms, and says nothing of the row: ${shown(source)}`, () => {
      const { ended, text } = end(source);
      if (ended !== 'answered') assert.doesNotMatch(text, /secret|aaaa|Ada/);
      const ms = leastMs(() => end(source));
      assert.ok(ms < MAX_MS, `${ms} ms, ${ended}`);
    });
  }

  for (const source of SPYING) {
    it(`sees nothing but its row: ${shown(source)}`, () => {
      const { ended, text } = end(source);
      assert.ok(ended !== 'answered' || text === 'null', text);
    });
  }

  describe('that searches', () => {
    const HALF = 'a'.repeat(45_000);
    const row = { long: LONG, end: `${HALF}b`, middle: `${'a'.repeat(300)}b${HALF}`, wide: 'é€'.repeat(49_000) };
    /** With what all expressions of a person may spend together. */
    const found = (from: string, more: FeedRow = {}): unknown =>
      compileExpression(from).evaluate({ ...row, ...more }, new Budget(1_000_000));

    for (const from of [
      'long.contains(middle)',
      'long.indexOf(middle)',
      'long.lastIndexOf(end)',
      "size(long.replace(middle, 'x'))",
      'size(long.split(middle))',
      'wide.contains(wide.substring(1, 40000) + end)',
    ])
      it(`looks for no long part that fits nearly everywhere: ${from}`, () => {
        assert.throws(() => found(from), { name: 'ExpressionFailure', kind: 'too-costly' });
      });

    it('looks for shorter parts, and for long ones where that goes through few characters', () => {
      const ten = { part: 'aaaaaaaaab' };
      for (const [from, answer] of [
        ['long.contains(part)', false],
        ['long.indexOf(part)', -1],
        ['long.lastIndexOf(part)', -1],
        ["size(long.replace(part, 'x'))", LONG.length],
        ['size(long.split(part))', 1],
      ] as const)
        assert.equal(found(from, ten), answer, from);
      assert.equal(found('long.contains(part)', { part: `${'a'.repeat(250)}b` }), false);
      assert.equal(found('long.startsWith(middle) || long.endsWith(end)'), false);
      assert.equal(found('middle.contains(long) || long.contains(long)'), true);
      assert.equal(found('"jane@x.example".contains(long)'), false);
    });
  });

  it('fills no memory', () => {
    const before = process.memoryUsage().heapUsed;
    for (const source of [...LARGE, ...PATTERNS]) for (let turn = 0; turn < 3; turn += 1) end(source);
    assert.ok(process.memoryUsage().heapUsed - before < 200_000_000);
    assert.ok(LARGE.every((source) => end(source).text.length <= 100_000));
  });

  it('changes nothing for another connection, nor for the process', async () => {
    const other = createMapper(
      connectionMapping({ from: "email.upper() + '|' + join([id, first_name], '-')", to: 'notes' }),
    );
    const map = async (): Promise<unknown> => (await other.mapPage(pageOf(ROW))).people.map(valuesOf);
    const before = await map();
    const builtIns = JSON.stringify([
      Object.getOwnPropertyNames(Object.prototype),
      Object.getOwnPropertyNames(Array.prototype),
    ]);
    for (const source of [...IN_JSONATA, ...THROUGH_LISTS, ...PATTERNS, ...LARGE, ...SPYING]) end(source);
    assert.deepEqual(await map(), before);
    assert.deepEqual(before, [{ name: 'Ada', notes: 'ADA@SECRET.EXAMPLE|p1-Ada' }]);
    assert.equal(
      JSON.stringify([Object.getOwnPropertyNames(Object.prototype), Object.getOwnPropertyNames(Array.prototype)]),
      builtIns,
    );
  });

  it('fills no memory together with others', async () => {
    const large = `'${'a'.repeat(900)}'.replace('a', '${'b'.repeat(100)}')`;
    const mapper = createMapper(
      connectionMapping(...Array.from({ length: 190 }, (_, n) => ({ from: large, to: `CFField${n}` }))),
    );
    const { people, rejected } = await mapper.mapPage(pageOf({ id: 'p1', first_name: 'Ada', long: LONG }));
    assert.deepEqual([people, rejected.map(({ code }) => code)], [[], ['value-unusable']]);
  });

  describe('with values that wait for the others of the page', () => {
    const LONG_EUROS = `(id + '${'a'.repeat(900)}').replace('a', '${'€'.repeat(100)}')`;
    /** `count` fields with the same. */
    const copies = (from: string, count: number): Users => ({
      fieldMappings: Array.from({ length: count }, (_, n) => ({ from, to: n === 0 ? 'name' : `CFField${n}` })),
    });
    const refuse = async (users: Users, row: FeedRow): Promise<void> => {
      const { code, message } = await rejectOne(connectionWith(users), row);
      assert.equal(code, 'value-unusable');
      assert.equal(
        message,
        'the mapped values hold more than 10000 characters and twice the text of the row; map shorter texts',
      );
    };

    it('makes none that are far longer than the row', async () => {
      await refuse(copies(LONG_EUROS, 1), {});
      await refuse(copies("first_name.replace('a', 'aaaaaaaaaaaaaaaaaaaa')", 1), { first_name: 'a'.repeat(900) });
      const line1 = "city.replace('a', 'aaaaaaaaaaaaaaaaaaaa')";
      await refuse({ importPrimaryAddress: true, primaryAddress: { line1 } }, { city: 'a'.repeat(900) });
      // The row has 12 characters, and the name 10,000.
      const upTo = (pad: string): Users => ({
        fieldMappings: [
          { from: `first_name.replace('a', '${'x'.repeat(1_000)}')`, to: 'name' },
          { from: `'${pad}'`, to: 'notes' },
        ],
      });
      const row = { first_name: 'aaaaaaaaaa' };
      await mapOne(connectionWith(upTo('x'.repeat(24))), row);
      await refuse(upTo('x'.repeat(25)), row);
    });

    it('leaves those of long rows, in JSON columns too, and those of the file', async () => {
      const notes = '€'.repeat(60_000);
      for (const [from, row] of [
        ['notes', { notes }],
        ['extra.notes', { extra: { notes } }],
        ['extra.notes[0]', { extra: { notes: [notes, false, null, 5] } }],
      ] as const) {
        await mapOne(connectionWith(copies(from, 2)), row);
        await refuse(copies(from, 3), row);
      }
      const staticMappings = Array.from({ length: 20 }, (_, n) => ({ to: `CFField${n}`, value: 'x'.repeat(1_000) }));
      await mapOne(connectionWith({ staticMappings }), {});
    });

    it('keeps no long text for a piece of it', async () => {
      setFlagsFromString('--expose-gc');
      const held = (): number => {
        runInNewContext('gc()');
        return process.memoryUsage().heapUsed;
      };
      const mapper = createMapper(connectionWith(copies(`${LONG_EUROS}.substring(0, 100)`, 4)));
      const rows = Array.from({ length: 200 }, (_, n) => ({ id: `p${n}` }));
      const before = held();
      const { people } = await mapper.mapPage(pageOf(...rows));
      const grown = held() - before;
      assert.equal(people.length, 200);
      assert.ok(grown < 20_000_000, `${grown} bytes`);
    });
  });

  it('costs the person, not the page', async () => {
    const mapper = createMapper(connectionMapping({ from: "long.replace('a', long)", to: 'notes' }));
    const page = pageOf({ id: 'p1', first_name: 'Ada', long: LONG }, { id: 'p2', first_name: 'Bea', long: 'b' });
    const { people, rejected } = await mapper.mapPage(page);
    assert.deepEqual(
      [people.map(({ seatgeekId }) => seatgeekId), rejected.map(({ code }) => code)],
      [['p2'], ['value-unusable']],
    );
  });
});
