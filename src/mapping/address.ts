/** The primary address: five expressions for the five lines of Halo's address (`reference/halo.md` 3.9: no city, state or country). */
import type { Connection } from '../connection/schema.js';
import type { FeedRow } from '../seatgeek/types.js';
import { compileExpression, type Budget, type Expression } from './expression.js';
import { evaluate } from './fields.js';
import { ADDRESS_LINES, type MappedAddress } from './types.js';

export interface AddressLine {
  readonly line: keyof MappedAddress;
  /** The line's name in messages. */
  readonly to: string;
  readonly expression: Expression;
  readonly from: string;
  readonly place: string;
}

/** The mapped lines; empty when addresses are not imported. */
export function compileAddress({ users }: Connection): readonly AddressLine[] {
  if (!users.importPrimaryAddress) return [];
  return ADDRESS_LINES.flatMap((line) => {
    const from = users.primaryAddress[line];
    if (from === undefined || from.trim() === '') return [];
    const place = `users.primaryAddress.${line}`;
    return [{ line, to: `primary_address.${line}`, expression: compileExpression(from), from, place }];
  });
}

/**
 * Null when every line is blank, or nothing but its expression's own text: an address is never emptied. A line that is not mapped, or whose
 * columns the row lacks, is left out: Halo keeps what it has. Throws MappingRejected.
 */
export function mapAddress(row: FeedRow, lines: readonly AddressLine[], budget: Budget): MappedAddress | null {
  const address: { -readonly [Line in keyof MappedAddress]: MappedAddress[Line] } = {};
  let isBlank = true;
  for (const rule of lines) {
    const { columns } = rule.expression;
    if (columns.length > 0 && !columns.some((column) => Object.hasOwn(row, column))) continue;
    const text = String(evaluate(row, rule, budget) ?? '');
    address[rule.line] = text;
    if (isBlank && text !== '') isBlank = !rule.expression.isBasedOn(row);
  }
  return isBlank ? null : address;
}
