/** The primary address: five expressions for the five lines of Halo's address (`reference/halo.md` 3.9: no city, state or country). */
import { connectionSchema, type Connection } from '../connection/schema.js';
import type { FeedRow } from '../seatgeek/types.js';
import { compileExpression, type Expression } from './expression.js';
import { evaluate } from './fields.js';
import { mapInOrder, whenThere } from './in-order.js';
import type { HaloValue, MappedAddress } from './types.js';

export interface AddressLine {
  readonly line: keyof MappedAddress;
  /** The line's name in messages. */
  readonly to: string;
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
    to: `primary_address.${line}`,
    expression: compileExpression(users.primaryAddress[line]),
    place: `users.primaryAddress.${line}`,
    isDefault: users.primaryAddress[line] === DEFAULTS[line],
  }));
}

/** Null when every line is blank; a missing column is blank. Throws, or rejects with, MappingRejected. */
export function mapAddress(
  row: FeedRow,
  lines: readonly AddressLine[],
): MappedAddress | null | Promise<MappedAddress | null> {
  const texts = mapInOrder(lines, ({ expression, to, place }) => evaluate(row, { expression, to, place }));
  return whenThere(texts, (all) => toAddress(lines, all));
}

function toAddress(lines: readonly AddressLine[], texts: readonly HaloValue[]): MappedAddress | null {
  if (texts.every((text) => text === null)) return null;
  const address = { line1: '', line2: '', line3: '', line4: '', postcode: '' };
  lines.forEach(({ line }, at) => (address[line] = String(texts[at] ?? '')));
  return address;
}
