import assert from 'node:assert/strict';
import { reconfigure } from '../../../src/workflows/reconfigure.js';
import { failRun, knownOf } from '../../../src/workflows/run-state.js';
import { restoreState } from '../../../src/workflows/carried-state.js';
import { begin, pause, type State } from '../../../src/workflows/state.js';
import { SETTINGS } from './settings.js';

const MINUTE = 60_000;
const NOW = Date.parse('2026-11-23T14:15:00Z');
const ERROR = { code: 'column-missing', message: 'm', hint: 'h', at: '', transient: false };
const waiting = (): State => ({
  ...begin(restoreState(undefined), SETTINGS),
  due: null,
  nextRunAt: '2026-11-23T14:25:00Z',
  lastRun: null,
});
const to = (state: State, intervalMs: number): State =>
  reconfigure(state, { ...SETTINGS, intervalMs }, { now: NOW, waitMs: intervalMs });

describe('a changed connection file', () => {
  it('that names another Halo takes along nothing that holds for the old one alone', () => {
    const users = [{ seatgeekId: 'p', code: 'email-shared', page: { cursor: 'c', limit: 10 }, claims: 42 }];
    const { rejected } = restoreState({ cursor: null, rejected: { users, beyond: 0 } });
    const state = { ...waiting(), deactivated: 'a1b2c3d4', rejected };
    const moment = { now: NOW, waitMs: 1 };
    assert.deepEqual(knownOf(reconfigure(state, SETTINGS, moment)), knownOf(state));
    const other = reconfigure(state, { ...SETTINGS, haloHost: 'other.example' }, moment);
    assert.deepEqual([knownOf(other), other.rejected.users.map(({ seatgeekId }) => seatgeekId)], [{}, ['p']]);
  });

  it('takes its interval at once, counted from the last run', () => {
    const finishedAt = '2026-11-23T14:10:00Z';
    const state = { ...waiting(), lastRun: { finishedAt } as State['lastRun'] };
    assert.equal(to(state, 10 * MINUTE).nextRunAt, '2026-11-23T14:20:00Z');
    assert.equal(to(state, 2 * MINUTE).nextRunAt, '2026-11-23T14:15:00Z');
    assert.equal(to(state, 60 * MINUTE).nextRunAt, '2026-11-23T15:10:00Z');
  });

  it('leaves the wait alone when the interval stays', () =>
    assert.equal(to(waiting(), SETTINGS.intervalMs).nextRunAt, '2026-11-23T14:25:00Z'));

  it('has a connection that fails try again at once, but not one that is paused or waits for clear-cursor', () => {
    const failing = failRun(waiting(), ERROR, '');
    assert.equal(to(failing, 15 * MINUTE).due, 'configure');
    assert.equal(to(pause(failing, null), 15 * MINUTE).due, null);
    assert.equal(to(failRun(waiting(), { ...ERROR, code: 'cursor-expired' }, ''), 15 * MINUTE).due, null);
    assert.equal(to(failRun(waiting(), { ...ERROR, code: 'brake-held' }, ''), 15 * MINUTE).due, 'configure');
  });

  it('does not start a run of a connection that is well, nor weaken what is due', () => {
    assert.equal(to(waiting(), 15 * MINUTE).due, null);
    assert.equal(to({ ...failRun(waiting(), ERROR, ''), due: 'clear-cursor' }, 15 * MINUTE).due, 'clear-cursor');
  });

  it('makes everybody rejected due with the next run', () => {
    const user = { seatgeekId: 'sg-1', retryAtRun: 64 } as State['rejected']['users'][number];
    const state = { ...waiting(), runs: 3, rejected: { users: [user], beyond: 2 } };
    const { rejected } = to(state, 15 * MINUTE);
    assert.deepEqual([rejected.users[0]?.retryAtRun, rejected.beyond], [3, 2]);
  });

  it('has the search attributes set anew when it names another Halo', () => {
    const published = { phase: 'idle', rejected: 0, lastSyncedAt: null } as const;
    const state = { ...waiting(), published };
    const moment = { now: NOW, waitMs: 0 };
    assert.deepEqual(reconfigure(state, SETTINGS, moment).published, published);
    assert.equal(reconfigure(state, { ...SETTINGS, haloHost: 'other.example' }, moment).published, null);
  });
});
