import assert from 'node:assert/strict';
import { WorkflowUpdateFailedError, type WorkflowHandle } from '@temporalio/client';
import { after, before } from 'mocha';
import type { ConfigureAnswer } from '../../src/activities/answers.js';
import type { ConnectionFile } from '../../src/connection/schema.js';
import { untilStatus } from '../../src/demo/waiting.js';
import { TASK_QUEUE } from '../../src/temporal/task-queue.js';
import { isSettled, World } from '../world/world.js';

type Loose = Readonly<Record<string, unknown>>;

function withMapping(file: ConnectionFile, from: string): ConnectionFile {
  return { ...file, users: { ...file.users, fieldMappings: [...file.users.fieldMappings, { from, to: 'notes' }] } };
}

/** Files that whoever may start or configure a workflow might try, and what the refusal names. */
const FILES: readonly {
  readonly what: string;
  readonly names: RegExp;
  readonly spoil: (file: ConnectionFile) => Loose;
}[] = [
  {
    what: "another connection's secret",
    names: /halo\.clientSecret/,
    spoil: (file) => ({ ...file, halo: { ...file.halo, clientSecret: { secret: 'stadium-halo-client-secret' } } }),
  },
  {
    what: 'a path to a secret',
    names: /halo\.clientSecret/,
    spoil: (file) => ({ ...file, halo: { ...file.halo, clientSecret: { secret: 'halo-../../stadium' } } }),
  },
  {
    what: "a variable of the worker's environment",
    names: /seatgeek\.clientId/,
    spoil: (file) => ({ ...file, seatgeek: { ...file.seatgeek, clientId: { secret: 'PATH' } } }),
  },
  {
    what: 'a foreign host for the token',
    names: /seatgeek\.tokenUrl.*evil\.example/s,
    spoil: (file) => ({ ...file, seatgeek: { ...file.seatgeek, tokenUrl: 'https://evil.example/oauth/token' } }),
  },
  {
    what: 'a host that only looks like an allowed one',
    names: /halo\.url.*halopsa\.com\.evil\.example/s,
    spoil: (file) => ({ ...file, halo: { ...file.halo, url: 'https://acme.halopsa.com.evil.example' } }),
  },
  {
    what: 'http to a remote host',
    names: /halo\.url.*https/s,
    spoil: (file) => ({ ...file, halo: { ...file.halo, url: 'http://acme.halopsa.com' } }),
  },
  {
    what: 'a host behind a user name',
    names: /halo\.url.*user name/s,
    spoil: (file) => ({ ...file, halo: { ...file.halo, url: 'https://acme.halopsa.com@evil.example' } }),
  },
  ...[
    '($f := function($n){ $f($n + 1) }; $f(0))',
    '[1, 2].map(n, [1, 2].map(m, n))',
    "id.matches('((a{1000}){1000})')",
  ].map((from) => ({
    what: `the expression ${from}`,
    names: /users\.fieldMappings\[8\]\.from/,
    spoil: (file: ConnectionFile) => withMapping(file, from),
  })),
];

describe('hostile use', function () {
  this.timeout(180_000);
  let world: World;
  let file: ConnectionFile;

  const configure = (handle: WorkflowHandle, other: unknown): Promise<ConfigureAnswer> =>
    handle.executeUpdate<ConfigureAnswer, [unknown]>('configure', { args: [other] });
  const start = (name: string, config: unknown): Promise<WorkflowHandle> =>
    world.client.workflow.start('connection', {
      taskQueue: TASK_QUEUE,
      workflowId: `connection-${name}`,
      args: [config],
    });
  const asked = (): number => world.sandbox.seatgeek.tokenRequests.count + world.sandbox.halo.tokenRequests.count;

  before(async () => {
    world = await World.open({ sandbox: { people: 120, seed: 71 } });
    world.startWorker();
    file = world.connectionFile('arena', { integrator: { enabled: true } });
    await world.start(file);
    await untilStatus(world.handle(), isSettled);
  });
  after(() => world.close());

  for (const { what, names, spoil } of FILES) {
    it(`is refused by configure, and the connection goes on: ${what}`, async () => {
      const before = asked();
      await assert.rejects(configure(world.handle(), spoil(file)), (error) => {
        assert.ok(error instanceof WorkflowUpdateFailedError);
        assert.match(String(error.cause?.message), names);
        return true;
      });
      assert.equal(asked(), before);
      const { phase } = await untilStatus(world.handle(), () => true);
      assert.equal(phase, 'idle');
    });

    it(`is refused at the start: ${what}`, async () => {
      const handle = await start(`bad-${FILES.findIndex((one) => one.what === what)}`, spoil(file));
      const before = asked();
      await assert.rejects(handle.result(), (error) => {
        assert.match(String((error as Error).cause), names);
        return true;
      });
      assert.equal(asked(), before);
    });
  }

  it('gets no further than Temporal with a file of 5 MB, and no further than the validator with one of 1 MB', async () => {
    const { notes, ...whole } = { ...file, notes: '' };
    assert.equal(notes, '');
    await assert.rejects(configure(world.handle(), { ...whole, notes: 'x'.repeat(5_000_000) }), (error) => {
      assert.match(String((error as Error).cause), /larger than max/);
      return true;
    });
    await assert.rejects(configure(world.handle(), { ...whole, notes: 'x'.repeat(1_000_000) }), (error) => {
      assert.ok(error instanceof WorkflowUpdateFailedError);
      assert.match(String(error.cause?.message), /larger than 256 KB/);
      return true;
    });
    await world.handle().signal('sync-now');
    await untilStatus(world.handle(), (status) => isSettled(status) && status.lastRun?.trigger === 'sync-now');
  });
});
