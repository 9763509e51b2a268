/** The rejected people: ids and reasons, no personal data. Pure. */
import type { RejectedUser } from '../../workflows/rejected.js';
import { clean, count, table, type Cell, type Colors } from '../text.js';

/** A connection of an older version tells no hint. */
export type ShownRejection = RejectedUser & { readonly hint?: string };

/** An ID of 36 letters, the longest code, the attempts and the day of the last one fit into 80 columns. */
const ID_WIDTH = 36;

/** A summary by code with what to do, then a table that fits 80 columns. `--json` and `--csv` have the rest. */
export function rejectedLines(users: readonly ShownRejection[], colors: Colors): string[] {
  if (users.length === 0) return ['nobody is rejected'];
  const head = ['SEATGEEK ID', 'CODE', 'TRIED', 'LAST'];
  return [
    ...[...byCode(users)].flatMap(([code, those]) => codeLines(code, those, colors)),
    '',
    ...table([head.map((text): Cell => ({ text, paint: colors.dim })), ...users.map(row)]),
  ];
}

/** As RFC 4180 has it, the header first. A spreadsheet takes no cell for a formula. */
export function rejectedCsv(users: readonly ShownRejection[]): string[] {
  const rows = users.map((user) => [
    user.seatgeekId,
    user.code,
    user.message,
    user.hint ?? '',
    String(user.attempts),
    user.firstSeenAt,
    user.lastTriedAt,
    String(user.pageGone),
  ]);
  const head = ['seatgeek_id', 'code', 'message', 'hint', 'attempts', 'first_seen_at', 'last_tried_at', 'page_gone'];
  return [head, ...rows].map((cells) => cells.map(cell).join(','));
}

function cell(text: string): string {
  const safe = /^[=+\-@]/.test(text) ? `'${clean(text)}` : clean(text);
  return /[",]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function byCode(users: readonly ShownRejection[]): Map<string, ShownRejection[]> {
  const groups = new Map<string, ShownRejection[]>();
  for (const user of users) groups.set(user.code, [...(groups.get(user.code) ?? []), user]);
  return new Map([...groups].sort(([, a], [, b]) => b.length - a.length));
}

/** How many, why (an example, where the reasons name different users or fields), and the way out. */
function codeLines(code: string, users: readonly ShownRejection[], colors: Colors): string[] {
  const [first] = users;
  const isExample = users.some(({ message }) => message !== first?.message);
  const hint = clean(first?.hint ?? '');
  return [
    `${colors.yellow(clean(code))}: ${count(users.length)} ${users.length === 1 ? 'person' : 'people'}`,
    `  ${isExample ? 'for example: ' : ''}${clean(first?.message ?? '')}`,
    ...(hint === '' ? [] : [`  → ${hint}`]),
  ];
}

function row({ seatgeekId, code, attempts, lastTriedAt, pageGone }: ShownRejection): Cell[] {
  const id = clean(seatgeekId);
  return [
    { text: id.length > ID_WIDTH ? `${id.slice(0, ID_WIDTH - 1)}…` : id },
    { text: clean(code) },
    { text: count(attempts), align: 'right' },
    { text: clean(lastTriedAt).slice(0, 10) + (pageGone ? ' gone' : '') },
  ];
}
