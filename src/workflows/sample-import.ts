/** The sample import: the first 100 change events of history are written, to try the mappings. The cursor does not move. */
import { uuid4 } from '@temporalio/workflow';
import type { FetchResult, PageName, UpsertResult } from '../activities/types.js';
import { reading } from './activities.js';
import { atWorker, writeAtWorker, type Place } from './at-worker.js';
import { asOutcome, toLastError } from './failures.js';
import { keepsErrorOfRun, stopsSamplesForGood } from './patches.js';
import { nowIso, type Session } from './session.js';
import { brakeOf, noteWritten } from './run-state.js';
import { addCounts, newRun, type RunReport } from './run-report.js';

const SAMPLE_EVENTS = 100;

/**
 * Serves `import-100`. Works with the integrator off. An error is on view and does not stop a run that is going on. A `pause` that comes meanwhile stops it;
 * after a `configure` it is begun again, with the new file.
 */
export async function importSample(session: Session): Promise<void> {
  session.apply((state) => ({ ...state, sampleImportAsked: false, sampleImport: newRun('import-100', nowIso()) }));
  const { pauses } = session;
  const isCurrent = session.watchChanges();
  try {
    const isDone = await importFirstEvents(session);
    finish(session, isDone ? 'completed' : 'stopped');
    if (isDone) clearError(session);
    else if (!isCurrent() && !(session.pauses > pauses && stopsSamplesForGood()))
      session.apply((state) => ({ ...state, sampleImportAsked: true }));
  } catch (error) {
    const failure = asOutcome(error);
    finish(session, 'failed');
    session.apply((state) => ({ ...state, lastError: toLastError(failure, nowIso()) }));
  }
  session.publish();
}

/** Of an earlier sample: that of a run is its own, and the next run's to clear. */
function clearError(session: Session): void {
  if (session.state.failures > 0 && keepsErrorOfRun()) return;
  session.apply((state) => ({ ...state, lastError: null, failures: 0 }));
}

/** A feed may serve fewer events than asked for with more to come, so pages are read until 100 events are there. False when interrupted. */
async function importFirstEvents(session: Session): Promise<boolean> {
  const { config } = session;
  const run = { id: uuid4(), pass: uuid4(), from: null };
  const step = <T>(work: () => Promise<T>): Promise<T | null> => session.begin('sample', work).result;
  const place: Place = { worker: null };
  const read = { session, place, kind: 'read' } as const;
  // Once a pass has begun, were it in part, an old image could undo a newer one.
  const { cursor: synced, past, epoch, pass } = session.state;
  const isFirst = synced === null && past === null && epoch === 0 && pass === null;
  const newestOnly = isFirst ? {} : { newestOnly: true };
  let cursor: string | null = null;
  let left = SAMPLE_EVENTS;
  for (;;) {
    const page: PageName = { cursor, limit: left };
    const isMorePromised: boolean = cursor !== null;
    const fetched: FetchResult | null = await step(() =>
      atWorker(read, ({ options }) =>
        reading.fetchChangeEvents.executeWithOptions({ ...options, summary: 'sample import' }, [
          { config, run, page, isMorePromised },
        ]),
      ),
    );
    if (fetched === null || session.config !== config) return false;
    const takeEvents = Math.min(fetched.events, left);
    if (takeEvents > 0) {
      const summary = `sample import · ${takeEvents} events`;
      const mapped = await step(() =>
        atWorker(read, ({ options }) =>
          reading.mapUsers.executeWithOptions({ ...options, summary }, [{ config, run, page: fetched.page }]),
        ),
      );
      if (mapped === null || session.config !== config) return false;
      const result = await step(() =>
        writeAtWorker({ session, place, kind: 'sample' }, 'sample import · write', () => {
          return { run, page: fetched.page, takeEvents, ...newestOnly, ...brakeOf(session.state) };
        }),
      );
      if (result === null) return false;
      note(session, fetched.page, fetched.seatgeekRequests, result);
    }
    left -= takeEvents;
    cursor = fetched.nextCursor;
    if (left <= 0 || !fetched.hasMore) return true;
    if (session.config !== config) return false;
  }
}

function note(session: Session, page: PageName, seatgeekRequests: number, result: UpsertResult): void {
  session.apply((state) => ({
    ...noteWritten(state, page, result, { now: nowIso(), runs: state.runs }),
    sampleImport: withPage(state.sampleImport ?? newRun('import-100', nowIso()), seatgeekRequests, result),
  }));
}

function withPage(report: RunReport, seatgeekRequests: number, result: UpsertResult): RunReport {
  const counted = addCounts(report, result);
  return {
    ...counted,
    pages: counted.pages + 1,
    seatgeekRequests: counted.seatgeekRequests + seatgeekRequests,
  };
}

function finish(session: Session, outcome: 'completed' | 'stopped' | 'failed'): void {
  session.apply((state) => ({
    ...state,
    sampleImport: state.sampleImport === null ? null : { ...state.sampleImport, outcome, finishedAt: nowIso() },
  }));
}
