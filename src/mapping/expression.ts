/** Expressions of the connection file: a bare column is looked up, everything else is JSONata over the row and nothing but the row. */
import jsonata from 'jsonata';
import { z } from 'zod';
import type { FeedRow } from '../seatgeek/types.js';
import { joining, namesIn, onlyColumn, type Joining } from './expression-names.js';
import { GuardedRegExp } from './guarded-regex.js';
import type { HaloValue } from './types.js';

/** Limits of one evaluation: milliseconds, calls within calls, length of a list. They end what would never end. */
const LIMITS = { timeout: 1_000, stack: 500, sequence: 10_000 };

export interface Expression {
  /** Columns it refers to; a constant has none. */
  readonly columns: readonly string[];
  /**
   * The value for a row: texts trimmed, blank as null, a null column as if it were missing. A promise only where JSONata is needed.
   * Throws (or rejects with) {@link ExpressionFailure}.
   */
  evaluate(row: FeedRow): HaloValue | Promise<HaloValue>;
}

/** An expression has no usable value for one row. Says nothing of the row, whose values may be personal. */
export class ExpressionFailure extends Error {
  constructor(readonly kind: 'failed' | 'not-scalar' | 'endless') {
    super(`expression ${kind}`);
    this.name = 'ExpressionFailure';
  }
}

/** The expression can't be compiled. `position` counts characters from 1; undefined when it isn't about one place. */
export class ExpressionSyntaxError extends Error {
  constructor(
    message: string,
    readonly position?: number,
  ) {
    super(message);
    this.name = 'ExpressionSyntaxError';
  }
}

/**
 * Compiles once, evaluates many times. A name in double quotes is a column, as some feeds name columns with the quotes
 * (`reference/seatgeek.md` 1.3). Throws {@link ExpressionSyntaxError}.
 */
export function compileExpression(source: string): Expression {
  const trimmed = source.trim();
  if (trimmed === '') return { columns: [], evaluate: () => null };
  const quoted = /^"([A-Za-z_]\w*)"$/.exec(trimmed)?.[1];
  if (quoted !== undefined) return columnExpression(quoted);
  const compiled = parse(trimmed);
  const ast: unknown = compiled.ast();
  const column = onlyColumn(ast);
  if (column !== undefined) return columnExpression(column);
  const { columns, problems } = namesIn(ast);
  if (problems.length > 0) throw new ExpressionSyntaxError(problems.join('; '));
  const evaluate = (row: FeedRow): Promise<HaloValue> => evaluateGuarded(compiled, row);
  const joined = joining(ast);
  if (joined === undefined) return { columns, evaluate };
  return {
    columns,
    evaluate: (row) => {
      const value = join(joined, row);
      return value === undefined ? evaluate(row) : value;
    },
  };
}

/** The columns that an expression refers to. Throws {@link ExpressionSyntaxError}. */
export function columnsOf(source: string): readonly string[] {
  return compileExpression(source).columns;
}

function columnExpression(column: string): Expression {
  return { columns: [column], evaluate: (row) => toValue(Object.hasOwn(row, column) ? row[column] : null) };
}

/** Joins texts without JSONata, which costs ten times as much; undefined when a column holds anything but text. */
function join({ pieces, separator }: Joining, row: FeedRow): HaloValue | undefined {
  const texts: string[] = [];
  for (const piece of pieces) {
    const value = 'text' in piece ? piece.text : Object.hasOwn(row, piece.column) ? row[piece.column] : null;
    if (typeof value === 'string') texts.push(value);
    else if (value !== null && value !== undefined) return undefined;
  }
  return toValue(texts.join(separator));
}

async function evaluateGuarded(compiled: jsonata.Expression, row: FeedRow): Promise<HaloValue> {
  const present = Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
  let result: unknown;
  try {
    result = await compiled.evaluate(present);
  } catch (error) {
    throw new ExpressionFailure(codeOf(error) === TIMED_OUT ? 'endless' : 'failed');
  }
  return toValue(result);
}

/** JSONata's code for an evaluation that took longer than its time. */
const TIMED_OUT = 'D1012';

function toValue(result: unknown): HaloValue {
  if (result === undefined || result === null) return null;
  if (typeof result === 'string') return toText(result);
  if (typeof result === 'boolean' || (typeof result === 'number' && Number.isFinite(result))) return result;
  throw new ExpressionFailure('not-scalar');
}

/** Longer than any field of Halo; a text grown without end would fill the worker's memory. */
const MAX_TEXT = 1_000_000;

function toText(text: string): string | null {
  if (text.length > MAX_TEXT) throw new ExpressionFailure('failed');
  const trimmed = text.trim();
  return trimmed === '' ? null : trimmed;
}

/** What JSONata throws is a plain object, not an Error. */
const thrown = z.object({ code: z.string(), message: z.string().optional(), position: z.number().optional() });

function parse(source: string): jsonata.Expression {
  try {
    return jsonata(source, { ...LIMITS, RegexEngine: GuardedRegExp });
  } catch (error) {
    const { message, position } = thrown.safeParse(error).data ?? {};
    throw new ExpressionSyntaxError(message ?? 'it is not a JSONata expression', position);
  }
}

function codeOf(error: unknown): string {
  return thrown.safeParse(error).data?.code ?? '';
}
