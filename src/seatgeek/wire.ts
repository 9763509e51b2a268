/** SeatGeek's wire shapes (`reference/seatgeek.md` 1.2, 1.5, 1.7). Unknown keys pass through everywhere. */
import { z } from 'zod';
import { isObject, readJson } from '../json.js';
import { withExactNumbers } from './exact-numbers.js';
import type { FeedRow } from './types.js';

/** Characters of a cursor, which is carried from run to run. */
const MAX_CURSOR = 8_192;

/** Rows of a page that may be no objects before they count as SeatGeek's new way, which must be understood first. */
const MAX_ODD_ROWS = 3;

/** In one step: a page has thousands of them. What is no object is a row without columns: it is told, and keeps nobody else from being written. */
const rows = z.custom<readonly unknown[]>(Array.isArray).transform((values, context): readonly FeedRow[] => {
  const odd = values.flatMap((row, place) => (isObject(row) ? [] : [place]));
  if (odd.length > MAX_ODD_ROWS)
    context.addIssue({ code: 'custom', path: odd.slice(0, 1), message: 'expected an object' });
  return values.map((row) => (isObject(row) ? row : {}));
});

/** Only for noticing drift: a malformed one counts as absent. */
const metadata = z
  .looseObject({
    table_definition: z.array(
      z.looseObject({ column: z.string(), postgres_type: z.string().optional().catch(undefined) }),
    ),
  })
  .nullish()
  .catch(null);

/** A page of the feed. Rows are checked to be objects and no further: their columns are the mapping's business. Null is no rows. */
export const envelopeSchema = z.looseObject({
  has_more: z.boolean(),
  cursor: z.string().max(MAX_CURSOR).nullish(),
  data: rows.nullish(),
  metadata,
});

export type Envelope = z.output<typeof envelopeSchema>;

/** Where the answer names no lifetime. */
const DEFAULT_LIFETIME_S = 3_600;

/** The token endpoint's answer. `expires_in` is in seconds. */
export const tokenSchema = z.looseObject({
  access_token: z.string().min(1),
  expires_in: z.coerce.number().positive().catch(DEFAULT_LIFETIME_S),
});

const errorSchema = z.looseObject({
  message: z.string().optional().catch(undefined),
  errors: z.array(z.union([z.string(), z.looseObject({ message: z.string() })]).catch('')).catch([]),
  error_description: z.string().optional().catch(undefined),
  error: z.string().optional().catch(undefined),
});

/** The reasons in an error body, that of the whole first; none when the body isn't JSON or gives none. They may hold anything: see `safeText`. */
export function reasonsIn(body: string): string[] {
  const parsed = errorSchema.safeParse(parseJson(body));
  if (!parsed.success) return [];
  const { message, errors, error_description, error } = parsed.data;
  const texts = [message, ...errors.map(textOf), error_description, error];
  return texts.filter((text): text is string => text !== undefined && text !== '');
}

function textOf(error: string | { readonly message: string }): string {
  return typeof error === 'string' ? error : error.message;
}

// eslint-disable-next-line no-control-regex -- that is what it looks for
const CONTROL = /[\u0000-\u001f]/g;

/**
 * Undefined when the text isn't JSON. Control characters that stand raw in a text, where JSON wants them escaped, become blanks: one of them
 * must not hide a page.
 */
export function parseJson(text: string): unknown {
  return readJson(withExactNumbers(text)) ?? readJson(withExactNumbers(text.replace(CONTROL, ' ')));
}

/** Some columns come with quotes in their name (`reference/seatgeek.md` 1.3). */
export function bareColumn(name: string): string {
  let [start, end] = [0, name.length];
  while (start < end && QUOTES.includes(name.charAt(start))) start += 1;
  while (end > start && QUOTES.includes(name.charAt(end - 1))) end -= 1;
  return name.slice(start, end);
}

const QUOTES = '"\'`';

/** Asked for every column of every row: a regular expression would be the costliest part of reading a page. */
function isBare(name: string): boolean {
  return !QUOTES.includes(name.charAt(0)) && !QUOTES.includes(name.charAt(name.length - 1));
}

/** The row with bare column names; the row itself when they are bare already. A name that is bare goes before one that has to be made so. */
export function bareRow(feedRow: FeedRow): FeedRow {
  const names = Object.keys(feedRow);
  if (names.every(isBare)) return feedRow;
  const inOrder = [...names, ...names.filter(isBare)];
  return Object.fromEntries(inOrder.map((name) => [bareColumn(name), feedRow[name]]));
}
