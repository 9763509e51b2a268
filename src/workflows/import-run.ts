/** A run: fetch, map and upsert page by page until the feed has no more, with one page of read-ahead. */
import { ActivityFailure, uuid4 } from '@temporalio/workflow';
import type { FetchResult, PageName, RunName, UpsertRequest, UpsertResult } from '../activities/types.js';
import type { ConnectionFile } from '../connection/schema.js';
import { reading } from './activities.js';
import { atWorker, placeOfRun, writeAtWorker } from './at-worker.js';
import { asOutcome, toLastError } from './failures.js';
import { noteColumns } from './feed-schema.js';
import { heedsEarlyApproval, readsAheadAgain } from './patches.js';
import { importSample } from './sample-import.js';
import { nowIso, type Session, type Step } from './session.js';
import {
  beginRun,
  brakeOf,
  completeRun,
  failRun,
  notePageRead,
  settleEmptyPage,
  settleStep,
  stopRun,
} from './run-state.js';
import { approve, type State } from './state.js';

/** What the main loop does next. */
export type Next = 'wait' | 'continue-as-new';

/**
 * Runs from the cursor until the feed has no more; goes on with the run that was carried here, if one was. Expected errors end the run
 * and are on view; they never end the workflow.
 */
export async function importRun(session: Session): Promise<Next> {
  if (session.state.run === null) {
    const passId = uuid4();
    session.apply((state) => beginRun(state, state.due ?? 'interval', passId, nowIso()));
  }
  const ahead = new ReadAhead(session);
  try {
    return await importPages(session, ahead);
  } catch (error) {
    const failure = asOutcome(error);
    session.apply((state) => failRun(state, toLastError(failure, nowIso()), nowIso()));
    const { held, approved } = session.state;
    if (held && approved && heedsEarlyApproval()) session.apply(approve);
    return 'wait';
  } finally {
    await ahead.drop();
  }
}

/** After every wait the state is looked at anew: a signal may have come meanwhile. */
async function importPages(session: Session, ahead: ReadAhead): Promise<Next> {
  const { epoch } = session.state;
  const isStopped = (): boolean => session.state.epoch !== epoch || session.state.integrator === 'off';
  while (!isStopped()) {
    if (session.state.sampleImportAsked) await importSample(session);
    if (session.canRenew) return 'continue-as-new';
    const page = await ahead.take(session.state.cursor);
    if (page === null || isStopped()) continue;
    session.apply((state) => noteRead(state, page));
    session.publish();
    if (page.events > 0 && page.hasMore) ahead.start(page.nextCursor);
    const settled = page.events === 0 ? empty(session, page) : await write(session, page.page);
    if (settled?.hasMore === false) {
      session.apply((state) => completeRun(state, nowIso()));
      return 'wait';
    }
  }
  session.apply((state) => stopRun(state, nowIso()));
  return 'wait';
}

function noteRead(state: State, { events, seatgeekRequests, columns }: FetchResult): State {
  const read = notePageRead(state, events, seatgeekRequests);
  return columns === undefined ? read : { ...read, schema: noteColumns(read.schema, columns) };
}

/** Nothing to settle, but the cursor may have moved. */
function empty(session: Session, { nextCursor, hasMore }: FetchResult): { hasMore: boolean } {
  session.apply((state) => settleEmptyPage(state, nextCursor));
  return { hasMore };
}

/**
 * Writes a page and moves the cursor past what is settled of it, also when a `pause` came meanwhile and did not reach the worker in time. Answers null
 * when the page was interrupted, or belongs to an older epoch: then its outcome is noted and its cursor is not.
 */
async function write(session: Session, page: PageName): Promise<{ hasMore: boolean } | null> {
  const { epoch } = session.state;
  const result = await upsert(session, page);
  if (result === null) return null;
  const isCurrent = session.state.epoch === epoch;
  session.apply((state) => settleStep(state, page, result, { now: nowIso(), nowMs: Date.now(), isCurrent }));
  session.publish();
  return isCurrent ? { hasMore: (result.following?.at(-1) ?? result).hasMore } : null;
}

function upsert(session: Session, page: PageName): Promise<UpsertResult | null> {
  const run = runName(session);
  const summary = `page ${session.state.run?.pages ?? 1} · write`;
  const request = (): Pick<
    UpsertRequest,
    'run' | 'page' | 'takesFurther' | 'goesOn' | 'newer' | 'past' | 'firstImport'
  > => {
    const { newer } = session.state;
    return {
      run,
      page,
      takesFurther: true,
      goesOn: true,
      ...(newer.length > 0 && { newer }),
      ...brakeOf(session.state),
    };
  };
  const step = { session, place: placeOfRun(session), kind: 'write' } as const;
  return session.begin('write', () => writeAtWorker(step, summary, request)).result;
}

/** Names the run and its pass for the worker's memory. */
export function runName({ state }: Session): RunName {
  const pass = state.pass ?? { id: 'none', from: state.cursor };
  return { id: `${pass.id}.${state.runs}`, pass: pass.id, from: pass.from };
}

/** Fetches and maps one page. */
async function readPage(session: Session, page: PageName, pageNumber: number): Promise<FetchResult> {
  const { config } = session;
  const run = runName(session);
  const summary = `page ${pageNumber}`;
  const step = { session, place: placeOfRun(session), kind: 'read' } as const;
  const fetched = await atWorker(step, ({ options }) =>
    reading.fetchChangeEvents.executeWithOptions({ ...options, summary }, [
      { config, run, page, isMorePromised: pageNumber > 1, knownColumns: session.state.schema?.hash ?? '' },
    ]),
  );
  if (fetched.events === 0) return fetched;
  const mapped = await atWorker(step, ({ options }) =>
    reading.mapUsers.executeWithOptions({ ...options, summary: `${summary} · ${fetched.events} events` }, [
      { config, run, page: fetched.page },
    ]),
  );
  return { ...fetched, seatgeekRequests: fetched.seatgeekRequests + mapped.seatgeekRequests };
}

interface Pending {
  readonly cursor: string | null;
  readonly config: ConnectionFile;
  readonly step: Step<FetchResult>;
  /** A failure is kept as a value: nobody may be waiting for it yet when it happens. */
  readonly page: Promise<FetchResult | null | { failed: unknown }>;
}

/** One page ahead, never more. A page read ahead counts only if it begins where everything before it is settled. */
class ReadAhead {
  #pending: Pending | null = null;

  constructor(readonly session: Session) {}

  start(cursor: string | null): void {
    this.#pending = this.#begin(cursor);
  }

  #begin(cursor: string | null): Pending {
    const { session } = this;
    const { config } = session;
    const limit = session.settings.pageSize;
    const pageNumber = (session.state.run?.pages ?? 0) + 1;
    const step = session.begin('read', () => readPage(session, { cursor, limit }, pageNumber));
    return { cursor, config, step, page: step.result.catch((error: unknown) => ({ failed: error })) };
  }

  /** Null when the reading was interrupted, or the page is that of a file which is no longer the connection's. */
  async take(cursor: string | null): Promise<FetchResult | null> {
    const isWanted = this.#pending?.cursor === cursor && this.#pending.config === this.session.config;
    if (!isWanted) await this.drop();
    const ahead = this.#pending;
    const pending = ahead ?? this.#begin(cursor);
    this.#pending = null;
    const page = await pending.page;
    if (page !== null && 'failed' in page) {
      // What failed while another page was written may be over.
      if (ahead !== null && page.failed instanceof ActivityFailure && readsAheadAgain()) return this.take(cursor);
      throw page.failed;
    }
    return pending.config === this.session.config ? page : null;
  }

  async drop(): Promise<void> {
    const pending = this.#pending;
    this.#pending = null;
    if (pending === null) return;
    pending.step.cancel();
    await pending.page;
  }
}
