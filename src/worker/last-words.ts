/** What a worker says when it ends for a reason of its own. */
import type { LogMetadata } from '@temporalio/common';
import { SyncError } from '../errors.js';

/** Message and details of the log line. An error that is none of ours keeps its stack: it holds no answers of other systems. */
export function lastWords(error: unknown): [message: string, meta: LogMetadata] {
  if (error instanceof SyncError) return [error.message, { code: error.code, hint: error.hint }];
  if (!(error instanceof Error)) return ['the worker ended', { reason: String(error) }];
  const at = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return [`the worker ended: ${error.message}`, { type: error.name, at: at.slice(0, 8).map((line) => line.trim()) }];
}
