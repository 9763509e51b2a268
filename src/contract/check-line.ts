/** Lines of the set-up report, and how a check becomes one. */
import { SyncError } from '../errors.js';

/** One line of the set-up report. */
export interface CheckLine {
  readonly check: string;
  readonly ok: boolean;
  readonly message: string;
  readonly hint?: string;
}

/** Something to know may stand below it. */
export function green(check: string, message: string, hint?: string): CheckLine {
  return { check, ok: true, message, ...(hint !== undefined && { hint }) };
}

export function red(check: string, { message, hint }: { readonly message: string; readonly hint: string }): CheckLine {
  return { check, ok: false, message, hint };
}

/** What a check found, for a check that needs it; null where it failed. */
export interface Checked<T> {
  readonly line: CheckLine;
  readonly value: T | null;
}

/** The line of one check: what `action` says, or why it failed and the way out. Throws on the caller's abort, and what is no SyncError. */
export async function attempt<T>(
  check: string,
  signal: AbortSignal | undefined,
  action: () => Promise<{ readonly value: T; readonly message: string }>,
): Promise<Checked<T>> {
  try {
    const { value, message } = await action();
    return { line: green(check, message), value };
  } catch (error) {
    if (signal?.aborted === true || !(error instanceof SyncError)) throw error;
    return { line: red(check, error), value: null };
  }
}

/** What a check says that had to wait for another one. */
export const NOT_CHECKED = 'Not checked.';

/** The line of a check that has to wait for the one above it. */
export function notChecked(check: string): CheckLine {
  return red(check, { message: NOT_CHECKED, hint: 'Correct the line above first.' });
}
