import assert from 'node:assert/strict';
import { after, before } from 'mocha';
import type { WorkflowHandle } from '@temporalio/client';
import { untilStatus } from '../../src/demo/waiting.js';
import type { ConnectionFile } from '../../src/connection/schema.js';
import type { ShownRejectedUser } from '../../src/contract/rejection-reasons.js';
import type { Status } from '../../src/workflows/status.js';
import { previewOfNextRun } from '../world/ask-people.js';
import { isSettled, World } from '../world/world.js';

const PEOPLE = 300;

describe('the brake', function () {
  this.timeout(120_000);
  let world: World;
  let arena: WorkflowHandle;
  let imported: Status;
  let file: (columns?: { id: string }) => ConnectionFile;

  before(async () => {
    // A feed may serve a row again at the head of the next page.
    world = await World.open({ sandbox: { people: PEOPLE, existing: 20, seed: 7, seatgeek: { repeats: 7 } } });
    world.startWorker();
    const brake = { atLeast: 40, percent: 20 };
    file = (columns) =>
      world.connectionFile('arena', {
        users: { onSharedEmail: 'create' },
        integrator: { enabled: true, brake },
        seatgeek: { pageSize: 100, ...(columns !== undefined && { columns }) },
      });
    arena = await world.start(file());
    imported = await untilStatus(arena, isSettled);
  });
  after(() => world.close());

  const created = (): number => world.sandbox.halo.writes.created;
  const settled = (runsBefore: string | null): Promise<Status> =>
    untilStatus(arena, (status) => isSettled(status) && status.lastRun?.startedAt !== runsBefore);

  /** What a changed ID column looks like: everybody comes again under another id. */
  function appendAgain(from: number, count: number): void {
    for (let n = from; n < from + count; n += 1) {
      const columns = Object.entries(world.sandbox.seatgeek.feed.person(n)).filter(([name]) => !name.startsWith('_'));
      world.sandbox.seatgeek.feed.append({ ...Object.fromEntries(columns), id: `other-${n}` });
    }
  }

  it('lets the first import pass, whatever it creates', () => {
    assert.equal(imported.lastRun?.outcome, 'completed');
    assert.ok(imported.lastRun.created > 200);
  });

  it('lets all history pass again, and a few new people', async () => {
    const before = created();
    await arena.signal('clear-cursor');
    const again = await untilStatus(arena, (status) => isSettled(status) && status.lastRun?.trigger === 'clear-cursor');
    assert.equal(again.lastRun?.outcome, 'completed');
    appendAgain(250, 10);
    await arena.signal('sync-now');
    const run = await settled(again.lastRun.startedAt);
    assert.equal(run.lastRun?.outcome, 'completed');
    assert.equal(created(), before + 10);
  });

  it('holds a run that would create far more, before its first write, until `approve`', async () => {
    const before = world.sandbox.halo.writes.all().length;
    appendAgain(0, 240);
    await arena.signal('sync-now');
    const held = await untilStatus(arena, ({ phase }) => phase === 'held');
    assert.equal(held.lastError?.code, 'brake-held');
    assert.match(
      held.lastError.message,
      /would create 2\d\d people and deactivate 0; the connection has imported \d+ so far/,
    );
    assert.match(held.lastError.hint, /approve/);
    assert.equal(held.nextRunAt, null);
    assert.equal(world.sandbox.halo.writes.all().length, before, 'nothing was written');
    assert.match(held.lastError.hint, /preview of the next run/);

    const { run: foreseen, people } = await previewOfNextRun(arena);
    assert.equal(foreseen?.brake, held.lastError.message);
    assert.match(foreseen.brake, new RegExp(`would create ${foreseen.created} people and deactivate 0;`));
    assert.equal(people.length, 100);
    assert.ok(
      people.every(({ outcome, changes }) => outcome !== 'create' || changes.some(({ field }) => field === 'name')),
    );
    assert.equal(world.sandbox.halo.writes.all().length, before, 'a preview writes nothing');

    await arena.signal('sync-now');
    const again = await untilStatus(
      arena,
      ({ phase, lastRun }) => phase === 'held' && lastRun?.startedAt !== held.lastRun?.startedAt,
    );
    assert.equal(again.lastError?.code, 'brake-held');
    assert.equal(world.sandbox.halo.writes.all().length, before, 'still nothing was written');

    await arena.signal('approve');
    const done = await untilStatus(arena, (status) => isSettled(status) && status.lastRun?.trigger === 'approve');
    assert.equal(done.lastRun?.outcome, 'completed');
    assert.equal(done.phase, 'idle');
    assert.ok(done.lastRun.created >= 200, `${done.lastRun.created} created`);
    const { created, matchedByEmail, updated, deactivated, skipped, rejected, superseded = 0 } = done.lastRun;
    // What only Halo decides is not foreseen.
    const refused = await arena.query<ShownRejectedUser[]>('rejected');
    const byHalo = refused.filter(({ code, seatgeekId }) => code === 'halo-refused' && seatgeekId.startsWith('other-'));
    assert.deepEqual(
      [foreseen.created, foreseen.matchedByEmail, foreseen.deactivated, foreseen.skipped, foreseen.rejected],
      [created + byHalo.length, matchedByEmail, deactivated, skipped, rejected - byHalo.length],
    );
    assert.equal(foreseen.updated + foreseen.unread + foreseen.unchanged, updated + done.lastRun.unchanged);
    assert.deepEqual([foreseen.superseded, foreseen.events], [superseded, done.lastRun.events]);
  });

  it('holds the re-import that a changed ID column would make a mass creation, and lets it pass once corrected', async () => {
    const before = world.sandbox.halo.writes.all().length;
    await arena.executeUpdate('configure', { args: [file({ id: 'client_code' }), { reimport: true }] });
    const held = await untilStatus(arena, ({ phase }) => phase === 'held');
    assert.match(held.lastError?.message ?? '', /would create 2\d\d people/);
    assert.equal(world.sandbox.halo.writes.all().length, before, 'nothing was written');
    await arena.executeUpdate('configure', { args: [file(), { reimport: true }] });
    const done = await untilStatus(arena, (status) => isSettled(status) && status.phase === 'idle');
    assert.equal(done.lastRun?.outcome, 'completed');
    assert.equal(done.lastRun.created, 0);
  });

  it('holds a run that would deactivate far more', async () => {
    const before = world.sandbox.halo.writes.all().length;
    for (let n = 0; n < 200; n += 1) world.sandbox.seatgeek.feed.remove(n);
    await arena.signal('sync-now');
    const held = await untilStatus(arena, ({ phase }) => phase === 'held');
    assert.match(held.lastError?.message ?? '', /would create 0 people and deactivate 1\d\d/);
    assert.equal(world.sandbox.halo.writes.all().length, before);
  });
});
