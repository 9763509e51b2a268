/**
 * The product as it is run: Temporal's own server on PostgreSQL, set up by what `deploy` ships, two workers of the build. `npm run test:production`.
 * After each step Halo is compared, person by person, with what the feed says.
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pauseFor } from 'node:timers/promises';
import { after, before } from 'mocha';
import type { WorkflowHandle } from '@temporalio/client';
import { untilStatus } from '../../src/demo/waiting.js';
import type { ConnectionFile } from '../../src/connection/schema.js';
import { PRODUCTION_FLAGS } from '../../src/worker/production.js';
import type { Status } from '../../src/workflows/status.js';
import { finalDifferences } from '../world/oracle.js';
import { isSettled, World } from '../world/world.js';
import { untilWrites } from '../world/writes.js';
import { Postgresql } from './postgresql.js';
import { choosePorts, runNamespace, runSchema, runTemporal, startServer } from './temporal-server.js';
import { findTools, type Tools } from './tools.js';

const PEOPLE = 1_000;
const PAGE_SIZE = 100;
const BUILT_WORKER = path.resolve('dist/worker.js');

describe('in production', function () {
  this.timeout(600_000);
  let tools: Tools;
  let database: Postgresql | undefined;
  let world: World;
  let file: ConnectionFile;
  let arena: WorkflowHandle;

  before(async function () {
    const found = await findTools();
    if ('skip' in found) {
      say(`skipped: ${found.skip}`);
      return this.skip();
    }
    assert.ok(existsSync(BUILT_WORKER), 'npm run build comes first');
    tools = found;
    const postgresql = await Postgresql.start(tools);
    database = postgresql;
    await runSchema(tools, postgresql);
    const ports = await choosePorts();
    world = await World.open({
      sandbox: { people: PEOPLE, seed: 7 },
      serve: () => startServer(tools, postgresql, ports),
      workerArguments: [...PRODUCTION_FLAGS, BUILT_WORKER],
    });
    file = world.connectionFile('arena', {
      seatgeek: { pageSize: PAGE_SIZE },
      integrator: { enabled: false, brake: { atLeast: 40, percent: 20 } },
    });
    startWorkers();
    arena = world.handle();
  });
  after(async () => {
    await (world as World | undefined)?.close();
    await database?.remove();
  });

  const startWorkers = (): void => {
    for (let n = 0; n < 2; n += 1) world.startWorker();
  };
  const stopWorkers = async (): Promise<void> => {
    for (const worker of world.workers.splice(0)) assert.equal(await worker.stop(), 0);
  };
  const hasStarted = async (pid: number): Promise<boolean> => {
    const lines = (await world.workerLog()).split('\n');
    return lines.some((line) => line.includes(`"pid":${pid},`) && line.includes('worker started'));
  };
  const untilPhase = (phase: Status['phase']): Promise<Status> =>
    untilStatus(arena, (status) => status.phase === phase && status.pending.length === 0);
  const untilRun = (trigger: string): Promise<Status> =>
    untilStatus(arena, (status) => isSettled(status) && status.lastRun?.trigger === trigger);
  /** What Temporal's list in PostgreSQL says, which alerts and the Web UI go by. */
  const untilListed = async (phase: Status['phase']): Promise<void> => {
    const query = `ConnectionPhase = "${phase}" AND SeatGeekConnection = "arena" AND ExecutionStatus = "Running"`;
    while ((await world.client.workflow.count(query)).count === 0) await pauseFor(200);
  };
  const verdict = (step: string): void => {
    const { created, updated } = world.sandbox.halo.writes;
    const differences = finalDifferences(world);
    say(`${step}: ${differences.length} differences; Halo has created ${created} and changed ${updated}`);
    assert.deepEqual(differences, []);
  };

  it('may be set up again without harm', async () => {
    await runSchema(tools, database!);
    assert.match(await runNamespace(tools, world.server.address), /has the search attributes/);
  });

  it('imports with two workers while one of them, the server and PostgreSQL crash', async () => {
    await world.start(file);
    await untilPhase('paused');
    await untilListed('paused');
    await arena.signal('import-100');
    await untilStatus(arena, ({ sampleImport }) => sampleImport?.outcome === 'completed');
    await arena.signal('resume');
    await untilWrites(world.sandbox, PEOPLE * 0.3);
    await untilListed('syncing');
    const wrote = await Promise.all(world.workers.map(({ pid }) => world.wrotePage(pid)));
    for (const worker of world.workers.splice(wrote.indexOf(true), 1)) await worker.kill9();
    const { pid: replacement } = world.startWorker();
    // One that finds no Temporal when it starts ends, for its supervisor to start again.
    while (!(await hasStarted(replacement))) await pauseFor(100);
    await untilWrites(world.sandbox, PEOPLE * 0.5);
    await world.crashServer();
    await untilWrites(world.sandbox, PEOPLE * 0.7);
    await database!.crash();
    await database!.begin();
    await untilDone(() => arena.query('status'));
    const { lastRun } = await untilStatus(arena, isSettled);
    assert.equal(lastRun?.outcome, 'completed');
    await untilListed('idle');
    verdict('first import');
  });

  it('goes through every other phase, and shows each in the list', async () => {
    world.sandbox.faults.add({ system: 'halo', kind: 'status', status: 401, match: { after: 0 } });
    world.sandbox.addLiveChanges(20);
    await arena.signal('sync-now');
    await untilPhase('failing');
    await untilListed('failing');
    world.sandbox.faults.clear();
    await arena.signal('sync-now');
    await untilPhase('idle');
    verdict('failing and well again');

    for (let n = 0; n < PEOPLE / 4; n += 1) world.sandbox.seatgeek.feed.remove(n);
    await arena.signal('sync-now');
    await untilPhase('held');
    await untilListed('held');
    await arena.signal('approve');
    await untilRun('approve');
    verdict('held and approved');

    world.sandbox.seatgeek.feed.expireCursors();
    await arena.signal('sync-now');
    await untilPhase('cursor-expired');
    await untilListed('cursor-expired');
    await arena.signal('clear-cursor');
    await untilRun('clear-cursor');
    verdict('cursor expired and history read again');
  });

  it('goes on from a backup that was taken in mid-import', async () => {
    const { writes } = world.sandbox.halo;
    const before = writes.created;
    const news = PEOPLE / 2;
    appendNewPeople(world, news);
    await arena.executeUpdate('configure', {
      args: [{ ...file, integrator: { enabled: true, brake: { enabled: false } } }],
    });
    await arena.signal('sync-now');
    while (writes.created < before + news * 0.4) await pauseFor(10);
    const backup = await database!.dump();
    await untilRun('sync-now');
    verdict('after the backup');
    world.sandbox.addLiveChanges(20);
    await arena.signal('sync-now');
    await untilStatus(arena, (status) => isSettled(status) && status.lastRun?.events === 20);
    const { created, updated } = writes;

    await stopWorkers();
    await world.server.stop();
    await database!.drop();
    await database!.restore(backup);
    await world.startServerAgain();
    startWorkers();
    await untilDone(() => arena.query('status'));
    await untilRun('sync-now');
    assert.equal(writes.created, created, 'nobody was created twice');
    // Whoever is read again is compared, the address with Halo's list of addresses: hardly anybody is written again.
    const readAgain = news - news * 0.4 + PAGE_SIZE + 20;
    say(`of ${readAgain} who may have been read again ${writes.updated - updated} were written again`);
    assert.ok(
      writes.updated - updated <= readAgain / 10,
      `${writes.updated - updated} updates, ${readAgain} read again`,
    );
    verdict('backup restored');
  });

  it('starts again from the connection file where Temporal is lost', async () => {
    const { created } = world.sandbox.halo.writes;
    await stopWorkers();
    await world.server.stop();
    await database!.drop();
    await runSchema(tools, database!);
    await world.startServerAgain();
    world.sandbox.addLiveChanges(30);
    startWorkers();
    await world.start({ ...file, integrator: { enabled: true } });
    const { lastRun } = await untilStatus(arena, isSettled);
    assert.equal(lastRun?.outcome, 'completed');
    const news = world.sandbox.halo.writes.created - created;
    assert.ok(news <= 30, `${news} were created, and no more than 30 are new`);
    verdict('Temporal lost');
  });

  it('names the attribute that PostgreSQL has no column left for', async () => {
    const { address } = world.server;
    const namespace = 'shared-with-others';
    await runTemporal(tools, address, ['operator', 'namespace', 'create', '--namespace', namespace]);
    const others = ['A', 'B', 'C'].flatMap((letter) => ['--name', `Others${letter}`, '--type', 'Int']);
    await untilDone(() =>
      runTemporal(tools, address, ['operator', 'search-attribute', 'create', '--namespace', namespace, ...others]),
    );
    await assert.rejects(runNamespace(tools, address, namespace), (error: Error) => {
      say(error.message.trim().split('\n').at(-1) ?? '');
      return /cannot have more than 3 search attribute of type Int/.test(error.message);
    });
  });
});

/** A person whom neither history nor Halo knows, so many times. */
function appendNewPeople({ sandbox }: World, count: number): void {
  for (let n = 0; n < count; n += 1) {
    const columns = Object.entries(sandbox.seatgeek.feed.person(n)).filter(([name]) => !name.startsWith('_'));
    sandbox.seatgeek.feed.append({ ...Object.fromEntries(columns), id: `new-${n}`, email: `new-${n}@stadium.example` });
  }
}

/** A namespace is known some seconds after it is made. */
async function untilDone(step: () => Promise<unknown>): Promise<void> {
  for (;;) {
    const isDone = await step().then(
      () => true,
      () => false,
    );
    if (isDone) return;
    await pauseFor(500);
  }
}

function say(text: string): void {
  process.stdout.write(`    ${text}\n`);
}
