/** What SeatGeek and Halo have to choose from, as tables. Names come from outside and are cleaned. Pure. */
import type { Discovery } from '../../contract/discovery.js';
import { clean, count, table, type Cell, type Colors } from '../text.js';
import { checkLines } from './report.js';

export function discoveryLines(
  { lines, columns, customFields, sites, sitesInAll }: Discovery,
  colors: Colors,
): string[] {
  return [
    ...checkLines(lines, colors),
    ...section('SeatGeek columns', columns, ({ name, type }) => [name, type ?? ''], colors),
    ...section('Halo custom fields for users', customFields, ({ name, label }) => [name, label], colors),
    ...section('Halo sites', sites, ({ id, name, client }) => [String(id), name, client], colors),
    ...(sites !== null && sites.length < sitesInAll
      ? [`  … and ${count(sitesInAll - sites.length)} more; look for one with --site <part of its name>`]
      : []),
  ];
}

function section<T>(title: string, rows: readonly T[] | null, cells: (row: T) => string[], colors: Colors): string[] {
  if (rows === null) return [];
  const lines = table(
    rows.map((row) => cells(row).map((text, at): Cell => ({ text: `${at === 0 ? '  ' : ''}${clean(text)}` }))),
  );
  return ['', colors.bold(title), ...(lines.length === 0 ? ['  none'] : lines)];
}
