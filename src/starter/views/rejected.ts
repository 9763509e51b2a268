/** The rejected people as a table: ids and reasons, no personal data. Pure. */
import type { RejectedUser } from '../../workflows/rejected.js';
import { clean, count, moment, table, type Cell, type Colors } from '../text.js';

export function rejectedLines(users: readonly RejectedUser[], colors: Colors): string[] {
  if (users.length === 0) return ['nobody is rejected'];
  const head = ['SEATGEEK ID', 'CODE', 'ATTEMPTS', 'LAST TRIED', 'WHY'];
  return table([head.map((text): Cell => ({ text, paint: colors.dim })), ...users.map(row)]);
}

function row({ seatgeekId, code, attempts, lastTriedAt, message, pageGone }: RejectedUser): Cell[] {
  const gone = pageGone ? ' (no longer on its page of the feed)' : '';
  return [
    { text: clean(seatgeekId) },
    { text: clean(code) },
    { text: count(attempts), align: 'right' },
    { text: moment(lastTriedAt) },
    { text: clean(message) + gone },
  ];
}
