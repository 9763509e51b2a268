/** What a person, or a script with `--json`, is told about an error. Pure. */
import { CommanderError } from 'commander';
import { SyncError } from '../errors.js';
import { clean } from './text.js';

/** What happened, line by line, then the way out. */
export function errorLines(error: unknown): string[] {
  const { code, message, hint } = toldError(error);
  const [first = '', ...more] = message.split('\n').map(clean);
  // Whoever says no made no mistake.
  const head = code === 'cancelled' ? '' : 'error: ';
  return [`${head}${first}`, ...more.map((line) => `  ${line}`), ...(hint === '' ? [] : [`  → ${clean(hint)}`])];
}

/** The shape of errors on stdout with `--json`. */
export function errorJson(error: unknown): { error: { code: string; message: string; hint: string } } {
  return { error: toldError(error) };
}

function toldError(error: unknown): { code: string; message: string; hint: string } {
  if (error instanceof SyncError) return { code: error.code, message: error.message, hint: error.hint };
  if (error instanceof CommanderError) return { code: 'usage', message: error.message, hint: 'See --help.' };
  return { code: 'unexpected', message: unexpectedMessage(error), hint: '' };
}

/** Temporal's client wraps what the server said: the innermost message is the one that helps. */
function unexpectedMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const inner = error.cause instanceof Error ? unexpectedMessage(error.cause) : '';
  return inner === '' || inner === error.message ? error.message : `${error.message}: ${inner}`;
}
