/** Statuses, runs and a connection in memory, for the starter's tests. */
import type { SignalDefinition } from '@temporalio/common';
import type { ValidationReport } from '../../../src/activities/types.js';
import type { Connections, ListedConnection } from '../../../src/starter/connections.js';
import type { Context } from '../../../src/starter/context.js';
import { createTerminal, type Terminal } from '../../../src/starter/output.js';
import type { RejectedUser } from '../../../src/workflows/rejected.js';
import type { RunReport } from '../../../src/workflows/state.js';
import type { Status } from '../../../src/workflows/status.js';

export const NOW_MS = Date.parse('2026-11-23T14:15:00Z');

export function aRun(overrides: Partial<RunReport> = {}): RunReport {
  return {
    trigger: 'interval',
    outcome: 'completed',
    startedAt: '2026-11-23T14:14:00Z',
    finishedAt: '2026-11-23T14:14:50Z',
    pages: 5,
    events: 5_000,
    people: 4_810,
    created: 4_600,
    matchedByEmail: 150,
    updated: 60,
    unchanged: 0,
    deactivated: 0,
    skipped: 4,
    rejected: 0,
    haloRequests: 118,
    directory: null,
    seatgeekRequests: 6,
    ...overrides,
  };
}

export function aStatus(overrides: Partial<Status> = {}): Status {
  return {
    connection: 'arena',
    phase: 'idle',
    integrator: 'on',
    cursor: 'eyJzZXEiOjF9',
    epoch: 0,
    lastSyncedAt: '2026-11-23T14:14:50Z',
    run: null,
    lastRun: aRun(),
    sampleImport: null,
    rejectedUsers: 0,
    nextRunAt: '2026-11-23T14:29:50Z',
    waiting: null,
    lastError: null,
    pending: [],
    habits: null,
    ...overrides,
  };
}

export function aRejectedUser(overrides: Partial<RejectedUser> = {}): RejectedUser {
  return {
    seatgeekId: 'sg-1',
    code: 'email-taken',
    message: 'emailaddress is in use',
    page: { cursor: null, limit: 1_000 },
    attempts: 2,
    firstSeenAt: '2026-11-23T14:14:00Z',
    lastTriedAt: '2026-11-23T14:14:50Z',
    retryAtRun: 3,
    pageGone: false,
    ...overrides,
  };
}

/** A running connection that answers one status after the other, then the last one again and again. */
export interface FakeOptions {
  readonly statuses?: readonly (Status | Error)[];
  readonly rejected?: readonly RejectedUser[];
  readonly listed?: readonly ListedConnection[];
  readonly report?: ValidationReport;
  readonly running?: boolean;
}

export interface FakeConnections extends Connections {
  /** Signals sent, started and checked connections, in order. */
  readonly calls: string[];
}

export function fakeConnections(options: FakeOptions = {}): FakeConnections {
  const { statuses = [aStatus()], rejected = [], listed = [], report = { ok: true, lines: [] } } = options;
  const calls: string[] = [];
  let looks = 0;
  return {
    calls,
    validate: (name) => {
      calls.push(`validate ${name}`);
      return Promise.resolve(report);
    },
    isRunning: () => Promise.resolve(options.running ?? false),
    start: ({ name }) => {
      calls.push(`start ${name}`);
      return Promise.resolve(`connection-${name}`);
    },
    status: () => {
      const status = statuses[Math.min(looks, statuses.length - 1)];
      looks += 1;
      if (status === undefined) return Promise.reject(new Error('no status was prepared'));
      return status instanceof Error ? Promise.reject(status) : Promise.resolve(status);
    },
    rejected: () => Promise.resolve(rejected),
    signal: (name: string, signal: SignalDefinition<unknown[]>, ...args: unknown[]) => {
      calls.push([signal.name, name, ...args].join(' '));
      return Promise.resolve();
    },
    list: () => Promise.resolve(listed),
    close: () => Promise.resolve(),
  };
}

export interface Recorded {
  readonly context: Context;
  readonly terminal: Terminal;
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly questions: string[];
}

export interface RecordedOptions {
  readonly json?: boolean;
  readonly tty?: boolean;
  /** Answers to questions, in order. */
  readonly answers?: readonly boolean[];
}

/** A context whose terminal is kept as text; pauses are none. */
export function recorded(
  connections: Connections,
  { json = false, tty = false, answers = [] }: RecordedOptions = {},
): Recorded {
  const out: string[] = [];
  const err: string[] = [];
  const questions: string[] = [];
  const sink = (lines: string[]) => ({ write: (text: string) => lines.push(text), isTTY: tty, columns: 200 });
  const terminal = createTerminal({
    stdin: { isTTY: tty },
    stdout: sink(out),
    stderr: sink(err),
    env: { NO_COLOR: '1' },
    json,
  });
  const context: Context = {
    terminal,
    connections: () => Promise.resolve(connections),
    confirm: (question) => {
      questions.push(question);
      return Promise.resolve(answers[questions.length - 1] ?? false);
    },
    pause: () => Promise.resolve(),
    nowMs: () => NOW_MS,
  };
  return { context, terminal, stdout: () => out.join(''), stderr: () => err.join(''), questions };
}
