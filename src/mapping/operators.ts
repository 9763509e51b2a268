/** The operators of an expression: which types they take, and what they make of two values. Pure. */
import type { FeedRow } from '../seatgeek/types.js';
import {
  areEqual,
  type Budget,
  compare,
  ExpressionFailure,
  MAX_TEXT,
  toBool,
  toList,
  toNumber,
  toText,
  type Value,
  type ValueType,
} from './expression-value.js';

/** A part of an expression as a function over a row. */
export interface Part {
  readonly type: ValueType;
  readonly evaluate: (row: FeedRow, budget: Budget) => Value;
}

/** A part that stands at a place of the expression. */
export interface Compiled extends Part {
  /** Its beginning, in characters from 0. */
  readonly at: number;
}

/** What is wrong at one place of an expression. `at` counts characters from 0. */
export class CompileProblem extends Error {
  constructor(
    message: string,
    readonly at: number,
  ) {
    super(message);
    this.name = 'CompileProblem';
  }
}

/** Throws {@link CompileProblem} for a part that is surely of another type. `by` is what needs it. */
export function needing(type: ValueType, part: Compiled, by: string): Compiled {
  if (type === 'any' || part.type === 'any' || part.type === type) return part;
  const hint = type === 'text' ? '; write string(value)' : type === 'number' ? '; write number(text)' : '';
  throw new CompileProblem(`${by} needs ${a(type)} and gets ${a(part.type)}${hint}`, part.at);
}

const WORDS: Readonly<Record<ValueType, string>> = {
  text: 'a text',
  number: 'a number',
  bool: 'true or false',
  list: 'a list',
  any: 'a value',
};

/** A type in words. */
export function a(type: ValueType): string {
  return WORDS[type];
}

type Pair = readonly [Compiled, Compiled];

/** All of these throw {@link CompileProblem} for operands of types that the operator does not take. */
export function logical(op: '&&' | '||', sides: Pair): Part {
  for (const side of sides) needing('bool', side, op);
  const evaluate: Part['evaluate'] =
    op === '&&'
      ? (row, budget) => sides.every((side) => toBool(side.evaluate(row, budget)))
      : (row, budget) => sides.some((side) => toBool(side.evaluate(row, budget)));
  return { type: 'bool', evaluate };
}

/** `at`: where the whole of it begins. */
export function conditional([when, then, otherwise]: readonly [Compiled, Compiled, Compiled], at: number): Part {
  needing('bool', when, '?');
  if (differ(then, otherwise))
    throw new CompileProblem(`one side of : is ${a(then.type)}, the other ${a(otherwise.type)}`, at);
  return {
    type: then.type === otherwise.type ? then.type : 'any',
    evaluate: (row, budget) => (toBool(when.evaluate(row, budget)) ? then : otherwise).evaluate(row, budget),
  };
}

export function not(of: Compiled): Part {
  needing('bool', of, '!');
  return { type: 'bool', evaluate: (row, budget) => !toBool(of.evaluate(row, budget)) };
}

export function minus(of: Compiled): Part {
  needing('number', of, '-');
  return {
    type: 'number',
    evaluate: (row, budget) => {
      const value = toNumber(of.evaluate(row, budget));
      return value === null ? null : -value;
    },
  };
}

/** Two numbers are added, anything else is put one after the other. */
export function plus(pair: Pair): Part {
  const [left, right] = pair;
  assertNoListOrFlag(pair, "+ can't add");
  if (differ(left, right))
    throw new CompileProblem(`+ can't add ${a(left.type)} to ${a(right.type)}; write string(number)`, right.at);
  if (left.type === 'number' && right.type === 'number') return arithmetic('+', pair);
  const isText = left.type === 'text' || right.type === 'text';
  return binary(isText ? 'text' : 'any', pair, (one, other, budget) => sum(one, other, isText, budget));
}

function sum(left: Value, right: Value, isText: boolean, budget: Budget): Value {
  if (!isText && typeof left !== 'string' && typeof right !== 'string') return calculated(ARITHMETIC['+'], left, right);
  const [one, other] = [toText(left, budget), toText(right, budget)];
  if (one.length + other.length > MAX_TEXT) throw new ExpressionFailure('too-costly');
  return one + other;
}

type Calculation = (one: number, other: number) => number;

const ARITHMETIC = {
  '+': (one, other) => one + other,
  '-': (one, other) => one - other,
  '*': (one, other) => one * other,
  '/': (one, other) => one / other,
  '%': (one, other) => one % other,
} as const satisfies Record<string, Calculation>;

export function arithmetic(op: keyof typeof ARITHMETIC, pair: Pair): Part {
  for (const side of pair) needing('number', side, op);
  return binary('number', pair, (left, right) => calculated(ARITHMETIC[op], left, right));
}

/** Blank where one of them is blank. */
function calculated(calculate: Calculation, left: Value, right: Value): number | null {
  const [one, other] = [toNumber(left), toNumber(right)];
  return one === null || other === null ? null : calculate(one, other);
}

export function equality(isNegated: boolean, pair: Pair): Part {
  const [left, right] = pair;
  if (differ(left, right)) throw new CompileProblem(`${a(left.type)} is never equal to ${a(right.type)}`, right.at);
  return binary('bool', pair, (one, other) => areEqual(one, other) !== isNegated);
}

const COMPARISON = {
  '<': (order: number): boolean => order < 0,
  '<=': (order: number): boolean => order <= 0,
  '>': (order: number): boolean => order > 0,
  '>=': (order: number): boolean => order >= 0,
} as const;

/** False where one of them is blank. */
export function comparison(op: keyof typeof COMPARISON, pair: Pair): Part {
  const [left, right] = pair;
  assertNoListOrFlag(pair, `${op} can't compare`);
  if (differ(left, right))
    throw new CompileProblem(`${op} can't compare ${a(left.type)} with ${a(right.type)}; write number(text)`, right.at);
  return binary('bool', pair, (one, other) => COMPARISON[op](compare(one, other)));
}

export function membership(pair: Pair): Part {
  const [, from] = pair;
  if (from.type === 'text') throw new CompileProblem('in needs a list; write text.contains(part)', from.at);
  needing('list', from, 'in');
  return binary('bool', pair, (item, list, budget) => toList(list, budget).some((one) => areEqual(one, item)));
}

function binary(type: ValueType, [left, right]: Pair, of: (one: Value, other: Value, budget: Budget) => Value): Part {
  return { type, evaluate: (row, budget) => of(left.evaluate(row, budget), right.evaluate(row, budget), budget) };
}

function assertNoListOrFlag(pair: Pair, problem: string): void {
  for (const { type } of pair)
    if (type === 'list' || type === 'bool') throw new CompileProblem(`${problem} ${a(type)}`, pair[1].at);
}

function differ(left: Part, right: Part): boolean {
  return left.type !== right.type && left.type !== 'any' && right.type !== 'any';
}
