/** The set-up report of `validate`, line by line. Pure. */
import type { ValidationReport } from '../../activities/types.js';
import { clean, type Colors } from '../text.js';
import { plural } from './run.js';

export function reportLines(report: ValidationReport, colors: Colors): string[] {
  const failed = report.lines.filter(({ ok }) => !ok).length;
  const warned = report.lines.filter(({ ok, hint }) => ok && hint !== undefined).length;
  const correct = failed === 0 ? 'nothing' : String(failed);
  const look = warned === 0 ? '' : `, ${warned} to look at`;
  return [
    ...checkLines(report.lines, colors),
    '',
    `${plural(report.lines.length, 'check')}, ${correct} to correct${look}`,
  ];
}

/** Green, green with something to know, or red; below stands what to do. */
export function checkLines(lines: ValidationReport['lines'], colors: Colors): string[] {
  return lines.flatMap(({ ok, check, message, hint }) => [
    `${mark({ ok, hint }, colors)} ${colors.bold(clean(check))}: ${clean(message)}`,
    ...(hint === undefined ? [] : [`    → ${clean(hint)}`]),
  ]);
}

function mark({ ok, hint }: { ok: boolean; hint: string | undefined }, colors: Colors): string {
  if (!ok) return colors.red('✘');
  return hint === undefined ? colors.green('✔') : colors.yellow('!');
}
