import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  columnsOf,
  compileExpression,
  ExpressionFailure,
  ExpressionSyntaxError,
} from '../../../src/mapping/expression.js';
import type { HaloValue } from '../../../src/mapping/types.js';
import type { FeedRow } from '../../../src/seatgeek/types.js';

const ROW: FeedRow = {
  first_name: ' Ada ',
  last_name: 'Byron',
  nick: null,
  points: 12,
  vip: true,
  tags: ['a', 'b'],
  blank: '  ',
};

function evaluate(source: string, row: FeedRow = ROW): HaloValue | Promise<HaloValue> {
  return compileExpression(source).evaluate(row);
}

describe('compileExpression', () => {
  const values: [string, HaloValue][] = [
    ['first_name', 'Ada'],
    ['"last_name"', 'Byron'],
    ['`last_name`', 'Byron'],
    ['nick', null],
    ['absent', null],
    ['blank', null],
    ['points', 12],
    ['vip', true],
    ['', null],
    ["'Gold'", 'Gold'],
    ["last_name & ', ' & $trim(first_name)", 'Byron, Ada'],
    ["nick & ' ' & last_name", 'Byron'],
    ["last_name & ' #' & points", 'Byron #12'],
    ["nick ? nick : 'none'", 'none'],
    ['$exists(nick)', false],
    ["$join([nick, last_name], ', ')", 'Byron'],
    ['nick ?? last_name', 'Byron'],
    ['points * 2', 24],
    ['$uppercase(last_name)', 'BYRON'],
    ["$count(tags) = 2 ? 'two' : 'other'", 'two'],
    ["($n := last_name; $n & '!')", 'Byron!'],
    ['constructor', null],
    ['toString', null],
    ['__proto__', null],
    ['last_name.constructor', null],
  ];
  for (const [source, value] of values) {
    it(`evaluates ${source || 'nothing'}`, async () => {
      assert.equal(await evaluate(source), value);
    });
  }

  it('looks a bare column up, and joins texts, without a promise', () => {
    assert.equal(evaluate('first_name'), 'Ada');
    assert.equal(evaluate("first_name & ' ' & last_name"), 'Ada  Byron');
    assert.equal(evaluate("$join([nick, last_name], ', ')"), 'Byron');
  });

  it('looks up a column named constructor when the row has one', () => {
    assert.equal(evaluate('constructor', { constructor: 'Lotus' }), 'Lotus');
  });

  for (const source of [
    'tags',
    'tags[]',
    '$split(last_name, "y")',
    '{"a": last_name}',
    '$',
    '$trim',
    'function($x){$x}',
  ]) {
    it(`refuses the list, object or function of ${source}`, async () => {
      await assert.rejects(async () => evaluate(source), { name: 'ExpressionFailure', kind: 'not-scalar' });
    });
  }

  for (const source of ['$number(last_name)', 'last_name * 2', '$error(last_name)', '$sum(last_name)']) {
    it(`reports the failure of ${source} without the row's values`, async () => {
      await assert.rejects(
        async () => evaluate(source),
        (error: unknown) =>
          error instanceof ExpressionFailure && error.kind === 'failed' && !error.message.includes('Byron'),
      );
    });
  }

  it('ends an expression that never would', async () => {
    await assert.rejects(async () => evaluate('($f := function($n){ $f($n + 1) }; $f(0))'), { kind: 'endless' });
  });

  it('ends calls that go too deep and lists that grow too long', async () => {
    for (const source of [
      '($f := function($n){ 1 + $f($n + 1) }; $f(0))',
      '$count($map([1..100000], function($v){$v}))',
    ]) {
      await assert.rejects(async () => evaluate(source), { kind: 'failed' });
    }
  });

  it('works through a list of hundreds', async () => {
    assert.equal(await evaluate('$sum($map([1..900], function($v){$v}))'), 405_450);
  });

  const broken: [string, RegExp, number?][] = [
    ['first_name &', /end of expression/, 12],
    ['a b', /Syntax error/, 3],
    ['$upper(a)', /no function or variable \$upper/],
    ['$undefined', /\$undefined/],
    ['$now()', /\$now is not available/],
    ['$eval("$now()")', /\$eval is not available/],
    ['$random() & $millis()', /\$random.*\$millis/],
  ];
  for (const [source, message, position] of broken) {
    it(`refuses ${source}`, () => {
      assert.throws(
        () => compileExpression(source),
        (error: unknown) =>
          error instanceof ExpressionSyntaxError && message.test(error.message) && error.position === position,
      );
    });
  }

  it('joins texts as JSONata does', async () => {
    const text = fc.option(fc.string(), { nil: null });
    const row = fc.record({ a: text, b: text, n: fc.option(fc.integer(), { nil: null }) }, { requiredKeys: [] });
    const source = fc.constantFrom(
      'a & b',
      "a & '-' & b",
      'b & n',
      '(a & b) & a',
      "$join([a, b], ', ')",
      "$join(['x', a, b])",
      "$join([a, b][0], '-')",
      "$join([a][], '-')",
      "$join([a], '-')[0]",
    );
    await fc.assert(
      fc.asyncProperty(row, source, async (values, expression) => {
        // The block around it keeps JSONata from being left out.
        const [fast, slow] = await Promise.all([
          evaluate(expression, values),
          evaluate(`($x := ${expression}; $x)`, values),
        ]);
        assert.equal(fast, slow);
      }),
    );
  });

  it('throws nothing but its own errors, whatever the source and the row', async () => {
    const source = fc.oneof(
      fc.string({ maxLength: 30 }),
      fc
        .array(
          fc.constantFrom(
            'a',
            'b',
            '$',
            '$$',
            '&',
            '(',
            ')',
            '[',
            ']',
            '.',
            "'x'",
            '1',
            '$sum',
            '$map',
            '{',
            '}',
            ':',
            '?',
            '*',
            '~>',
            '%',
          ),
          {
            maxLength: 8,
          },
        )
        .map((tokens) => tokens.join(' ')),
    );
    await fc.assert(
      fc.asyncProperty(source, fc.dictionary(fc.constantFrom('a', 'b'), fc.jsonValue()), async (text, row) => {
        try {
          const value = await compileExpression(text).evaluate(row);
          assert.ok(value === null || ['string', 'number', 'boolean'].includes(typeof value));
        } catch (error) {
          assert.ok(error instanceof ExpressionFailure || error instanceof ExpressionSyntaxError, String(error));
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('columnsOf', () => {
  const cases: [string, string[]][] = [
    ['first_name', ['first_name']],
    ['"user"', ['user']],
    ["'constant'", []],
    ["first_name & ' ' & last_name", ['first_name', 'last_name']],
    ["$join([state, country], ', ')", ['state', 'country']],
    ['a ? b : c', ['a', 'b', 'c']],
    ['a ?: b', ['a', 'b']],
    ['$.a & $$.b', ['a', 'b']],
    ['a.b.c', ['a']],
    ['[a, b][x > 1]', ['a', 'b']],
    ['a[$$.b = x]', ['a', 'b']],
    ['$map([a], function($v){ $v & b })', ['a', 'b']],
    ['($x := a; $x.y)', ['a']],
    ['a ~> $trim', ['a']],
    ['a{k: v}', ['a']],
    ['{"k": a}', ['a']],
    ['a & a', ['a']],
    ['-a', ['a']],
    ['a in [b]', ['a', 'b']],
    ['$substring(a, 0, 1)', ['a']],
    ['`first name` & c', ['first name', 'c']],
  ];
  for (const [source, columns] of cases) {
    it(`finds the columns of ${source}`, () => assert.deepEqual(columnsOf(source), columns));
  }
});
