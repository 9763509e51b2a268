/** Text for a terminal: cleaned, counted and in columns. Pure. */
import { wrapAnsi } from 'fast-wrap-ansi';
import type picocolors from 'picocolors';

export type Paint = (text: string) => string;

/** Colours, or the same functions doing nothing. */
export type Colors = ReturnType<typeof picocolors.createColors>;

/** A cell of a table; `paint` is applied after the width is counted. */
export interface Cell {
  readonly text: string;
  readonly paint?: Paint | undefined;
  readonly align?: 'right';
}

/**
 * Makes text from outside safe to show: control characters (among them escape sequences' beginning and line ends) and invisible
 * formatting characters become spaces.
 */
export function clean(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').trim();
}

/** 12034 as `12,034`. */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** `2026-11-23T14:15:02Z` as `2026-11-23 14:15:02 UTC`; anything else as it is. */
export function moment(iso: string | null): string {
  if (iso === null) return 'never';
  const parts = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})(?:\.\d+)?Z$/.exec(iso);
  return parts === null ? clean(iso) : `${parts[1] ?? ''} ${parts[2] ?? ''} UTC`;
}

/** Lines of at most `width` columns, cut between words; a word that is longer is cut itself. */
export function wrapped(text: string, width: number): string[] {
  return wrapAnsi(text, width, { hard: true }).split('\n');
}

/**
 * A line for a terminal of so many columns: cut between words, what follows stands below its first word. A word that is longer, like a link, stays
 * whole.
 */
export function fitted(line: string, columns: number): string[] {
  const [lead = ''] = /^ */.exec(line) ?? [];
  const parts = wrapAnsi(line.slice(lead.length), Math.max(20, columns - lead.length - HANGING.length)).split('\n');
  return parts.map((part, index) => `${lead}${index === 0 ? '' : HANGING}${part}`);
}

/** As wide as a mark before a line. */
const HANGING = '  ';

/** Rows as lines, columns as wide as their widest cell, two spaces between them, nothing at line ends. */
export function table(rows: readonly (readonly Cell[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach(({ text }, column) => (widths[column] = Math.max(widths[column] ?? 0, text.length)));
  }
  return rows.map((row) =>
    row
      .map((cell, column) => paddedCell(cell, widths[column] ?? 0, column === row.length - 1))
      .join('  ')
      .trimEnd(),
  );
}

function paddedCell({ text, paint, align }: Cell, width: number, isLast: boolean): string {
  const gap = ' '.repeat(Math.max(0, width - text.length));
  const painted = paint === undefined ? text : paint(text);
  if (align === 'right') return gap + painted;
  return isLast ? painted : painted + gap;
}
