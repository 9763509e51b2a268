/**
 * How carried state is read: part by part, each with a default, whatever an older or newer version or somebody's own hand wrote. A new field of
 * the state needs its line in {@link PARTS} and nothing else. Pure; never throws.
 */
import type { ConnectionSettings, NewerImage, PageName, SurveyProgress } from '../activities/types.js';
import type { StateChange } from '../alerts/message.js';
import { NO_ALERTS, type AlertState } from './announcement.js';
import { isObject } from '../json.js';
import { keysOf, MAX_BEYOND_KEYS, MAX_DEACTIVATED_KEYS } from '../contract/person-key.js';
import type { FeedSchema } from './feed-schema.js';
import { readHabits } from './habits.js';
import { PHASES, type LastError } from './phase.js';
import { eachCount } from '../contract/counts.js';
import { boundRejected, makeAllDue, NO_REJECTED, type RejectedUser, type RejectedUsers } from './rejected.js';
import { MAX_WAIT_MS } from './schedule.js';
import { TRIGGERS, type RunReport } from './run-report.js';
import {
  cutText,
  flag,
  instant,
  listOf,
  object,
  oneOf,
  opaque,
  orNull,
  pair,
  text,
  whole,
  type Member,
  type Reader,
} from './shape.js';
import type { Pass, State } from './state.js';

/** Raised with each change of the program that {@link migrate} or the settings of a file must know of. */
export const STATE_VERSION = 2;

/** A cursor is opaque; beyond this it can't be carried. */
export const MAX_CURSOR = 8_192;

/** What is carried of fields that only a newer version knows, so that going back to an older one and forward again loses nothing. */
const MAX_UNKNOWN_CHARACTERS = 16_384;

const TOLD = ['idle', 'failing', 'held', 'cursor-expired'] as const;

const cursor = orNull(text(MAX_CURSOR));
const note = orNull(cutText(200));
const count: Member<number> = { read: whole(), otherwise: 0 };
const at: Member<string> = { read: instant, otherwise: '1970-01-01T00:00:00Z' };
const sentence: Member<string> = { read: cutText(500), otherwise: '' };
const no: Member<boolean> = { read: flag, otherwise: false };

/** A member that always has a value. */
type Part<T> = Member<T> & { readonly otherwise: T };

/** Null where it is missing or not readable. */
function orNone<T>(read: Reader<T>): Part<T | null> {
  return { read: orNull(read), otherwise: null };
}

const settings = object<ConnectionSettings>({
  name: { read: text(40) },
  seatgeekHost: { read: cutText(300), otherwise: '' },
  haloHost: { read: cutText(300), otherwise: '' },
  pageSize: { read: whole(1, 100_000), otherwise: 1_000 },
  integratorEnabled: no,
  intervalMs: { read: whole(1, MAX_WAIT_MS), otherwise: 900_000 },
});

const lastError = object<LastError>({
  code: { read: text(100), otherwise: 'unexpected' },
  message: sentence,
  hint: sentence,
  at,
  transient: no,
  retryAfterMs: { read: whole(0, MAX_WAIT_MS), isOptional: true },
});

const report = object<RunReport>({
  trigger: { read: oneOf(...TRIGGERS, 'import-100'), otherwise: 'interval' },
  outcome: orNone(oneOf('completed', 'stopped', 'failed')),
  startedAt: at,
  finishedAt: orNone(instant),
  pages: count,
  events: count,
  ...eachCount(() => count),
  haloRequests: count,
  seatgeekRequests: count,
  directory: orNone(cutText(300)),
  survey: orNone(object<SurveyProgress>({ events: count, people: count, isComplete: no })),
});

const page = object<PageName>({ cursor: { read: cursor }, limit: { read: whole(1, 100_000), otherwise: 1_000 } });

const rejectedUser = object<RejectedUser>({
  seatgeekId: { read: cutText(200) },
  code: { read: text(100), otherwise: 'halo-refused' },
  message: sentence,
  page: { read: page },
  attempts: { read: whole(1), otherwise: 1 },
  firstSeenAt: at,
  lastTriedAt: at,
  retryAtRun: count,
  pageGone: no,
  claims: { read: whole(0), isOptional: true },
});

const change = object<StateChange>({
  phase: { read: oneOf(...TOLD) },
  before: orNone(oneOf(...TOLD)),
  code: orNone(text(100)),
  message: orNone(cutText(500)),
  hint: orNone(cutText(500)),
  at,
});

/** The reader of each part of the state, and what it is when it is missing or not readable. */
const PARTS: { readonly [K in keyof State]-?: Part<State[K]> } = {
  version: { read: whole(1), otherwise: 1 },
  settingsVersion: { read: whole(), otherwise: 0 },
  settings: orNone(settings),
  integrator: { read: oneOf('on', 'off'), otherwise: 'off' },
  integratorNote: { read: note, otherwise: null },
  cursor: { read: cursor, otherwise: null },
  epoch: { read: whole(), otherwise: 0 },
  pass: orNone(object<Pass>({ id: { read: text(100) }, from: { read: cursor } })),
  worker: orNone(text(300)),
  due: orNone(oneOf(...TRIGGERS)),
  sampleImportAsked: { read: flag, otherwise: false },
  retryRejectedAsked: { read: flag, otherwise: false },
  run: orNone(report),
  lastRun: orNone(report),
  sampleImport: orNone(report),
  runs: { read: whole(), otherwise: 0 },
  rejected: { read: readRejected, otherwise: NO_REJECTED },
  lastSyncedAt: orNone(instant),
  lastError: orNone(lastError),
  failures: { read: whole(), otherwise: 0 },
  cursorExpired: { read: flag, otherwise: false },
  held: { read: flag, otherwise: false },
  approved: { read: flag, otherwise: false },
  past: orNone(whole()),
  passPeople: { read: whole(), otherwise: 0 },
  deactivated: { read: text(MAX_DEACTIVATED_KEYS), otherwise: '' },
  newer: { read: listOf<NewerImage>(pair(text(200), text(200)), 200), otherwise: [] },
  habits: orNone(readHabits),
  createsNotBefore: { read: whole(), otherwise: 0 },
  schema: orNone(
    object<FeedSchema>({
      hash: { read: text(200) },
      first: { read: listOf(pair(text(200), orNull(text(200))), 500), otherwise: [] },
      newColumns: { read: listOf(cutText(200), 30), otherwise: [] },
      changedTypes: { read: listOf(cutText(400), 30), otherwise: [] },
    }),
  ),
  nextRunAt: orNone(instant),
  lastChangedAt: orNone(instant),
  alerts: {
    read: object<AlertState>({
      told: orNone(oneOf(...TOLD)),
      pending: orNone(change),
      failure: orNone(lastError),
    }),
    otherwise: NO_ALERTS,
  },
  published: orNone(
    object<NonNullable<State['published']>>({
      phase: { read: oneOf(...PHASES) },
      rejected: { read: whole() },
      lastSyncedAt: orNone(instant),
    }),
  ),
};

function readRejected(value: unknown): RejectedUsers | undefined {
  if (!isObject(value)) return undefined;
  const all: readonly unknown[] = Array.isArray(value['users']) ? value['users'] : [];
  const users = all.flatMap((user) => rejectedUser(user) ?? []);
  const beyond = whole()(value['beyond']) ?? 0;
  const keys = keysOf(text(MAX_BEYOND_KEYS * 8)(value['beyondKeys']) ?? '');
  // Whoever can't be read is still counted.
  const unknown = Math.max(0, beyond - keys.length) + all.length - users.length;
  return boundRejected(users, { unknown, unknownOn: text(8)(value['unknownOn']), keys });
}

const readParts = object<State>(PARTS);

const INITIAL = initial();

function initial(): State {
  const state = readParts({});
  if (state === undefined) throw new Error('each part of the state has a default');
  return { ...state, version: STATE_VERSION };
}

const NOT_OURS = 'the carried state could not be read: look at status, then clear-cursor or resume';

/**
 * The state to begin with: nothing was carried at a first start. A cursor that is missing or not readable is never taken for the start of
 * history: the integrator goes off until somebody has looked.
 */
export function restoreState(carried: unknown): State {
  if (carried === undefined || carried === null) return INITIAL;
  if (!isObject(carried)) return { ...INITIAL, integratorNote: NOT_OURS };
  const state = readParts(carried) ?? INITIAL;
  const kept = { ...unknownOf(carried), ...migrate(state) };
  return cursor(carried['cursor']) === undefined
    ? { ...kept, integrator: 'off', due: null, integratorNote: NOT_OURS }
    : kept;
}

/** The state as it is carried on: read as it will be, so that it is bounded, whatever was put into it. */
export function carriedState(state: State): State {
  return { ...restoreState(state), version: STATE_VERSION };
}

function migrate(state: State): State {
  // Until version 1 the people to retry were chosen when their turn came, not when they were asked for.
  if (state.version < 2 && state.retryRejectedAsked)
    return { ...state, rejected: makeAllDue(state.rejected, state.runs) };
  return state;
}

/** Fields that this version does not know. */
function unknownOf(carried: Readonly<Record<string, unknown>>): object {
  const unknown = Object.fromEntries(Object.entries(carried).filter(([name]) => !Object.hasOwn(PARTS, name)));
  return opaque(MAX_UNKNOWN_CHARACTERS)(unknown) ?? {};
}
