/** The primary address: five expressions for the five lines of Halo's address (`reference/halo.md` 3.9: no city, state or country). */
import { connectionSchema, type Connection } from '../connection/schema.js';
import type { FeedRow } from '../seatgeek/types.js';
import { compileExpression, type Expression } from './expression.js';
import { evaluate } from './fields.js';
import type { MappedAddress } from './types.js';

export interface AddressLine {
  readonly line: keyof MappedAddress;
  readonly expression: Expression;
  readonly place: string;
  /** The default expression: its columns may be missing from the feed, whose column list is not public. */
  readonly isDefault: boolean;
}

const LINES = ['line1', 'line2', 'line3', 'line4', 'postcode'] as const;

const DEFAULTS = connectionSchema.shape.users.shape.primaryAddress.parse({});

/** Empty when addresses are not imported. */
export function compileAddress({ users }: Connection): readonly AddressLine[] {
  if (!users.importPrimaryAddress) return [];
  return LINES.map((line) => ({
    line,
    expression: compileExpression(users.primaryAddress[line]),
    place: `users.primaryAddress.${line}`,
    isDefault: users.primaryAddress[line] === DEFAULTS[line],
  }));
}

/** Null when every line is blank; a missing column is blank. Throws MappingRejected. */
export async function mapAddress(row: FeedRow, lines: readonly AddressLine[]): Promise<MappedAddress | null> {
  const address = { line1: '', line2: '', line3: '', line4: '', postcode: '' };
  for (const { line, expression, place } of lines) {
    const result = evaluate(row, { expression, to: `primary_address.${line}`, place });
    address[line] = String((result instanceof Promise ? await result : result) ?? '');
  }
  return Object.values(address).every((text) => text === '') ? null : address;
}
