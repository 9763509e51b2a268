/** JSON log lines on stderr. Errors are logged by class, code and message only: causes and response bodies never get here. */
import type { LogLevel, LogMetadata, Logger } from '@temporalio/common';
import { pino, type Logger as Pino } from 'pino';

/** Writes lines of `level` and above. */
export function createLogger(level: string): Logger {
  const sink = pino(
    { level, base: { app: 'seatgeek-halo', pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination(2),
  );
  const log = (at: LogLevel, message: string, meta?: LogMetadata): void => write(sink, at, message, meta);
  return {
    log,
    trace: (message, meta) => log('TRACE', message, meta),
    debug: (message, meta) => log('DEBUG', message, meta),
    info: (message, meta) => log('INFO', message, meta),
    warn: (message, meta) => log('WARN', message, meta),
    error: (message, meta) => log('ERROR', message, meta),
  };
}

/** Of no use to a reader, and long. */
const LEFT_OUT = new Set(['taskToken', 'isLocal']);

const METHODS = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;

function write(sink: Pino, level: LogLevel, message: string, meta: LogMetadata | undefined): void {
  sink[METHODS[level]](plainMeta(meta), message);
}

function plainMeta(meta: LogMetadata | undefined): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(meta ?? {})
      .filter(([key, value]) => !LEFT_OUT.has(key) && value !== undefined && typeof value !== 'symbol')
      .map(([key, value]) => [key, plainValue(value)]),
  );
}

/** Core hands over 64-bit numbers as bigint, which JSON can't hold. */
function plainValue(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Error) return plainError(value);
  return value;
}

function plainError(error: Error): Record<string, unknown> {
  const type = 'type' in error && typeof error.type === 'string' ? error.type : error.name;
  return { type, message: error.message };
}
