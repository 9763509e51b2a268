import assert from 'node:assert/strict';
import type { UpsertResult } from '../../../src/activities/types.js';
import { LONGEST_SETTLING_MS } from '../../../src/contract/lost-creates.js';
import { restoreState } from '../../../src/workflows/carried-state.js';
import {
  beginRun,
  completeRun,
  failRun,
  noteKept,
  noteLostCreates,
  notePageRead,
  notePageWritten,
  settleEmptyPage,
  settlePage,
  stopRun,
} from '../../../src/workflows/run-state.js';
import {
  approve,
  askRetryRejected,
  askSampleImport,
  begin,
  clearCursor,
  hasWork,
  pause,
  pending,
  phaseOf,
  resume,
  syncNow,
  type State,
} from '../../../src/workflows/state.js';
import { statusOf } from '../../../src/workflows/status.js';
import { SETTINGS } from './settings.js';

const NOW = '2026-11-23T14:15:02Z';
const ERROR = {
  code: 'halo-unavailable',
  message: 'Halo answered 503.',
  hint: 'It is tried again by itself.',
  at: NOW,
  transient: true,
};
const PAGE = { cursor: null, limit: 1_000 };

function upserted(overrides: Partial<UpsertResult> = {}): UpsertResult {
  return {
    settledCursor: 'c1',
    hasMore: true,
    events: 3,
    counts: {
      people: 2,
      created: 1,
      matchedByEmail: 1,
      updated: 0,
      unchanged: 0,
      deactivated: 0,
      skipped: 0,
      rejected: 1,
    },
    rejected: [{ seatgeekId: 'sg-3', code: 'email-shared', message: 'two users share it' }],
    resolved: [],
    missing: [],
    haloRequests: 4,
    seatgeekRequests: 0,
    ...overrides,
  };
}

const running = (): State => beginRun(begin(restoreState(undefined), SETTINGS), 'start', 'pass-1', NOW);

describe('connection state', () => {
  it('starts by itself when the file switches the integrator on', () => {
    const state = begin(restoreState(undefined), SETTINGS);
    assert.deepEqual([state.integrator, state.due, hasWork(state)], ['on', 'start', true]);
  });

  it('waits paused when the file leaves the integrator off', () => {
    assert.equal(phaseOf(restoreState(undefined)), 'syncing', 'the file is being checked');
    assert.equal(phaseOf(pause(restoreState(undefined), null)), 'paused');
    const state = begin(restoreState(undefined), { ...SETTINGS, integratorEnabled: false });
    assert.deepEqual([state.integrator, phaseOf(state), hasWork(state)], ['off', 'paused', false]);
  });

  it('lets a pause that came with the start win over the file', () => {
    const state = begin(pause(restoreState(undefined), null), SETTINGS);
    assert.equal(state.integrator, 'off');
  });

  it('keeps a clear-cursor that came with the start and still follows the file', () => {
    const state = begin(clearCursor(restoreState(undefined)), SETTINGS);
    assert.deepEqual([state.integrator, state.due, state.epoch], ['on', 'clear-cursor', 1]);
  });

  it('moves the cursor with the settled page and counts people', () => {
    const state = settlePage(notePageRead(running(), 3, 1), PAGE, upserted(), NOW);
    assert.equal(state.cursor, 'c1');
    assert.equal(state.run?.created, 1);
    assert.equal(state.run.events, 3);
    assert.equal(state.run.haloRequests, 4);
    assert.equal(state.run.seatgeekRequests, 1);
    assert.equal(state.rejected.users[0]?.seatgeekId, 'sg-3');
  });

  it('never overwrites the cursor with null', () => {
    const state = { ...running(), cursor: 'c7' };
    assert.equal(settleEmptyPage(state, null).cursor, 'c7');
    assert.equal(settlePage(state, PAGE, upserted({ settledCursor: null }), NOW).cursor, 'c7');
  });

  it('keeps the pass when a run stops in the middle and ends it when the feed is drained', () => {
    const stopped = stopRun(running(), NOW);
    assert.deepEqual(stopped.pass, { id: 'pass-1', from: null });
    const again = beginRun({ ...stopped, cursor: 'c1' }, 'resume', 'pass-2', NOW);
    assert.deepEqual(again.pass, { id: 'pass-1', from: null });
    assert.equal(completeRun(again, NOW).pass, null);
  });

  it('shows an idle cycle as idle and a page with events as syncing', () => {
    assert.equal(phaseOf(notePageRead(running(), 0, 1)), 'idle');
    assert.equal(phaseOf(notePageRead(running(), 5, 1)), 'syncing');
  });

  it('fails, shows the error, and recovers with the next completed run', () => {
    const failed = failRun(running(), ERROR, NOW);
    assert.deepEqual([phaseOf(failed), failed.failures, failed.lastRun?.outcome], ['failing', 1, 'failed']);
    const recovered = completeRun(beginRun(failed, 'interval', 'pass-2', NOW), NOW);
    assert.deepEqual([phaseOf(recovered), recovered.failures, recovered.lastError], ['idle', 0, null]);
  });

  it('waits for clear-cursor when the cursor expired', () => {
    const expired = failRun(running(), { ...ERROR, code: 'cursor-expired' }, NOW);
    assert.equal(phaseOf(expired), 'cursor-expired');
    assert.equal(phaseOf({ ...clearCursor(expired), lastError: null }), 'idle');
  });

  it('names what is asked and not yet served', () => {
    const asked = askRetryRejected(askSampleImport(syncNow(begin(restoreState(undefined), SETTINGS))));
    assert.deepEqual(pending(asked), ['import-100', 'retry-rejected']);
    assert.deepEqual(pending(clearCursor(asked)), ['clear-cursor', 'import-100', 'retry-rejected']);
  });

  it('does not let sync-now weaken a clear-cursor that is due', () => {
    assert.equal(syncNow(clearCursor(running())).due, 'clear-cursor');
  });

  it('remembers a resume that comes after a pause', () => {
    const state = resume(pause(running(), 'stock-take'), null);
    assert.deepEqual([state.integrator, state.due], ['on', 'resume']);
  });

  it('survives JSON unchanged in its fullest form', () => {
    let state = settlePage(notePageRead(running(), 3, 1), PAGE, upserted(), NOW);
    state = askRetryRejected(askSampleImport(failRun(state, ERROR, NOW)));
    const carried = JSON.parse(JSON.stringify(state)) as Partial<State>;
    assert.deepEqual(restoreState(carried), state);
  });

  it('reads carried state that an older version wrote without newer fields', () => {
    const state = restoreState({ version: 1, cursor: 'c1', epoch: 2 });
    assert.deepEqual([state.cursor, state.epoch, state.pass, state.rejected.users.length], ['c1', 2, null, 0]);
  });

  it('answers status flat, with every documented key', () => {
    assert.deepEqual(Object.keys(statusOf(running(), 'arena')), [
      'connection',
      'phase',
      'integrator',
      'cursor',
      'epoch',
      'lastSyncedAt',
      'run',
      'lastRun',
      'sampleImport',
      'rejectedUsers',
      'importedPeople',
      'nextRunAt',
      'waiting',
      'lastError',
      'pending',
      'habits',
      'schema',
    ]);
  });

  describe('and the brake', () => {
    const held = { ...ERROR, code: 'brake-held', transient: false };
    const imported = (created: number): State => {
      const counts = { ...upserted().counts, people: 1_000, created };
      const begun = beginRun(restoreState({ cursor: null, integrator: 'on' }), 'start', 'pass', NOW);
      return completeRun(settlePage(begun, PAGE, upserted({ counts }), NOW), NOW);
    };

    it('has no past before all history was imported once', () => {
      const begun = beginRun(restoreState({ cursor: null, integrator: 'on' }), 'start', 'pass', NOW);
      const stopped = stopRun(settlePage(begun, PAGE, upserted(), NOW), NOW);
      assert.equal(stopped.past, null);
      assert.equal(completeRun(beginRun(stopped, 'resume', 'x', NOW), NOW).past, 2, 'both runs of the pass count');
    });

    it('adds whom later runs create, and counts anew with all history', () => {
      const run = settlePage(beginRun(imported(900), 'interval', 'next', NOW), PAGE, upserted(), NOW);
      const later = completeRun(run, NOW);
      assert.equal(later.past, 1_001);
      const again = beginRun(clearCursor(later), 'clear-cursor', 'all', NOW);
      assert.equal(again.past, 1_001, 'known until the new pass is through');
      assert.equal(completeRun(settlePage(again, PAGE, upserted(), NOW), NOW).past, 2);
    });

    it('is measured by those of the pass, not by a page of one that clear-cursor ended', () => {
      const ended = clearCursor(beginRun(begin(restoreState(undefined), SETTINGS), 'start', 'p1', NOW));
      const noted = notePageWritten(ended, PAGE, upserted(), NOW);
      const run = settlePage(beginRun({ ...noted, run: null }, 'clear-cursor', 'p2', NOW), PAGE, upserted(), NOW);
      assert.equal(completeRun(run, NOW).past, 2);
    });

    it('holds until approved, and approves one run', () => {
      const state = failRun(beginRun(imported(900), 'interval', 'next', NOW), held, NOW);
      assert.equal(phaseOf(state), 'held');
      assert.equal(hasWork(state), false);
      const approved = approve(state);
      assert.deepEqual(pending(approved), ['approve']);
      assert.equal(hasWork(approved), true);
      const run = beginRun(approved, 'approve', 'x', NOW);
      assert.equal(run.approved, true);
      assert.equal(completeRun(run, NOW).approved, false);
    });

    it('tries again on any signal that runs, and is off while paused', () => {
      const state = failRun(beginRun(imported(900), 'interval', 'next', NOW), held, NOW);
      assert.equal(hasWork(syncNow(state)), true);
      assert.equal(beginRun(syncNow(state), 'sync-now', 'x', NOW).held, false);
      assert.equal(phaseOf(pause(state, null)), 'paused');
      assert.equal(phaseOf(clearCursor(state)), 'failing');
    });

    it('keeps what Halo was seen to do, and what was said last', () => {
      const habits = {
        arrays: {
          limit: 10,
          isCreateAnswerTrusted: true,
          isUpdateAnswerTrusted: false,
          takesManyUpdates: true,
          refusesWhole: false,
        },
        search: { emailaddress: 'one' as const },
        isAddressListUseful: true,
        addressPlace: 'unknown' as const,
        addressWithoutId: 'unknown' as const,
      };
      const state = settlePage(restoreState(undefined), PAGE, upserted({ habits }), NOW);
      assert.deepEqual(settlePage(state, PAGE, upserted(), NOW).habits, habits);
    });
  });
});

describe('a create whose answer was lost', () => {
  const nowMs = Date.parse(NOW);
  const latest = nowMs + LONGEST_SETTLING_MS;
  const weeksAhead = nowMs + 20 * 86_400_000;

  it('is under way no longer than a request lives, whatever was carried on', () => {
    for (const carried of [weeksAhead, Number.MAX_SAFE_INTEGER]) {
      const state = restoreState({ cursor: null, createsNotBefore: carried });
      assert.equal(noteLostCreates(state, 0, nowMs).createsNotBefore, latest);
    }
  });

  it('is under way no longer than a request lives, whatever a step said with its end', () => {
    const kept = { createsNotBefore: weeksAhead, haloRequests: 0, deactivated: '', habits: null };
    assert.equal(noteKept(running(), 'run', kept, nowMs).createsNotBefore, latest);
  });

  it('is waited for as long as the worker may be set to, and as the later of two says', () => {
    const noted = noteLostCreates(running(), latest, nowMs);
    assert.equal(noted.createsNotBefore, latest);
    assert.equal(noteLostCreates(noted, nowMs + 1, nowMs).createsNotBefore, latest);
  });
});
