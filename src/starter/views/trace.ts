/** One person's way, step by step. Pure. */
import type { TraceAnswer } from '../../activities/answers.js';
import { clean, count, type Colors } from '../text.js';
import { personLines } from './people.js';
import { plural } from './run.js';

export function traceLines(answer: TraceAnswer, colors: Colors): string[] {
  const steps = answer.steps.map(
    ({ step, ok, text }, at) =>
      `${ok ? colors.green('✔') : colors.red('✘')} ${at + 1}. ${colors.bold(clean(step))}: ${clean(text)}`,
  );
  return [
    ...steps,
    ...(answer.person === null ? [] : ['', ...personLines(answer.person, colors)]),
    '',
    `nothing was written; ${plural(answer.haloRequests, 'request')} to Halo, ${count(answer.seatgeekRequests)} to SeatGeek`,
  ];
}
