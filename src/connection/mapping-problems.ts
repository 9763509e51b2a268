/** Checks of the mappings that a shape can't say: targets, doubles, expressions, values. */
import { userFieldType } from '../halo/fields/user-fields.js';
import { compileExpression, ExpressionSyntaxError } from '../mapping/expression.js';
import { isClearable } from '../mapping/fields.js';
import { fitValue, NEEDS } from '../mapping/value.js';
import type { Draft } from './draft.js';
import { idColumnProblem } from './id-column.js';
import type { Problem } from './problem.js';
import { idFieldProblem, targetProblem, type AllowedFields } from './targets.js';

interface Target {
  readonly to: string;
  readonly place: string;
}

/** All of them, section by section. */
export function mappingProblems({ seatgeek, users }: Draft, allowedFields?: AllowedFields): Problem[] {
  const targets = targetsOf(users);
  const { id = 'id', email = 'email' } = seatgeek.columns;
  return [
    ...problem('seatgeek.columns.id', idColumnProblem({ id, email }, users.fieldMappings)),
    ...(users.seatgeekIdField === undefined
      ? []
      : problem('users.seatgeekIdField', idFieldProblem(users.seatgeekIdField))),
    ...targets.flatMap(({ to, place }) => problem(place, targetProblem(to, users.seatgeekIdField, allowedFields))),
    ...doubles(targets),
    ...nameProblem(users, targets),
    ...users.fieldMappings.flatMap(({ from }, index) => expressionProblem(from, `users.fieldMappings[${index}].from`)),
    ...Object.entries(users.primaryAddress).flatMap(([line, from]) =>
      expressionProblem(from, `users.primaryAddress.${line}`),
    ),
    ...addressProblem(users),
    ...users.staticMappings.flatMap(({ to, value }, index) =>
      valueProblem(to, value, `users.staticMappings[${index}].value`),
    ),
  ];
}

function targetsOf({ fieldMappings, staticMappings }: Draft['users']): Target[] {
  const named = (list: string, mappings: Draft['users']['fieldMappings']): Target[] =>
    mappings.flatMap(({ to }, index) =>
      to === undefined || to === '' ? [] : [{ to, place: `users.${list}[${index}].to` }],
    );
  return [...named('fieldMappings', fieldMappings), ...named('staticMappings', staticMappings)];
}

/** Halo takes names in any case, so two spellings are one target. */
function doubles(targets: readonly Target[]): Problem[] {
  const first = new Map<string, string>();
  return targets.flatMap(({ to, place }) => {
    const earlier = first.get(to.toLowerCase());
    if (earlier !== undefined) return [{ place, text: `has the same target as ${earlier}; keep one of them` }];
    first.set(to.toLowerCase(), place);
    return [];
  });
}

function nameProblem({ fieldMappings }: Draft['users'], targets: readonly Target[]): Problem[] {
  if (fieldMappings.length === 0 || targets.some(({ to }) => to.toLowerCase() === 'name')) return [];
  return [{ place: 'users.fieldMappings', text: 'nothing maps to name, without which Halo creates nobody' }];
}

function addressProblem({ importPrimaryAddress, primaryAddress }: Draft['users']): Problem[] {
  if (importPrimaryAddress !== true || Object.values(primaryAddress).some((from) => (from ?? '').trim() !== ''))
    return [];
  const text = 'is on, but users.primaryAddress maps no line, like { "line1": "address_line_1", "line3": "city" }';
  return [{ place: 'users.importPrimaryAddress', text }];
}

function expressionProblem(from: string | undefined, place: string): Problem[] {
  if (from === undefined) return [];
  try {
    compileExpression(from);
    return [];
  } catch (error) {
    if (!(error instanceof ExpressionSyntaxError)) throw error;
    const at = `line ${error.line}, column ${error.column}`;
    return [{ place, text: `is not a usable expression (${at}): ${error.message}` }];
  }
}

function valueProblem(to: string | undefined, value: unknown, place: string): Problem[] {
  const type = to === undefined ? undefined : userFieldType(to);
  if (to === undefined || type === undefined) return [];
  if (value === null) return isClearable(to) ? [] : [{ place, text: `${to} can't be cleared` }];
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return [];
  const fits = type === 'string' ? typeof value === 'string' : fitValue(value, type) !== undefined;
  return fits ? [] : [{ place, text: `${to} needs ${NEEDS[type]}` }];
}

function problem(place: string, text: string | undefined): Problem[] {
  return text === undefined ? [] : [{ place, text }];
}
