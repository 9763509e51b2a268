/** A run: fetch, map and upsert page by page until the feed has no more, with one page of read-ahead. */
import { CancellationScope, isCancellation, uuid4, workflowInfo } from '@temporalio/workflow';
import type { FeedColumns, FetchResult, PageName, RunName, UpsertRequest, UpsertResult } from '../activities/types.js';
import type { ConnectionFile } from '../connection/schema.js';
import { reading, writing } from './activities.js';
import { toLastError } from './failures.js';
import { noteColumns } from './feed-schema.js';
import { habitsOf } from './habits.js';
import { watchList } from './rejected.js';
import { importSample } from './sample-import.js';
import { nowIso, type Session } from './session.js';
import type { Trigger } from './run-report.js';
import { beginRun, completeRun, failRun, notePageRead, settleEmptyPage, settlePage, stopRun } from './run-state.js';
import type { State } from './state.js';

/** What the main loop does next. */
export type Next = 'wait' | 'continue-as-new';

/**
 * Runs from the cursor until the feed has no more; goes on with the run that was carried here, if one was. Expected errors end the run
 * and are on view; they never end the workflow.
 */
export async function importRun(session: Session): Promise<Next> {
  if (session.state.run === null) {
    const trigger: Trigger = session.state.due ?? 'interval';
    const passId = uuid4();
    session.apply((state) => beginRun(state, trigger, passId, nowIso()));
  }
  try {
    return await importPages(session);
  } catch (error) {
    if (isCancellation(error)) throw error;
    session.apply((state) => failRun(state, toLastError(error, nowIso()), nowIso()));
    return 'wait';
  }
}

async function importPages(session: Session): Promise<Next> {
  const { epoch } = session.state;
  const isStopped = (): boolean => session.state.epoch !== epoch || session.state.integrator === 'off';
  const ahead = new ReadAhead(session, isStopped);
  try {
    while (!isStopped()) {
      if (session.state.sampleImportAsked) await importSample(session);
      if (workflowInfo().continueAsNewSuggested) return 'continue-as-new';
      const page = await ahead.take(session.state.cursor);
      if (isStopped()) break;
      session.apply((state) => notePageRead(state, page.events, page.seatgeekRequests));
      if (page.columns !== undefined) noteSchema(session, page.columns);
      session.publish();
      if (page.events > 0 && page.hasMore) ahead.start(page.nextCursor);
      const hasMore = await settle(session, page, isStopped);
      if (hasMore === false) {
        session.apply((state) => completeRun(state, nowIso()));
        return 'wait';
      }
    }
    session.apply((state) => stopRun(state, nowIso()));
    return 'wait';
  } finally {
    await ahead.drop();
  }
}

/** Moves the cursor past a page once everybody on it is settled. Answers null when the page was interrupted and did not count. */
async function settle(session: Session, page: FetchResult, isStopped: () => boolean): Promise<boolean | null> {
  if (page.events === 0) {
    session.apply((state) => settleEmptyPage(state, page.nextCursor));
    return page.hasMore;
  }
  const result = await upsert(session, {
    config: session.config,
    run: runName(session),
    page: page.page,
    watch: watchList(session.state.rejected),
    ...(session.state.newer.length > 0 && { newer: session.state.newer }),
    ...brakeOf(session.state),
    ...habitsOf(session.state),
  });
  // A `clear-cursor` that came meanwhile wins: this page's cursor belongs to the old epoch.
  if (result === null || isStopped()) return null;
  session.apply((state) => settlePage(state, page.page, result, nowIso()));
  session.publish();
  return result.hasMore;
}

/** Nothing is held before all history was imported once, nor after `approve`. */
function brakeOf({ past, approved }: State): Pick<UpsertRequest, 'past'> {
  return past === null || approved ? {} : { past };
}

/** Upserts one page in a scope that `pause` and `clear-cursor` interrupt; null when they did. */
async function upsert(session: Session, request: UpsertRequest): Promise<UpsertResult | null> {
  const scope = new CancellationScope();
  session.interruptPage = () => scope.cancel();
  const summary = `page ${session.state.run?.pages ?? 1} · write`;
  try {
    return await scope.run(() => writing.upsertUsers.executeWithOptions({ summary }, [request]));
  } catch (error) {
    // Our own interruption, not a cancellation of the whole workflow; whether to stop is decided by the state as it is by now.
    if (isCancellation(error) && scope.consideredCancelled && !CancellationScope.current().consideredCancelled)
      return null;
    throw error;
  } finally {
    session.interruptPage = null;
  }
}

/** Names the run and its pass for the worker's memory. */
export function runName({ state }: Session): RunName {
  const pass = state.pass ?? { id: 'none', from: state.cursor };
  return { id: `${pass.id}.${state.runs}`, pass: pass.id, from: pass.from };
}

function noteSchema(session: Session, columns: FeedColumns): void {
  session.apply((state) => ({ ...state, schema: noteColumns(state.schema, columns) }));
}

/** Fetches and maps one page. */
async function readPage(session: Session, page: PageName, pageNumber: number): Promise<FetchResult> {
  const { config } = session;
  const run = runName(session);
  const summary = `page ${pageNumber}`;
  const fetched = await reading.fetchChangeEvents.executeWithOptions({ summary }, [
    { config, run, page, knownColumns: session.state.schema?.hash ?? '' },
  ]);
  if (fetched.events === 0) return fetched;
  const mapped = await reading.mapUsers.executeWithOptions({ summary: `${summary} · ${fetched.events} events` }, [
    { config, run, page: fetched.page },
  ]);
  return { ...fetched, seatgeekRequests: fetched.seatgeekRequests + mapped.seatgeekRequests };
}

/** One page ahead, never more. A page read ahead counts only if it begins where everything before it is settled. */
class ReadAhead {
  #pending: {
    cursor: string | null;
    config: ConnectionFile;
    scope: CancellationScope;
    page: Promise<FetchResult | { failed: unknown }>;
  } | null = null;

  constructor(
    readonly session: Session,
    readonly isStopped: () => boolean,
  ) {}

  start(cursor: string | null): void {
    const scope = new CancellationScope();
    const limit = this.session.state.settings?.pageSize ?? 1_000;
    const pageNumber = (this.session.state.run?.pages ?? 0) + 1;
    const page = scope.run(() => readPage(this.session, { cursor, limit }, pageNumber));
    // The failure is kept as a value: nobody may be waiting for this promise yet when it fails.
    const { config } = this.session;
    this.#pending = { cursor, config, scope, page: page.catch((error: unknown) => ({ failed: error })) };
  }

  async take(cursor: string | null): Promise<FetchResult> {
    for (;;) {
      if (this.#pending !== null && (this.#pending.cursor !== cursor || this.#isOutdated(this.#pending)))
        await this.drop();
      if (this.#pending === null) this.start(cursor);
      const pending = this.#pending;
      this.#pending = null;
      if (pending === null) throw new Error('a page was started and is not there');
      const page = await pending.page;
      // A `configure` came meanwhile: the page, or its failure, is the old file's.
      if (this.#isOutdated(pending) && !this.isStopped()) continue;
      if ('failed' in page) throw page.failed;
      return page;
    }
  }

  #isOutdated({ config }: { config: ConnectionFile }): boolean {
    return config !== this.session.config;
  }

  async drop(): Promise<void> {
    const pending = this.#pending;
    this.#pending = null;
    if (pending === null) return;
    pending.scope.cancel();
    await pending.page;
  }
}
