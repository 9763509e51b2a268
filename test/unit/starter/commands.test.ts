import assert from 'node:assert/strict';
import { clearCursorCommand } from '../../../src/starter/commands/clear-cursor.js';
import { connectionFile } from '../connection/sample-file.js';
import { listCommand, rejectedCommand, statusCommand } from '../../../src/starter/commands/inspect.js';
import { sampleImportCommand } from '../../../src/starter/commands/sample-import.js';
import { pauseCommand, resumeCommand, retryRejectedCommand } from '../../../src/starter/commands/signals.js';
import { syncNowCommand, watchCommand } from '../../../src/starter/commands/watch.js';
import { StarterError, UsageError, workerMissing } from '../../../src/starter/errors.js';
import { aRejectedUser, aRun, aStatus, fakeConnections, recorded } from './builders.js';

const goingOn = aRun({ outcome: null, finishedAt: null });
const paused = aStatus({ phase: 'paused', integrator: 'off', lastRun: null, nextRunAt: null });

describe('status', () => {
  it("prints exactly the query's answer with --json", async () => {
    const { context, stdout } = recorded(fakeConnections(), { json: true });
    assert.equal(await statusCommand(context, 'arena'), 0);
    assert.deepEqual(JSON.parse(stdout()), aStatus());
  });

  it('refuses a name that can not be one', async () => {
    const { context } = recorded(fakeConnections());
    await assert.rejects(statusCommand(context, 'Arena!'), UsageError);
  });
});

describe('list', () => {
  it('answers an array with --json even when nothing runs', async () => {
    const { context, stdout } = recorded(fakeConnections(), { json: true });
    assert.equal(await listCommand(context), 0);
    assert.deepEqual(JSON.parse(stdout()), []);
  });
});

describe('rejected', () => {
  it('lists ids and reasons and names the retry', async () => {
    const { context, stdout, stderr } = recorded(fakeConnections({ rejected: [aRejectedUser()] }));
    assert.equal(await rejectedCommand(context, 'arena', { code: [], csv: false }), 0);
    assert.match(stdout(), /sg-1 {2}/);
    assert.match(stderr(), /next: npm run starter -- retry-rejected arena/);
  });
});

describe('pause and resume', () => {
  it('send the note when there is one', async () => {
    const connections = fakeConnections();
    const { context } = recorded(connections);
    assert.equal(await pauseCommand(context, 'arena', { note: 'Halo is moved' }), 0);
    assert.equal(await resumeCommand(context, 'arena', {}), 0);
    assert.deepEqual(connections.calls, ['pause arena Halo is moved', 'resume arena']);
  });
});

describe('import-100', () => {
  const sample = aRun({ trigger: 'import-100', events: 100, people: 98, rejected: 2 });
  const statuses = [
    { ...paused, pending: ['import-100'] },
    { ...paused, sampleImport: { ...goingOn, trigger: 'import-100' as const } },
    { ...paused, sampleImport: sample },
  ];

  it('waits until the sample import is finished and tells of rejected people by its exit code', async () => {
    const connections = fakeConnections({ statuses });
    const { context, stdout, stderr } = recorded(connections, { json: true });
    assert.equal(await sampleImportCommand(context, 'arena', { wait: true }), 3);
    assert.deepEqual(connections.calls, ['import-100 arena']);
    assert.deepEqual(JSON.parse(stdout()), sample);
    assert.match(stderr(), /next: npm run starter -- rejected arena/);
  });

  it('does not take an earlier sample import for the one asked for', async () => {
    const earlier = { ...paused, sampleImport: aRun({ trigger: 'import-100', events: 1 }), pending: ['import-100'] };
    const { context, stdout } = recorded(fakeConnections({ statuses: [earlier, ...statuses.slice(1)] }), {
      json: true,
    });
    await sampleImportCommand(context, 'arena', { wait: true });
    assert.deepEqual(JSON.parse(stdout()), sample);
  });

  it('shows why it failed', async () => {
    const failed = {
      ...paused,
      sampleImport: aRun({ trigger: 'import-100', outcome: 'failed' }),
      lastError: {
        code: 'halo-refused',
        message: 'no site 18',
        hint: 'Correct it.',
        at: '2026-11-23T14:14:50Z',
        transient: true,
      },
    };
    const { context, stdout } = recorded(fakeConnections({ statuses: [failed] }));
    assert.equal(await sampleImportCommand(context, 'arena', { wait: true }), 1);
    assert.match(stdout(), /Error halo-refused .*: no site 18/);
  });

  it('only asks with --no-wait', async () => {
    const connections = fakeConnections({ statuses: [] });
    const { context, stdout } = recorded(connections, { json: true });
    assert.equal(await sampleImportCommand(context, 'arena', { wait: false }), 0);
    assert.deepEqual(JSON.parse(stdout()), { connection: 'arena', asked: 'import-100' });
  });
});

describe('watch', () => {
  it('writes one line per change and ends when nothing goes on', async () => {
    const running = aStatus({ phase: 'syncing', run: goingOn });
    const { context, stderr } = recorded(fakeConnections({ statuses: [running, running, aStatus()] }));
    assert.equal(await watchCommand(context, 'arena', { follow: false }), 0);
    assert.deepEqual(stderr().trim().split('\n'), [
      'arena: syncing · 5 pages · 5,000 events · 4,814 people · 118 Halo requests · 0 rejected',
      'arena: idle',
    ]);
  });

  it('answers 3 when the run it saw rejected somebody', async () => {
    const statuses = [aStatus({ phase: 'syncing', run: goingOn }), aStatus({ lastRun: aRun({ rejected: 1 }) })];
    const { context } = recorded(fakeConnections({ statuses }));
    assert.equal(await watchCommand(context, 'arena', { follow: false }), 3);
  });

  it('shows the page being written in a terminal, and goes on without it when it can not be seen', async () => {
    const running = aStatus({ phase: 'syncing', run: goingOn });
    const page = { surveyed: null, settled: 7, of: 40, waitingUntil: null };
    const seen = recorded(fakeConnections({ statuses: [running, aStatus()], page }), { tty: true });
    assert.equal(await watchCommand(seen.context, 'arena', { follow: false }), 0);
    assert.match(seen.stderr(), /page 5: 7 of 40 people/);
    const unseen = fakeConnections({ statuses: [running, aStatus()], page: workerMissing('seatgeek-halo') });
    assert.equal(await watchCommand(recorded(unseen, { tty: true }).context, 'arena', { follow: false }), 0);
  });

  it('ends with 1 and names the approval when the brake holds the run', async () => {
    const { context, stderr } = recorded(fakeConnections({ statuses: [aStatus({ phase: 'held' })] }));
    assert.equal(await watchCommand(context, 'arena', { follow: false }), 1);
    assert.match(stderr(), /next: npm run starter -- preview arena --next-run/);
  });

  it('bridges a worker that is away for a moment', async () => {
    const statuses = [aStatus({ phase: 'syncing', run: goingOn }), workerMissing('seatgeek-halo'), aStatus()];
    const { context, stderr } = recorded(fakeConnections({ statuses }));
    assert.equal(await watchCommand(context, 'arena', { follow: false }), 0);
    assert.match(stderr(), /no worker is polling the task queue seatgeek-halo; waiting/);
  });

  it('gives up when no worker comes back, and at once when none was there', async () => {
    const away = recorded(fakeConnections({ statuses: [aStatus({ run: goingOn }), workerMissing('seatgeek-halo')] }));
    await assert.rejects(watchCommand(away.context, 'arena', { follow: false }), { code: 'worker-missing' });
    const never = recorded(fakeConnections({ statuses: [workerMissing('seatgeek-halo'), aStatus()] }));
    await assert.rejects(watchCommand(never.context, 'arena', { follow: false }), { code: 'worker-missing' });
  });

  it('goes on with --follow until the connection ends', async () => {
    const ended = new StarterError('connection-unknown', 'ended', 'Onboard it.');
    const { context } = recorded(fakeConnections({ statuses: [aStatus(), aStatus(), ended] }));
    await assert.rejects(watchCommand(context, 'arena', { follow: true }), { code: 'connection-unknown' });
  });
});

describe('sync-now', () => {
  it('refuses a paused connection and sends nothing', async () => {
    const connections = fakeConnections({ statuses: [paused] });
    const { context } = recorded(connections);
    await assert.rejects(syncNowCommand(context, 'arena', { wait: true }), { code: 'integrator-off' });
    assert.deepEqual(connections.calls, []);
  });

  it('judges by the run it asked for even if it was over at once', async () => {
    const statuses = [aStatus(), aStatus({ lastRun: aRun({ trigger: 'sync-now', rejected: 1 }) })];
    const connections = fakeConnections({ statuses });
    const { context } = recorded(connections);
    assert.equal(await syncNowCommand(context, 'arena', { wait: true }), 3);
    assert.deepEqual(connections.calls, ['sync-now arena']);
  });
});

describe('retry-rejected', () => {
  it('signals a connection that is on', async () => {
    const connections = fakeConnections();
    const { context } = recorded(connections);
    assert.equal(await retryRejectedCommand(context, 'arena'), 0);
    assert.deepEqual(connections.calls, ['retry-rejected arena']);
  });
});

describe('clear-cursor', () => {
  it('asks in a terminal, showing what it will do, and clears after a yes', async () => {
    const connections = fakeConnections({ file: connectionFile() });
    const { context, questions, stderr } = recorded(connections, { tty: true, answers: [true] });
    assert.equal(await clearCursorCommand(context, 'arena', { yes: false }), 0);
    assert.deepEqual(questions, ['Clear the cursor of arena?']);
    assert.match(stderr(), /reads every event of arena's history again; only differences are written/);
    assert.match(stderr(), /The last run: 4,810 people/);
    assert.match(stderr(), /Halo requests for 4,810 people: 54 requests, within the limit of 300 in 300 s/);
    assert.deepEqual(connections.calls, ['clear-cursor arena']);
  });

  it('changes nothing after a no', async () => {
    const connections = fakeConnections();
    const { context } = recorded(connections, { tty: true, answers: [false] });
    await assert.rejects(clearCursorCommand(context, 'arena', { yes: false }), { code: 'cancelled' });
    assert.deepEqual(connections.calls, []);
  });

  it('wants --yes where nobody can be asked', async () => {
    const connections = fakeConnections();
    await assert.rejects(clearCursorCommand(recorded(connections).context, 'arena', { yes: false }), UsageError);
    assert.equal(await clearCursorCommand(recorded(connections).context, 'arena', { yes: true }), 0);
    assert.deepEqual(connections.calls, ['clear-cursor arena']);
  });

  it('says that a paused connection reads history once it is resumed', async () => {
    const { context, stderr } = recorded(fakeConnections({ statuses: [paused] }));
    await clearCursorCommand(context, 'arena', { yes: true });
    assert.match(stderr(), /once the integrator is switched on/);
    assert.match(stderr(), /next: npm run starter -- resume arena/);
  });
});
