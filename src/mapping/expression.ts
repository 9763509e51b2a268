/** Expressions of the connection file: a bare column is looked up, everything else is CEL over the row and nothing but the row. */
import { Environment, ParseError, type ASTNode } from '@marcbachmann/cel-js';
import type { FeedRow } from '../seatgeek/types.js';
import { compile, readColumn, Scope, type ColumnTypes } from './compile.js';
import { Budget, ExpressionFailure, isBlank, MAX_TEXT, type Value } from './expression-value.js';
import { fromJsonata } from './from-jsonata.js';
import { CompileProblem } from './operators.js';
import type { HaloValue } from './types.js';

export { Budget, ExpressionFailure } from './expression-value.js';

export interface Expression {
  /** Columns it refers to, in order of appearance; a constant has none. */
  readonly columns: readonly string[];
  /**
   * The value for a row: texts trimmed and without control characters, blank as null. Throws {@link ExpressionFailure}, also when `budget`, which
   * several expressions may share, is spent.
   */
  evaluate(row: FeedRow, budget?: Budget): HaloValue;
  /** Whether anything that it reads of the row is there and not blank, so that the value is more than the expression's own text. */
  isBasedOn(row: FeedRow): boolean;
}

/** The expression can't be compiled. Says where, and nothing that stands in quotes: it might be a secret in the wrong place. */
export class ExpressionSyntaxError extends Error {
  constructor(
    message: string,
    /** Counted from 1. */
    readonly line: number,
    readonly column: number,
  ) {
    super(message);
    this.name = 'ExpressionSyntaxError';
  }
}

/** Only parses: names and types are looked at by `compile`. */
const parser = new Environment({
  limits: { maxAstNodes: 300, maxDepth: 32, maxListElements: 50, maxMapEntries: 50, maxCallArguments: 10 },
});

export const MAX_EXPRESSION = 2_000;

/**
 * Compiles once, evaluates many times. A single name is a column, whatever the language makes of the word; so is a text in double quotes,
 * for columns whose names are no plain words. Throws {@link ExpressionSyntaxError}.
 */
export function compileExpression(source: string, types: ColumnTypes = NO_TYPES): Expression {
  const trimmed = source.trim();
  if (trimmed === '') return { columns: [], evaluate: () => null, isBasedOn: () => false };
  const name = columnName(trimmed);
  if (name !== undefined) {
    const evaluate = (row: FeedRow): HaloValue => toHaloValue(readColumn(row, name));
    return { columns: [name], evaluate, isBasedOn: (row) => holds(row, [name]) };
  }
  const scope = new Scope(types);
  const { evaluate } = compiled(source, scope);
  const reads = [...scope.reads.values()];
  return {
    columns: [...scope.columns],
    evaluate: (row, budget = new Budget()) => toHaloValue(evaluate(row, budget)),
    isBasedOn: (row) => reads.some((path) => holds(row, path)),
  };
}

/** Whether something other than blanks is at a place of the row: a number and a flag are, a list where an entry is. */
function holds(row: FeedRow, path: readonly string[]): boolean {
  let value: Value = row;
  for (const key of path)
    value = typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : null;
  const values: readonly Value[] = Array.isArray(value) ? value : [value];
  return values.some((one) => !isBlank(typeof one === 'string' ? plainText(one) : one));
}

const NO_TYPES: ColumnTypes = new Map();

const CONSTANTS: ReadonlySet<string> = new Set(['true', 'false', 'null']);

function columnName(source: string): string | undefined {
  if (/^[A-Za-z_]\w*$/.test(source)) return CONSTANTS.has(source) ? undefined : source;
  return /^"([^"\\]+)"$/.exec(source)?.[1];
}

/** A column as it is written in `from`: in double quotes where it is no plain word. */
export function columnExpression(column: string): string {
  if (columnName(column) === column) return column;
  const quoted = `"${column}"`;
  return columnName(quoted) === column ? quoted : columnOperand(column);
}

/** A column as it is written inside a larger expression. */
export function columnOperand(column: string): string {
  return columnName(column) === column && !KEYWORDS.has(column) ? column : `row[${JSON.stringify(column)}]`;
}

/** Words that CEL keeps for itself, and ours. */
const KEYWORDS: ReadonlySet<string> = new Set(
  'in as break const continue else for function if import let loop package namespace return var void while row'.split(
    ' ',
  ),
);

function compiled(source: string, scope: Scope): ReturnType<typeof compile> {
  try {
    return compile(parse(source), scope);
  } catch (error) {
    if (!(error instanceof CompileProblem)) throw error;
    const { line, column } = positionIn(source, error.at);
    throw new ExpressionSyntaxError(jsonataProblem(source) ?? error.message, line, column);
  }
}

/** Line and column, counted from 1, of a character counted from 0. */
export function positionIn(source: string, at: number): { line: number; column: number } {
  const before = source.slice(0, at);
  return { line: before.split('\n').length, column: at - before.lastIndexOf('\n') };
}

function jsonataProblem(source: string): string | undefined {
  const cel = fromJsonata(source);
  if (cel === undefined) return undefined;
  return `this is JSONata, and expressions are CEL${cel !== null && isUsable(cel) ? `: write ${cel}` : ''}`;
}

function isUsable(source: string): boolean {
  try {
    compile(parse(source), new Scope(NO_TYPES));
    return true;
  } catch (error) {
    if (!(error instanceof CompileProblem)) throw error;
    return false;
  }
}

function parse(source: string): ASTNode {
  if (source.length > MAX_EXPRESSION) throw new CompileProblem(`it is longer than ${MAX_EXPRESSION} characters`, 0);
  try {
    return parser.parse(source).ast;
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    throw new CompileProblem(inWords(error), error.range?.start ?? 0);
  }
}

function inWords({ code, summary }: ParseError): string {
  return MESSAGES.get(code) ?? (/^(Expected|Unexpected token)/.test(summary) ? words(summary) : 'it is not CEL');
}

const MESSAGES: ReadonlyMap<string, string> = new Map([
  ['unterminated_string', 'a text is not closed'],
  ['unterminated_triple_quoted_string', 'a text is not closed'],
  ['newline_in_string', 'a text goes over the end of the line'],
  ['limit_exceeded', 'it is too large or too deeply nested'],
  ['unexpected_character', 'unexpected character'],
  ['reserved_identifier', 'a word that CEL keeps for itself; write row["…"] for a column of that name'],
]);

/** `Expected RPAREN, got EOF` in words. */
function words(summary: string): string {
  return summary.replace(/EOF/g, 'the end').toLowerCase();
}

function toHaloValue(result: Value): HaloValue {
  if (result === undefined || result === null) return null;
  if (typeof result === 'string') return toPlainText(result);
  if (typeof result === 'boolean') return result;
  if (typeof result !== 'number') throw new ExpressionFailure('not-scalar');
  if (!Number.isFinite(result)) throw new ExpressionFailure('failed', 'the result is no number, as after 1 / 0');
  return result;
}

/** NUL and its like are in no name: Halo answers them with an error that stops everybody, a database keeps half of the text. */
// eslint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;

function toPlainText(text: string): string | null {
  if (text.length > MAX_TEXT) throw new ExpressionFailure('too-costly');
  const plain = plainText(text);
  return plain === '' ? null : plain;
}

function plainText(text: string): string {
  return text.replace(CONTROLS, '').trim();
}
