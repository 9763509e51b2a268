/** Field and static mappings: what becomes of one row in Halo's fields. */
import type { Connection } from '../connection/schema.js';
import { userFieldType } from '../halo/fields/user-fields.js';
import type { FeedRow } from '../seatgeek/types.js';
import { plainEmail } from './email.js';
import { compileExpression, ExpressionFailure, positionIn, type Budget, type Expression } from './expression.js';
import type { HaloValue, MappedField, RejectionCode } from './types.js';
import { fitValue, NEEDS, type TargetType } from './value.js';

/** One field mapping, compiled. */
export interface FieldRule {
  readonly to: string;
  readonly type: TargetType;
  readonly when: 'always' | 'create';
  readonly blank: 'clear' | 'keep';
  readonly expression: Expression;
  readonly from: string;
  /** Its expression's place in the connection file. */
  readonly place: string;
}

/** One person can't be mapped; everybody else can. The message names fields, never values. */
export class MappingRejected extends Error {
  constructor(
    readonly code: RejectionCode,
    message: string,
  ) {
    super(message);
    this.name = 'MappingRejected';
  }
}

/** Throws ExpressionSyntaxError, which a checked file never does. */
export function compileFields({ users }: Connection): readonly FieldRule[] {
  return users.fieldMappings.map(({ from, to, when, blank }, index) => ({
    to,
    type: userFieldType(to) ?? 'custom',
    when,
    blank: isClearable(to) ? blank : 'keep',
    expression: compileExpression(from),
    from,
    place: `users.fieldMappings[${index}].from`,
  }));
}

/** The same for every person. */
export function staticFields({ users }: Connection): readonly MappedField[] {
  return users.staticMappings.map(({ to, value, when }) => ({
    to,
    value: value === null ? null : (fitValue(value, userFieldType(to) ?? 'custom') ?? value),
    when,
  }));
}

/** Halo requires a name, and a flag is true or false: neither can be blank. */
export function isClearable(to: string): boolean {
  return to !== 'name' && userFieldType(to) !== 'boolean';
}

/** Throws {@link MappingRejected} when any field is unusable: a person is written whole or not at all. */
export function mapFields(row: FeedRow, rules: readonly FieldRule[], budget: Budget): MappedField[] {
  const fields: MappedField[] = [];
  for (const rule of rules) {
    const field = mapField(row, rule, budget);
    if (field !== undefined) fields.push(field);
  }
  return fields;
}

/** Undefined: what Halo has stays. */
function mapField(row: FeedRow, rule: FieldRule, budget: Budget): MappedField | undefined {
  const { columns } = rule.expression;
  const absent = countAbsent(row, columns);
  // A column that the row doesn't have says nothing about the person (`reference/seatgeek.md` 6.15).
  if (absent > 0 && absent === columns.length) return undefined;
  const value = fit(evaluate(row, rule, budget), rule);
  if (value === null && rule.blank === 'keep') return undefined;
  return { to: rule.to, value, when: absent > 0 ? 'create' : rule.when };
}

function countAbsent(row: FeedRow, columns: readonly string[]): number {
  let absent = 0;
  for (const column of columns) if (!Object.hasOwn(row, column)) absent += 1;
  return absent;
}

/** They get the address itself where a value holds just one; anything else is for Halo to judge. */
const EMAIL_FIELDS: ReadonlySet<string> = new Set(['emailaddress', 'email2', 'email3']);

function fit(value: HaloValue, { to, type }: FieldRule): HaloValue {
  if (value === null) return null;
  const fitted = EMAIL_FIELDS.has(to) ? (plainEmail(value) ?? fitValue(value, type)) : fitValue(value, type);
  if (fitted === undefined) throw new MappingRejected('value-unusable', `${to} needs ${NEEDS[type]}`);
  return fitted;
}

/** Evaluates with failures as rejections that name the target. */
export function evaluate(
  row: FeedRow,
  { expression, to, from }: Pick<FieldRule, 'expression' | 'to' | 'from'>,
  budget: Budget,
): HaloValue {
  try {
    return expression.evaluate(row, budget);
  } catch (error) {
    if (!(error instanceof ExpressionFailure)) throw error;
    switch (error.kind) {
      case 'not-scalar':
        throw new MappingRejected('value-unusable', `${to} got a list or an object and needs a single value`);
      case 'too-costly':
        throw new MappingRejected('value-unusable', `the text for ${to} is too long`);
      case 'failed':
        throw new MappingRejected(
          'expression-failed',
          `the expression for ${to} failed on this row${why(error, from)}`,
        );
    }
  }
}

function why({ at, message }: ExpressionFailure, from: string): string {
  if (at === undefined) return `: ${message}`;
  const { line, column } = positionIn(from, at);
  return `, at line ${line}, column ${column}: ${message}`;
}
