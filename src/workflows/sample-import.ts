/** The sample import: the first 100 change events of history are written, to try the mappings. The cursor does not move. */
import { isCancellation, uuid4 } from '@temporalio/workflow';
import type { UpsertResult } from '../activities/types.js';
import { reading, writing } from './activities.js';
import { toLastError } from './failures.js';
import { habitsOf } from './habits.js';
import { addRejected, watchList } from './rejected.js';
import { nowIso, type Session } from './session.js';
import { addCounts, newRun, type RunReport } from './run-report.js';

const SAMPLE_EVENTS = 100;

/** Serves `import-100`. Works with the integrator off. An error is on view and does not stop a run that is going on. */
export async function importSample(session: Session): Promise<void> {
  session.apply((state) => ({ ...state, sampleImportAsked: false, sampleImport: newRun('import-100', nowIso()) }));
  try {
    await importFirstEvents(session);
    finish(session, 'completed');
    session.apply((state) => ({ ...state, lastError: null, failures: 0 }));
  } catch (error) {
    if (isCancellation(error)) throw error;
    finish(session, 'failed');
    session.apply((state) => ({ ...state, lastError: toLastError(error, nowIso()) }));
  }
  session.publish();
}

/** A feed may serve fewer events than asked for with more to come, so pages are read until 100 events are there. */
async function importFirstEvents(session: Session): Promise<void> {
  const { config } = session;
  const run = { id: uuid4(), pass: uuid4(), from: null };
  let cursor: string | null = null;
  let left = SAMPLE_EVENTS;
  for (;;) {
    const fetched = await reading.fetchChangeEvents.executeWithOptions({ summary: 'sample import' }, [
      { config, run, page: { cursor, limit: left } },
    ]);
    const takeEvents = Math.min(fetched.events, left);
    if (takeEvents > 0) {
      await reading.mapUsers.executeWithOptions({ summary: `sample import · ${takeEvents} events` }, [
        { config, run, page: fetched.page },
      ]);
      const watch = watchList(session.state.rejected);
      const result = await writing.upsertUsers.executeWithOptions({ summary: 'sample import · write' }, [
        { config, run, page: fetched.page, takeEvents, watch, ...habitsOf(session.state) },
      ]);
      note(session, fetched.page, fetched.seatgeekRequests, takeEvents, result);
    }
    left -= takeEvents;
    cursor = fetched.nextCursor;
    if (left <= 0 || !fetched.hasMore) return;
  }
}

function note(
  session: Session,
  page: { cursor: string | null; limit: number },
  seatgeekRequests: number,
  events: number,
  result: UpsertResult,
): void {
  session.apply((state) => ({
    ...state,
    habits: result.habits ?? state.habits,
    rejected: addRejected(state.rejected, page, result, { now: nowIso(), runs: state.runs }),
    sampleImport: withPage(state.sampleImport ?? newRun('import-100', nowIso()), seatgeekRequests, events, result),
  }));
}

function withPage(report: RunReport, seatgeekRequests: number, events: number, result: UpsertResult): RunReport {
  const counted = addCounts(report, result);
  return {
    ...counted,
    pages: counted.pages + 1,
    events: counted.events + events,
    seatgeekRequests: counted.seatgeekRequests + seatgeekRequests,
  };
}

function finish(session: Session, outcome: 'completed' | 'failed'): void {
  session.apply((state) => ({
    ...state,
    sampleImport: state.sampleImport === null ? null : { ...state.sampleImport, outcome, finishedAt: nowIso() },
  }));
}
