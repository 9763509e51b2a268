/** Values inside an expression, and how each becomes what a function or an operator needs. Pure. */

/** What is known of a value before any row is seen; `any` is a column whose type the feed does not tell. */
export type ValueType = 'text' | 'number' | 'bool' | 'list' | 'any';

/** Null is blank: a null or missing column. Objects come from JSON columns and can only be looked into. */
export type Value = unknown;

/** What went wrong with one row, without a word of the row, whose values may be personal. */
export class ExpressionFailure extends Error {
  /** Where in the expression, in characters from 0; undefined for the whole of it. */
  at: number | undefined;

  constructor(
    readonly kind: 'failed' | 'not-scalar' | 'too-costly',
    /** With an example of our own where that helps. */
    reason: string = REASONS[kind],
  ) {
    super(reason);
    this.name = 'ExpressionFailure';
  }
}

const REASONS = {
  failed: 'it does not work with this value',
  'not-scalar':
    'a list or an object stands where a single value is needed; pick one, as in value[0] or row["column"].member',
  'too-costly': 'a text is too long',
} as const;

/** Longer than any field of Halo. */
export const MAX_TEXT = 100_000;

/** Longer lists are no business of a mapping. */
export const MAX_LIST = 1_000;

/**
 * Characters that one evaluation may go through. It ends what would take long: native text functions pass millions in a
 * millisecond, a pattern needs some 50 ns for each character and instruction.
 */
const MAX_COST = 400_000;

/** What the evaluations that share it may still spend: time, and so memory, as every text that is made costs its length. */
export class Budget {
  #spent = 0;

  /** `most`: by default as much as one evaluation may spend. */
  constructor(private readonly most = MAX_COST) {}

  get spent(): number {
    return this.#spent;
  }

  /** Throws {@link ExpressionFailure} `too-costly`. */
  spend(cost: number): void {
    this.#spent += cost;
    if (this.#spent > this.most) throw new ExpressionFailure('too-costly');
  }
}

export function isBlank(value: Value): value is null | undefined | '' {
  return value === null || value === undefined || value === '';
}

/** A text of nothing but blanks becomes blank. */
export function trimmed(value: Value): Value {
  return typeof value === 'string' ? value.trim() : value;
}

/** Blank is the empty text; numbers and flags are written out. */
export function toText(value: Value, budget: Budget): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') throw new ExpressionFailure('not-scalar');
  budget.spend(value.length);
  return value;
}

/** Null when blank. A text counts when it is nothing but a number: feeds send large ones as text. */
export function toNumber(value: Value): number | null {
  const number = numberOf(value);
  if (number !== undefined) return number;
  if (isBlank(trimmed(value))) return null;
  if (typeof value === 'object') throw new ExpressionFailure('not-scalar');
  throw new ExpressionFailure('failed', "a text that is no number stands where a number is needed, like '12a'");
}

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d{1,3})?$/i;

const TRUE: ReadonlySet<Value> = new Set([true, 1, 'true', '1', 'yes', 't']);
const FALSE: ReadonlySet<Value> = new Set([false, 0, 'false', '0', 'no', 'f']);

/** Undefined for what is neither. */
export function flagOf(value: Value): boolean | undefined {
  const folded = typeof value === 'string' ? value.trim().toLowerCase() : value;
  if (TRUE.has(folded)) return true;
  return FALSE.has(folded) ? false : undefined;
}

/** Blank is false. */
export function toBool(value: Value): boolean {
  const flag = flagOf(isBlank(trimmed(value)) ? false : value);
  if (flag !== undefined) return flag;
  if (typeof value === 'object') throw new ExpressionFailure('not-scalar');
  throw new ExpressionFailure(
    'failed',
    "neither yes nor no stands where a condition is needed, like 'maybe'; compare it: column == 'maybe'",
  );
}

/** Blank is the empty list. */
export function toList(value: Value, budget: Budget): readonly Value[] {
  if (isBlank(value)) return [];
  if (!Array.isArray(value))
    throw new ExpressionFailure(
      'failed',
      "a single value stands where a list is needed; text.split(',') makes one of 'a,b'",
    );
  budget.spend(value.length);
  return value;
}

/** Numbers compare by value, also one that came as text; blank equals blank, whichever way it is blank. */
export function areEqual(left: Value, right: Value): boolean {
  if (isBlank(left) && isBlank(right)) return true;
  if (typeof left === typeof right) return left === right;
  const pair = numbers(left, right);
  return pair !== undefined && pair[0] === pair[1];
}

/** Below 0, 0 or above 0; none of these where one is blank. Throws {@link ExpressionFailure} for values of different kinds. */
export function compare(left: Value, right: Value): number {
  if (isBlank(left) || isBlank(right)) return Number.NaN;
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : left > right ? 1 : 0;
  const pair = numbers(left, right);
  if (pair === undefined)
    throw new ExpressionFailure('failed', "a text is compared with a number, like 'a' < 1; write string(number)");
  return pair[0] - pair[1];
}

function numbers(left: Value, right: Value): readonly [number, number] | undefined {
  const [a, b] = [numberOf(left), numberOf(right)];
  return a === undefined || b === undefined ? undefined : [a, b];
}

function numberOf(value: Value): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && NUMBER.test(value.trim()) ? Number(value) : undefined;
}
