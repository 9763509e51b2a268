/** Statuses, runs and a connection in memory, for the starter's tests. */
import type { SignalDefinition } from '@temporalio/common';
import type { ConfigureAnswer, PreviewAnswer, TraceAnswer } from '../../../src/activities/answers.js';
import type { PreviewedPerson } from '../../../src/contract/previewed-person.js';
import type { Discovery } from '../../../src/contract/discovery.js';
import type { ValidationReport } from '../../../src/activities/types.js';
import type { ConnectionFile } from '../../../src/connection/schema.js';
import type {
  Build,
  Connections,
  EndedConnection,
  ListedConnection,
  PageProgress,
} from '../../../src/starter/connections.js';
import type { Choice, Context, Prompts } from '../../../src/starter/context.js';
import { StarterError } from '../../../src/starter/errors.js';
import { createTerminal, type Terminal } from '../../../src/starter/output.js';
import type { RejectedUser } from '../../../src/workflows/rejected.js';
import type { RunReport } from '../../../src/workflows/run-report.js';
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
    importedPeople: 4_810,
    nextRunAt: '2026-11-23T14:29:50Z',
    waiting: null,
    lastError: null,
    pending: [],
    habits: null,
    schema: null,
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

export function aPerson(overrides: Partial<PreviewedPerson> = {}): PreviewedPerson {
  return {
    seatgeekId: 'sg-1',
    outcome: 'create',
    matchedBy: null,
    haloUserId: null,
    name: 'Ada Byron',
    changes: [{ field: 'surname', before: null, after: 'Byron' }],
    rejection: null,
    ...overrides,
  };
}

export function aPreview(people: readonly PreviewedPerson[] = [aPerson()]): PreviewAnswer {
  return { connection: 'arena', events: people.length, people, haloRequests: 3, seatgeekRequests: 1 };
}

export function aTrace(overrides: Partial<TraceAnswer> = {}): TraceAnswer {
  return {
    connection: 'arena',
    seatgeekId: 'sg-1',
    steps: [
      { step: 'feed', ok: true, text: 'Found in the feed.' },
      { step: 'outcome', ok: true, text: 'Would be created.' },
    ],
    person: aPerson(),
    haloRequests: 2,
    seatgeekRequests: 4,
    ...overrides,
  };
}

export function aDiscovery(overrides: Partial<Discovery> = {}): Discovery {
  const columns = ['id', 'first_name', 'last_name', 'email', 'mobile_phone', 'address_line_1', 'city', 'loyalty_tier'];
  return {
    ok: true,
    lines: [{ check: 'Halo token', ok: true, message: 'granted' }],
    columns: columns.map((name) => ({ name, type: 'text' })),
    customFields: [
      { id: 211, name: 'CFSeatGeekID', label: 'SeatGeek ID' },
      { id: 212, name: 'CFLoyaltyTier', label: 'Loyalty tier' },
    ],
    sites: [
      { id: 17, name: 'Head Office', client: 'Arena Operations' },
      { id: 18, name: 'Box Office', client: 'Arena Fans' },
    ],
    sitesInAll: 2,
    ...overrides,
  };
}

/** A running connection that answers one status after the other, then the last one again and again. */
export interface FakeOptions {
  readonly statuses?: readonly (Status | Error)[];
  readonly rejected?: readonly RejectedUser[];
  readonly listed?: readonly ListedConnection[];
  readonly builds?: readonly Build[];
  readonly report?: ValidationReport;
  readonly running?: boolean;
  readonly ended?: EndedConnection;
  readonly preview?: PreviewAnswer | Error;
  readonly trace?: TraceAnswer;
  readonly configured?: ConfigureAnswer;
  /** The file that the running connection works by. */
  readonly file?: ConnectionFile;
  readonly page?: PageProgress | Error;
  /** One after the other, then the last one again and again. */
  readonly discoveries?: readonly (Discovery | Error)[];
}

export interface FakeConnections extends Connections {
  /** Signals sent, started and checked connections, in order. */
  readonly calls: string[];
}

export function fakeConnections(options: FakeOptions = {}): FakeConnections {
  const { statuses = [aStatus()], rejected = [], listed = [], report = { ok: true, lines: [] } } = options;
  const calls: string[] = [];
  let looks = 0;
  const settled = <T>(answer: T | Error): Promise<T> =>
    answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  return {
    calls,
    discover: ({ name }, { site } = {}) => {
      const { discoveries = [aDiscovery()] } = options;
      const before = calls.filter((call) => call.startsWith('discover')).length;
      calls.push(site === undefined ? `discover ${name}` : `discover ${name} ${site}`);
      return settled(discoveries[Math.min(before, discoveries.length - 1)] ?? aDiscovery());
    },
    preview: (name, of) => {
      calls.push(`preview ${name} ${typeof of === 'number' ? of : of.of}`);
      return settled(options.preview ?? aPreview());
    },
    trace: (name, whom) => {
      calls.push(`trace ${name} ${whom}`);
      return Promise.resolve(options.trace ?? aTrace());
    },
    configure: (name, _file, { reimport }) => {
      calls.push(`configure ${name}${reimport ? ' reimport' : ''}`);
      return Promise.resolve(options.configured ?? { changes: [], effects: [], reimport });
    },
    fileOf: () =>
      options.file === undefined
        ? Promise.reject(new StarterError('no-file', 'no file', 'Give one.'))
        : Promise.resolve(options.file),
    pageProgress: () => settled(options.page ?? null),
    validate: (name) => {
      calls.push(`validate ${name}`);
      return Promise.resolve(report);
    },
    isRunning: () => Promise.resolve(options.running ?? false),
    ended: () => Promise.resolve(options.ended ?? null),
    end: (name) => {
      calls.push(`end ${name}`);
      return Promise.resolve();
    },
    webPage: (name) => Promise.resolve(`http://localhost:8233/${name}`),
    start: ({ name }, _file, carried = null) => {
      calls.push(`start ${name}${carried === null ? '' : ` from ${JSON.stringify(carried['cursor'])}`}`);
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
    builds: () => Promise.resolve(options.builds ?? []),
    promote: (build) => {
      calls.push(`promote ${build}`);
      return Promise.resolve({ build, before: 'v1', woken: ['arena'] });
    },
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
  /** Answers to questions, in order: yes or no, a text, or the label of a choice (several for a list). None is Enter, or no. */
  readonly answers?: readonly (boolean | string | readonly string[] | null)[];
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
    ...scripted(questions, answers),
    pause: () => Promise.resolve(),
    nowMs: () => NOW_MS,
  };
  return { context, terminal, stdout: () => out.join(''), stderr: () => err.join(''), questions };
}

/** Ctrl-C in place of an answer. */
export const BROKEN_OFF = '\u0003';

/** Answers as a person would who had written everything down before. */
function scripted(questions: string[], answers: RecordedOptions['answers'] = []): Prompts {
  const next = (question: string): (typeof answers)[number] => {
    questions.push(question);
    const answer = answers[questions.length - 1] ?? null;
    if (answer === BROKEN_OFF) throw new StarterError('cancelled', 'broken off', 'What was done so far stays done.');
    return answer;
  };
  const find = <T>(question: string, choices: readonly Choice<T>[], label: unknown): T => {
    const chosen = choices.find((choice) => choice.label === label);
    if (chosen === undefined) throw new Error(`'${String(label)}' is no choice of: ${question}`);
    return chosen.value;
  };
  return {
    confirm: (question, { initial }) => {
      const answer = next(question);
      return Promise.resolve(answer === null ? initial : answer === true);
    },
    text: (question, { initial = '', problem }) => {
      const answer = next(question) ?? initial;
      const refused = problem?.(String(answer));
      return refused === undefined ? Promise.resolve(String(answer)) : Promise.reject(new Error(refused));
    },
    choose: (question, choices, { initial }) => {
      const answer = next(question);
      return Promise.resolve(answer === null && initial !== undefined ? initial : find(question, choices, answer));
    },
    chooseMany: (question, choices, { initial }) => {
      const answer = next(question);
      return Promise.resolve(Array.isArray(answer) ? answer.map((label) => find(question, choices, label)) : initial);
    },
  };
}
