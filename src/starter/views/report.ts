/** The set-up report of `validate`, line by line. Pure. */
import type { ValidationReport } from '../../activities/types.js';
import { clean, type Colors } from '../text.js';
import { plural } from './run.js';

export function reportLines(report: ValidationReport, colors: Colors): string[] {
  const failed = report.lines.filter(({ ok }) => !ok).length;
  return [
    ...report.lines.flatMap(({ ok, check, message, hint }) => [
      `${ok ? colors.green('✔') : colors.red('✘')} ${colors.bold(clean(check))}: ${clean(message)}`,
      ...(hint === undefined ? [] : [`    → ${clean(hint)}`]),
    ]),
    '',
    report.ok ? `${plural(report.lines.length, 'check')}, nothing to correct` : `${plural(failed, 'check')} to look at`,
  ];
}
