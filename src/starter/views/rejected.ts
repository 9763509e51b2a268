/** The rejected people as a table: ids and reasons, no personal data; below it what to do about each kind of reason. Pure. */
import type { RejectedUser } from '../../workflows/rejected.js';
import { clean, count, moment, table, type Cell, type Colors } from '../text.js';

/** A connection of an older version tells no hint. */
export type ShownRejection = RejectedUser & { readonly hint?: string };

export function rejectedLines(users: readonly ShownRejection[], colors: Colors): string[] {
  if (users.length === 0) return ['nobody is rejected'];
  const head = ['SEATGEEK ID', 'CODE', 'ATTEMPTS', 'FIRST SEEN', 'LAST TRIED', 'WHY'];
  return [...table([head.map((text): Cell => ({ text, paint: colors.dim })), ...users.map(row)]), ...hintLines(users)];
}

function row({ seatgeekId, code, attempts, firstSeenAt, lastTriedAt, message, pageGone }: ShownRejection): Cell[] {
  const gone = pageGone ? ' (no longer on its page of the feed)' : '';
  return [
    { text: clean(seatgeekId) },
    { text: clean(code) },
    { text: count(attempts), align: 'right' },
    { text: moment(firstSeenAt) },
    { text: moment(lastTriedAt) },
    { text: clean(message) + gone },
  ];
}

/** One line per code, however many people have it. */
function hintLines(users: readonly ShownRejection[]): string[] {
  const hints = new Map(
    users.flatMap(({ code, hint }): [string, string][] => (hint === undefined ? [] : [[code, hint]])),
  );
  if (hints.size === 0) return [];
  return ['', ...[...hints].map(([code, hint]) => `${clean(code)} → ${clean(hint)}`)];
}
