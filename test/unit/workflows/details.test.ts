import assert from 'node:assert/strict';
import { detailsOf } from '../../../src/workflows/details.js';
import { beginRun, completeRun, failRun, notePageRead } from '../../../src/workflows/run-state.js';
import { restoreState } from '../../../src/workflows/carried-state.js';
import { begin, pause } from '../../../src/workflows/state.js';
import type { State } from '../../../src/workflows/state.js';
import { SETTINGS } from './settings.js';

const NOW = '2026-11-23T14:15:02Z';
const running = (): State =>
  notePageRead(beginRun(begin(restoreState(undefined), SETTINGS), 'start', 'pass-1', NOW), 7, 1);
const REJECTED = {
  seatgeekId: 'sg-1',
  code: 'halo-refused',
  message: 'a | b * <emailaddress>',
  page: { cursor: null, limit: 100 },
  attempts: 3,
  firstSeenAt: NOW,
  lastTriedAt: NOW,
  retryAtRun: 9,
  pageGone: true,
} as const;

describe('the details in the Web UI', () => {
  it('say that not everybody who was made inactive is remembered, once that is so', () => {
    const of = (people: number): string =>
      detailsOf({ ...running(), deactivated: '0a1b2c3d'.repeat(people) }, SETTINGS);
    assert.match(of(2_000), /stays inactive until somebody activates them in Halo/);
    assert.doesNotMatch(of(1_999), /stays inactive/);
  });

  it('name both hosts, the phase and the counts of each report', () => {
    const text = detailsOf(running(), SETTINGS);
    assert.match(text, /arena\*\*: ringside\.seatgeek\.com → acme\.halopsa\.com/);
    assert.match(text, /Phase \*\*syncing\*\*/);
    assert.match(text, /\| change events \| 0 \|/);
    assert.doesNotMatch(text, /sample import/);
  });

  it('say what to do when paused, with the note that was left', () => {
    const text = detailsOf(pause(completeRun(running(), NOW), 'stock-take'), SETTINGS);
    assert.match(text, /integrator \*\*off\*\* \(stock-take\)/);
    assert.match(text, /`resume`/);
  });

  it('show the error and the way out', () => {
    const error = {
      code: 'halo-credentials-refused',
      message: 'Halo refuses.',
      hint: 'Correct halo.clientSecret.',
      at: NOW,
      transient: true,
    };
    const text = detailsOf(failRun(running(), error, NOW), SETTINGS);
    assert.match(text, /`halo-credentials-refused` at 2026-11-23T14:15:02Z: Halo refuses\./);
    assert.match(text, /What to do:\*\* Correct halo\.clientSecret\./);
  });

  it('list rejected people, ten at most, with text from outside kept from being Markdown', () => {
    const users = Array.from({ length: 12 }, (_, index) => ({ ...REJECTED, seatgeekId: `sg-${index}` }));
    const text = detailsOf({ ...running(), rejected: { users, beyond: 5 } }, SETTINGS);
    assert.match(text, /\| `sg-9` \| halo-refused: a b emailaddress \(no longer on its page of the feed\) \| 3 \|/);
    assert.doesNotMatch(text, /sg-10/);
    assert.match(text, /and 7 more/);
  });

  it('stay far below what Temporal takes', () => {
    const users = Array.from({ length: 400 }, () => ({ ...REJECTED, message: 'x'.repeat(120) }));
    assert.ok(detailsOf({ ...running(), rejected: { users, beyond: 0 } }, SETTINGS).length < 8_000);
  });
});
