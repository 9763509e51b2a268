/**
 * Turns a parsed expression into a function over a row, and finds what can be found without a row: unknown names, wrong types, wrong
 * arguments. Lists are never gone through by an expression's own code, so that each evaluation ends; `Budget` bounds how long it takes.
 * The library's own evaluator is not used: it knows neither blanks, nor a budget, nor patterns in linear time.
 */
import type { ASTNode } from '@marcbachmann/cel-js';
import { nearest } from '../connection/nearest.js';
import { isPlainKey } from '../connection/secret-looks.js';
import { isObject } from '../json.js';
import type { FeedRow } from '../seatgeek/types.js';
import { ArgumentProblem, FUNCTIONS, INSTEAD, METHODS, type Call, type CelFunction } from './expression-functions.js';
import {
  type Budget,
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
import {
  a,
  arithmetic,
  comparison,
  type Compiled,
  CompileProblem,
  conditional,
  equality,
  logical,
  membership,
  minus,
  needing,
  not,
  type Part,
  plus,
} from './operators.js';

/** Types of columns, as far as the feed tells them. */
export type ColumnTypes = ReadonlyMap<string, ValueType>;

/** What an expression is compiled in. */
export class Scope {
  /** The columns met so far. */
  readonly columns = new Set<string>();
  /** Where the row was read so far: column, member, member's member. */
  readonly reads = new Map<ASTNode, readonly string[]>();
  #patterns = 0;

  constructor(readonly types: ColumnTypes) {}

  /** Of `x.city` that is the member alone: what else `x` holds is not read. */
  noteRead(node: ASTNode): void {
    if (node.op === 'id') this.reads.set(node, [node.args]);
    if (node.op !== '.' && node.op !== '[]') return;
    const [of, key] = node.args;
    const path = isRow(of) ? [] : this.reads.get(of);
    if (path === undefined || (typeof key !== 'string' && key.op !== 'value')) return;
    this.reads.delete(of);
    this.reads.set(node, [...path, String(typeof key === 'string' ? key : key.args)]);
  }

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
  const part = compileNode(node, scope);
  scope.noteRead(node);
  const at = node.start;
  const evaluate: Part['evaluate'] = (row, budget) => {
    try {
      return part.evaluate(row, budget);
    } catch (error) {
      if (error instanceof ExpressionFailure) error.at ??= at;
      throw error;
    }
  };
  return { type: part.type, evaluate, at };
}

function compileNode(node: ASTNode, scope: Scope): Part {
  const both = ([left, right]: readonly [ASTNode, ASTNode]): [Compiled, Compiled] => [
    compile(left, scope),
    compile(right, scope),
  ];
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
    case '?:': {
      const [when, ...branches] = node.args;
      return conditional([compile(when, scope), ...both(branches)], node.start);
    }
    case '&&':
    case '||':
      return logical(node.op, both(node.args));
    case '!_':
      return not(compile(node.args, scope));
    case '-_':
      return minus(compile(node.args, scope));
    case '+':
      return plus(both(node.args));
    case '-':
    case '*':
    case '/':
    case '%':
      return arithmetic(node.op, both(node.args));
    case '==':
    case '!=':
      return equality(node.op === '!=', both(node.args));
    case '<':
    case '<=':
    case '>':
    case '>=':
      return comparison(node.op, both(node.args));
    case 'in':
      return membership(both(node.args));
    case 'map':
    case '.?':
    case '[?]':
      throw new CompileProblem('only texts, numbers, true, false, null and lists can be written out', node.start);
  }
}

function literal(value: unknown, node: ASTNode): Part {
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

function column(name: string, { columns, types }: Scope): Part {
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

function member(node: ASTNode, of: ASTNode, name: string, scope: Scope): Part {
  if (isRow(of)) return column(name, scope);
  const object = compile(of, scope);
  if (object.type !== 'any') throw new CompileProblem(`${a(object.type)} has no members`, node.start);
  return { type: 'any', evaluate: (row, budget) => memberOf(object.evaluate(row, budget), name) };
}

function memberOf(object: Value, name: string): Value {
  if (isBlank(object)) return null;
  if (!isObject(object)) throw new ExpressionFailure('failed', 'a member is asked of a value that has none');
  return Object.hasOwn(object, name) ? object[name] : null;
}

function element(node: ASTNode, [of, key]: readonly [ASTNode, ASTNode], scope: Scope): Part {
  if (key.op === 'value' && typeof key.args === 'string')
    return isRow(of) ? column(key.args, scope) : member(node, of, key.args, scope);
  if (isRow(of)) throw new CompileProblem('row[…] needs the name of a column in quotes', node.start);
  const from = needing('list', compile(of, scope), '[…]');
  const place = needing('number', compile(key, scope), '[…]');
  return {
    type: 'any',
    evaluate: (row, budget) => {
      const at = toNumber(place.evaluate(row, budget));
      return at === null ? null : (toList(from.evaluate(row, budget), budget)[at] ?? null);
    },
  };
}

function list(items: readonly ASTNode[], scope: Scope): Part {
  const compiled = items.map((item) => compile(item, scope));
  return { type: 'list', evaluate: (row, budget) => compiled.map(({ evaluate }) => evaluate(row, budget)) };
}

function call(
  node: ASTNode,
  known: ReadonlyMap<string, CelFunction>,
  name: string,
  args: readonly ASTNode[],
  scope: Scope,
): Part {
  const called = known.get(name);
  if (called === undefined) throw new CompileProblem(unknownFunction(name), node.start);
  const { parameters, optional = 0, result } = called;
  if (args.length > parameters.length || args.length < parameters.length - optional)
    throw new CompileProblem(`${name} needs ${argumentsOf(called, known)}`, node.start);
  const compiled = args.map((arg, at) => needing(parameters[at] ?? 'any', compile(arg, scope), name));
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
  return compiled.map(({ evaluate }, at) => COERCED[parameters[at] ?? 'any'](evaluate(row, budget), budget));
}

const COERCED: Readonly<Record<ValueType, (value: Value, budget: Budget) => Value>> = {
  text: toText,
  number: toNumber,
  bool: toBool,
  list: toList,
  any: (value) => value,
};

function prepared({ prepare }: CelFunction, args: readonly ASTNode[], node: ASTNode): Call {
  try {
    return prepare(args.map((arg) => (arg.op === 'value' && typeof arg.args === 'string' ? arg.args : undefined)));
  } catch (error) {
    if (!(error instanceof ArgumentProblem)) throw error;
    throw new CompileProblem(error.message, (args[1] ?? node).start);
  }
}

function unknownFunction(name: string): string {
  const instead = INSTEAD.get(name);
  if (instead !== undefined) return `there is no ${name}(): ${instead}`;
  if (FUNCTIONS.has(name)) return `write ${name}(value), not value.${name}()`;
  if (METHODS.has(name)) return `write text.${name}(), not ${name}(text)`;
  if (!isPlainKey(name)) return 'there is no such function';
  const close = nearest(name, [...FUNCTIONS.keys(), ...METHODS.keys()]);
  return close === undefined ? `there is no function ${name}` : `there is no function ${name}; did you mean ${close}?`;
}

function argumentsOf({ parameters, optional = 0 }: CelFunction, known: ReadonlyMap<string, CelFunction>): string {
  const own = known === METHODS ? parameters.slice(1) : parameters;
  const words = own.map((type, at) => (at < own.length - optional ? a(type) : `perhaps ${a(type)}`));
  return words.length === 0 ? 'nothing between its brackets' : words.join(' and ');
}
