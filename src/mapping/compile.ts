/**
 * Turns a parsed expression into a function over a row, and finds what can be found without a row: unknown names, wrong types, wrong
 * arguments. Lists are never gone through by an expression's own code, so that each evaluation ends; `Budget` bounds how long it takes.
 * The library's own evaluator is not used: it knows neither blanks, nor a budget, nor patterns in linear time.
 */
import type { ASTNode } from '@marcbachmann/cel-js';
import { nearest } from '../connection/nearest.js';
import { isPlainKey } from '../connection/secret-looks.js';
import type { FeedRow } from '../seatgeek/types.js';
import { ArgumentProblem, FUNCTIONS, INSTEAD, METHODS, type Call, type CelFunction } from './expression-functions.js';
import {
  areEqual,
  type Budget,
  compare,
  ExpressionFailure,
  isBlank,
  MAX_TEXT,
  toBool,
  toList,
  toNumber,
  toText,
  type Value,
  type ValueType,
} from './expression-value.js';

/** Types of columns, as far as the feed tells them. */
export type ColumnTypes = ReadonlyMap<string, ValueType>;

export interface Compiled {
  readonly type: ValueType;
  readonly evaluate: (row: FeedRow, budget: Budget) => Value;
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

/** What an expression is compiled in. */
export class Scope {
  /** The columns met so far. */
  readonly columns = new Set<string>();
  #patterns = 0;

  constructor(readonly types: ColumnTypes) {}

  /** Compiling one takes a millisecond or two, and a file may hold hundreds of expressions. */
  notePattern(at: number): void {
    this.#patterns += 1;
    if (this.#patterns > MAX_PATTERNS)
      throw new CompileProblem(`more than ${MAX_PATTERNS} patterns in one expression; join them by |`, at);
  }
}

const MAX_PATTERNS = 3;

/** Throws {@link CompileProblem}. What fails on a row says where. */
export function compile(node: ASTNode, scope: Scope): Compiled {
  const compiled = compileNode(node, scope);
  if (node.op === 'value' || node.op === 'id') return compiled;
  const { type, evaluate } = compiled;
  return {
    type,
    evaluate: (row, budget) => {
      try {
        return evaluate(row, budget);
      } catch (error) {
        if (error instanceof ExpressionFailure) error.at ??= node.start;
        throw error;
      }
    },
  };
}

function compileNode(node: ASTNode, scope: Scope): Compiled {
  switch (node.op) {
    case 'value':
      return literal(node.args, node);
    case 'id':
      return column(node.args, scope);
    case '.':
      return member(node, node.args[0], node.args[1], scope);
    case '[]':
      return element(node, node.args, scope);
    case 'call':
      return call(node, FUNCTIONS, node.args[0], node.args[1], scope);
    case 'rcall':
      return call(node, METHODS, node.args[0], [node.args[1], ...node.args[2]], scope);
    case 'list':
      return list(node.args, scope);
    case '?:':
      return conditional(node, node.args, scope);
    case '&&':
    case '||':
      return logical(node.op, node.args, scope);
    case '!_': {
      const [of] = operands('!', [node.args], 'bool', scope);
      return { type: 'bool', evaluate: (row, budget) => !toBool(of?.evaluate(row, budget)) };
    }
    case '-_': {
      const [of] = operands('-', [node.args], 'number', scope);
      return { type: 'number', evaluate: (row, budget) => negative(toNumber(of?.evaluate(row, budget))) };
    }
    case '+':
      return plus(node.args, scope);
    case '-':
    case '*':
    case '/':
    case '%':
      return arithmetic(node.op, node.args, scope);
    case '==':
    case '!=':
      return equality(node.op === '!=', node.args, scope);
    case '<':
    case '<=':
    case '>':
    case '>=':
      return comparison(node.op, node.args, scope);
    case 'in':
      return membership(node.args, scope);
    case 'map':
    case '.?':
    case '[?]':
      throw new CompileProblem('only texts, numbers, true, false, null and lists can be written out', node.start);
  }
}

function literal(value: unknown, node: ASTNode): Compiled {
  const constant = typeof value === 'bigint' ? Number(value) : value;
  if (typeof constant === 'string') return { type: 'text', evaluate: () => constant };
  if (typeof constant === 'boolean') return { type: 'bool', evaluate: () => constant };
  if (constant === null) return { type: 'any', evaluate: () => null };
  if (typeof constant === 'number' && (typeof value === 'number' || Number.isSafeInteger(constant)))
    return { type: 'number', evaluate: () => constant };
  throw new CompileProblem(
    'write a large number as a text in quotes; bytes and unsigned numbers are not available',
    node.start,
  );
}

function column(name: string, { columns, types }: Scope): Compiled {
  columns.add(name);
  return { type: types.get(name) ?? 'any', evaluate: (row) => readColumn(row, name) };
}

/** Null for a missing column. */
export function readColumn(row: FeedRow, name: string): Value {
  const value = Object.hasOwn(row, name) ? row[name] : null;
  if (typeof value === 'string' && value.length > MAX_TEXT) throw new ExpressionFailure('too-costly');
  return value;
}

/** The row itself, where something is picked from it: `row["Loyalty Tier"]` is a column whose name is no plain word. */
function isRow(node: ASTNode): boolean {
  return node.op === 'id' && node.args === 'row';
}

function member(node: ASTNode, of: ASTNode, name: string, scope: Scope): Compiled {
  if (isRow(of)) return column(name, scope);
  const object = compile(of, scope);
  if (object.type !== 'any') throw new CompileProblem(`${a(object.type)} has no members`, node.start);
  return { type: 'any', evaluate: (row, budget) => memberOf(object.evaluate(row, budget), name) };
}

function memberOf(object: Value, name: string): Value {
  if (isBlank(object)) return null;
  if (typeof object !== 'object' || Array.isArray(object))
    throw new ExpressionFailure('failed', 'a member is asked of a value that has none');
  return Object.hasOwn(object, name) ? Object.entries(object).find(([key]) => key === name)?.[1] : null;
}

function element(node: ASTNode, [of, key]: readonly [ASTNode, ASTNode], scope: Scope): Compiled {
  if (key.op === 'value' && typeof key.args === 'string')
    return isRow(of) ? column(key.args, scope) : member(node, of, key.args, scope);
  if (isRow(of)) throw new CompileProblem('row[…] needs the name of a column in quotes', node.start);
  const from = needing('list', compile(of, scope), of.start, '[…]');
  const place = needing('number', compile(key, scope), key.start, '[…]');
  return {
    type: 'any',
    evaluate: (row, budget) => {
      const at = toNumber(place.evaluate(row, budget));
      return at === null ? null : (toList(from.evaluate(row, budget), budget)[at] ?? null);
    },
  };
}

function list(items: readonly ASTNode[], scope: Scope): Compiled {
  const compiled = items.map((item) => compile(item, scope));
  return { type: 'list', evaluate: (row, budget) => compiled.map(({ evaluate }) => evaluate(row, budget)) };
}

function call(
  node: ASTNode,
  known: ReadonlyMap<string, CelFunction>,
  name: string,
  args: readonly ASTNode[],
  scope: Scope,
): Compiled {
  const called = known.get(name);
  if (called === undefined) throw new CompileProblem(unknownFunction(name, known), node.start);
  const { parameters, optional = 0, result } = called;
  if (args.length > parameters.length || args.length < parameters.length - optional)
    throw new CompileProblem(`${name} needs ${argumentsOf(called, known)}`, node.start);
  const compiled = args.map((arg, at) => needing(parameters[at] ?? 'any', compile(arg, scope), arg.start, name));
  if (name === 'matches') scope.notePattern(node.start);
  const run = prepared(called, args, node);
  return { type: result, evaluate: (row, budget) => run(argumentValues(compiled, parameters, row, budget), budget) };
}

function argumentValues(
  compiled: readonly Compiled[],
  parameters: readonly ValueType[],
  row: FeedRow,
  budget: Budget,
): readonly Value[] {
  return compiled.map(({ evaluate }, at) => coerced(evaluate(row, budget), parameters[at] ?? 'any', budget));
}

function coerced(value: Value, type: ValueType, budget: Budget): Value {
  switch (type) {
    case 'text':
      return toText(value, budget);
    case 'number':
      return toNumber(value);
    case 'bool':
      return toBool(value);
    case 'list':
      return toList(value, budget);
    case 'any':
      return value;
  }
}

function prepared({ prepare }: CelFunction, args: readonly ASTNode[], node: ASTNode): Call {
  try {
    return prepare(args.map((arg) => (arg.op === 'value' && typeof arg.args === 'string' ? arg.args : undefined)));
  } catch (error) {
    if (!(error instanceof ArgumentProblem)) throw error;
    throw new CompileProblem(error.message, args.at(-1)?.start ?? node.start);
  }
}

function unknownFunction(name: string, known: ReadonlyMap<string, CelFunction>): string {
  const instead = INSTEAD.get(name);
  if (instead !== undefined) return `there is no ${name}(): ${instead}`;
  if (known === METHODS && FUNCTIONS.has(name)) return `write ${name}(value), not value.${name}()`;
  if (known === FUNCTIONS && METHODS.has(name)) return `write text.${name}(), not ${name}(text)`;
  if (!isPlainKey(name)) return 'there is no such function';
  const close = nearest(name, [...FUNCTIONS.keys(), ...METHODS.keys()]);
  return close === undefined ? `there is no function ${name}` : `there is no function ${name}; did you mean ${close}?`;
}

function argumentsOf({ parameters, optional = 0 }: CelFunction, known: ReadonlyMap<string, CelFunction>): string {
  const own = known === METHODS ? parameters.slice(1) : parameters;
  const words = own.map((type, at) => (at < own.length - optional ? a(type) : `perhaps ${a(type)}`));
  return words.length === 0 ? 'nothing between its brackets' : words.join(' and ');
}

function conditional(node: ASTNode, parts: readonly [ASTNode, ASTNode, ASTNode], scope: Scope): Compiled {
  const [when] = operands('?', [parts[0]], 'bool', scope);
  const [then, otherwise] = [compile(parts[1], scope), compile(parts[2], scope)];
  if (differ(then, otherwise))
    throw new CompileProblem(`one side of : is ${a(then.type)}, the other ${a(otherwise.type)}`, node.start);
  return {
    type: then.type === otherwise.type ? then.type : 'any',
    evaluate: (row, budget) => (toBool(when?.evaluate(row, budget)) ? then : otherwise).evaluate(row, budget),
  };
}

function logical(op: '&&' | '||', args: readonly ASTNode[], scope: Scope): Compiled {
  const sides = operands(op, args, 'bool', scope);
  const evaluate: Compiled['evaluate'] =
    op === '&&'
      ? (row, budget) => sides.every((side) => toBool(side.evaluate(row, budget)))
      : (row, budget) => sides.some((side) => toBool(side.evaluate(row, budget)));
  return { type: 'bool', evaluate };
}

function plus(args: readonly [ASTNode, ASTNode], scope: Scope): Compiled {
  const [left, right] = [compile(args[0], scope), compile(args[1], scope)];
  for (const { type } of [left, right])
    if (type === 'list' || type === 'bool') throw new CompileProblem(`+ can't add ${a(type)}`, args[1].start);
  if (differ(left, right))
    throw new CompileProblem(`+ can't add ${a(left.type)} to ${a(right.type)}; write string(number)`, args[1].start);
  if (left.type === 'number' && right.type === 'number') return arithmetic('+', args, scope);
  const isText = left.type === 'text' || right.type === 'text';
  return {
    type: isText ? 'text' : 'any',
    evaluate: (row, budget) => sum(left.evaluate(row, budget), right.evaluate(row, budget), isText, budget),
  };
}

/** Two numbers are added, anything else is put one after the other; a number and a blank are blank. */
function sum(left: Value, right: Value, isText: boolean, budget: Budget): Value {
  if (!isText && typeof left !== 'string' && typeof right !== 'string') {
    const [a, b] = [toNumber(left), toNumber(right)];
    return a === null || b === null ? null : a + b;
  }
  const [a, b] = [toText(left, budget), toText(right, budget)];
  if (a.length + b.length > MAX_TEXT) throw new ExpressionFailure('too-costly');
  return a + b;
}

const ARITHMETIC = {
  '+': (a: number, b: number): number => a + b,
  '-': (a: number, b: number): number => a - b,
  '*': (a: number, b: number): number => a * b,
  '/': (a: number, b: number): number => a / b,
  '%': (a: number, b: number): number => a % b,
} as const;

function arithmetic(op: keyof typeof ARITHMETIC, args: readonly ASTNode[], scope: Scope): Compiled {
  const [left, right] = operands(op, args, 'number', scope);
  return {
    type: 'number',
    evaluate: (row, budget) => {
      const [a, b] = [toNumber(left?.evaluate(row, budget)), toNumber(right?.evaluate(row, budget))];
      return a === null || b === null ? null : ARITHMETIC[op](a, b);
    },
  };
}

function negative(value: number | null): number | null {
  return value === null ? null : -value;
}

function equality(isNegated: boolean, args: readonly [ASTNode, ASTNode], scope: Scope): Compiled {
  const [left, right] = [compile(args[0], scope), compile(args[1], scope)];
  if (differ(left, right))
    throw new CompileProblem(`${a(left.type)} is never equal to ${a(right.type)}`, args[1].start);
  return {
    type: 'bool',
    evaluate: (row, budget) => areEqual(left.evaluate(row, budget), right.evaluate(row, budget)) !== isNegated,
  };
}

const COMPARISON = {
  '<': (order: number): boolean => order < 0,
  '<=': (order: number): boolean => order <= 0,
  '>': (order: number): boolean => order > 0,
  '>=': (order: number): boolean => order >= 0,
} as const;

/** False where one of them is blank. */
function comparison(op: keyof typeof COMPARISON, args: readonly [ASTNode, ASTNode], scope: Scope): Compiled {
  const [left, right] = [compile(args[0], scope), compile(args[1], scope)];
  for (const { type } of [left, right])
    if (type === 'list' || type === 'bool') throw new CompileProblem(`${op} can't compare ${a(type)}`, args[1].start);
  if (differ(left, right))
    throw new CompileProblem(
      `${op} can't compare ${a(left.type)} with ${a(right.type)}; write number(text)`,
      args[1].start,
    );
  return {
    type: 'bool',
    evaluate: (row, budget) => {
      const order = compare(left.evaluate(row, budget), right.evaluate(row, budget));
      return order !== undefined && COMPARISON[op](order);
    },
  };
}

function membership(args: readonly [ASTNode, ASTNode], scope: Scope): Compiled {
  const [item, from] = [compile(args[0], scope), compile(args[1], scope)];
  if (from.type === 'text') throw new CompileProblem('in needs a list; write text.contains(part)', args[1].start);
  needing('list', from, args[1].start, 'in');
  return {
    type: 'bool',
    evaluate: (row, budget) => {
      const value = item.evaluate(row, budget);
      return toList(from.evaluate(row, budget), budget).some((one) => areEqual(one, value));
    },
  };
}

function operands(op: string, nodes: readonly ASTNode[], type: ValueType, scope: Scope): readonly Compiled[] {
  return nodes.map((node) => needing(type, compile(node, scope), node.start, op));
}

function needing(type: ValueType, compiled: Compiled, at: number, by: string): Compiled {
  if (type === 'any' || compiled.type === 'any' || compiled.type === type) return compiled;
  const hint = type === 'text' ? '; write string(value)' : type === 'number' ? '; write number(text)' : '';
  throw new CompileProblem(`${by} needs ${a(type)} and gets ${a(compiled.type)}${hint}`, at);
}

function differ(left: Compiled, right: Compiled): boolean {
  return left.type !== right.type && left.type !== 'any' && right.type !== 'any';
}

const WORDS: Readonly<Record<ValueType, string>> = {
  text: 'a text',
  number: 'a number',
  bool: 'true or false',
  list: 'a list',
  any: 'a value',
};

function a(type: ValueType): string {
  return WORDS[type];
}
