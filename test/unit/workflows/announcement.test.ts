import assert from 'node:assert/strict';
import { NO_ALERTS, noteChange, noteNotSent, noteSent, type AlertState } from '../../../src/workflows/announcement.js';
import type { LastError, Phase } from '../../../src/workflows/phase.js';

const NOW = '2026-11-23T14:15:02Z';
const DAY_LATER = '2026-11-24T14:15:02Z';
const ERROR: LastError = { code: 'halo-unreachable', message: 'Down.', hint: 'Wait.', at: NOW, transient: true };

/** The phases told of, one after the other, every message sent at once. */
function told(phases: readonly Phase[]): string[] {
  let alerts: AlertState = NO_ALERTS;
  const messages: string[] = [];
  for (const phase of phases) {
    alerts = noteChange(alerts, phase, phase === 'idle' ? null : ERROR, NOW);
    if (alerts.pending === null) continue;
    messages.push(`${alerts.pending.before ?? 'new'} → ${alerts.pending.phase}`);
    alerts = noteSent(alerts);
  }
  return messages;
}

describe('what a webhook is told', () => {
  const cases: [string, Phase[], string[]][] = [
    ['nothing of a connection that is well from the start', ['idle', 'syncing', 'idle', 'paused', 'idle'], []],
    ['failure and recovery, once each', ['idle', 'failing', 'idle'], ['idle → failing', 'failing → idle']],
    ['a failure at the first start', ['failing'], ['new → failing']],
    ['one failure however long it lasts', ['idle', 'failing', 'failing', 'failing'], ['idle → failing']],
    ['one failure though a try came as far as writing', ['idle', 'failing', 'syncing', 'failing'], ['idle → failing']],
    ['one failure though it was paused', ['idle', 'failing', 'paused', 'failing'], ['idle → failing']],
    ['the recovery after a pause', ['failing', 'paused', 'syncing', 'idle'], ['new → failing', 'failing → idle']],
    ['the brake, and that it goes on', ['idle', 'held', 'syncing', 'idle'], ['idle → held', 'held → idle']],
    ['an expired cursor', ['failing', 'cursor-expired'], ['new → failing', 'failing → cursor-expired']],
    [
      'each real change of one that comes and goes',
      ['idle', 'failing', 'idle', 'failing', 'idle'],
      ['idle → failing', 'failing → idle', 'idle → failing', 'failing → idle'],
    ],
  ];
  for (const [what, phases, messages] of cases) it(`is ${what}`, () => assert.deepEqual(told(phases), messages));

  it('is the error with its hint, and none of a recovery', () => {
    const failing = noteChange({ ...NO_ALERTS, told: 'idle' }, 'failing', ERROR, NOW);
    assert.deepEqual(failing.pending, {
      phase: 'failing',
      before: 'idle',
      code: 'halo-unreachable',
      message: 'Down.',
      hint: 'Wait.',
      at: NOW,
    });
    assert.equal(noteChange(failing, 'idle', ERROR, NOW).pending?.code, null);
  });

  it('is the newest change when an older one is not sent yet', () => {
    const alerts = noteChange(noteChange(NO_ALERTS, 'failing', ERROR, NOW), 'cursor-expired', ERROR, NOW);
    assert.equal(alerts.pending?.phase, 'cursor-expired');
  });

  it('stays to be told for a day and is then given up, with the reason on view', () => {
    const alerts = noteChange(NO_ALERTS, 'failing', ERROR, NOW);
    assert.equal(noteChange(alerts, 'failing', ERROR, '2026-11-24T14:15:01Z').pending?.phase, 'failing');
    const later = noteChange(alerts, 'failing', ERROR, DAY_LATER);
    assert.equal(later.pending, null);
    assert.match(later.failure?.message ?? '', /given up/);
  });

  it('could not be told until a later message is sent', () => {
    const refused = noteNotSent(noteChange(NO_ALERTS, 'failing', ERROR, NOW), ERROR);
    assert.deepEqual([refused.pending, refused.failure], [null, ERROR]);
    assert.equal(noteSent(noteChange(refused, 'idle', null, NOW)).failure, null);
  });
});
