import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { after, before } from 'mocha';
import { z } from 'zod';
import { setTimeout as pauseFor } from 'node:timers/promises';
import { findCli } from '../../src/temporal/find-cli.js';
import { untilWrites, writtenSoFar } from '../world/writes.js';
import { finalDifferences } from '../world/oracle.js';
import { World } from '../world/world.js';

const run = promisify(execFile);
const statusSchema = z.object({
  phase: z.string(),
  integrator: z.string(),
  cursor: z.string().nullable(),
  epoch: z.number(),
  run: z.object({ events: z.number() }).nullable(),
  lastRun: z.object({ trigger: z.string(), outcome: z.string() }).nullable(),
  sampleImport: z.object({ outcome: z.string().nullable(), events: z.number() }).nullable(),
});
const queryAnswer = z.object({ queryResult: z.array(z.unknown()).min(1) });

describe('the Temporal CLI alone', function () {
  this.timeout(180_000);
  let world: World;
  let cli: string;

  before(async () => {
    world = await World.open({ sandbox: { people: 600, seed: 21 } });
    cli = await findCli();
    world.startWorker();
  });
  after(() => world.close());

  const temporal = async (...args: string[]): Promise<string> => {
    const { stdout } = await run(cli, [...args, '--address', world.server.address, '--output', 'json']);
    return stdout;
  };
  const signal = (name: string): Promise<string> =>
    temporal('workflow', 'signal', '--workflow-id', 'connection-arena', '--name', name);
  const status = async (): Promise<z.infer<typeof statusSchema>> => {
    const answer = await temporal('workflow', 'query', '--workflow-id', 'connection-arena', '--type', 'status');
    return statusSchema.parse(queryAnswer.parse(JSON.parse(answer)).queryResult[0]);
  };
  const until = async (
    isWanted: (now: z.infer<typeof statusSchema>) => boolean,
  ): Promise<z.infer<typeof statusSchema>> => {
    for (;;) {
      const now = await status();
      if (isWanted(now)) return now;
      await pauseFor(100);
    }
  };

  it('onboards, tries, switches on, clears the cursor in mid-run and pauses; Halo is right and nobody exists twice', async () => {
    const file = path.join(world.folder, 'arena.json');
    const config = world.connectionFile('arena', { seatgeek: { pageSize: 100 } });
    await writeFile(file, JSON.stringify(config));

    await temporal(
      ...['workflow', 'start', '--type', 'connection', '--task-queue', 'seatgeek-halo'],
      ...['--workflow-id', 'connection-arena', '--input-file', file],
    );
    assert.equal((await until(({ phase }) => phase === 'paused')).cursor, null);

    await signal('import-100');
    const sampled = await until(({ sampleImport }) => sampleImport?.outcome === 'completed');
    assert.equal(sampled.sampleImport?.events, 100);
    assert.equal(sampled.cursor, null);

    const written = writtenSoFar(world.sandbox);
    await signal('resume');
    await untilWrites(world.sandbox, written + 100);
    await signal('clear-cursor');
    const again = await until(({ run: now, lastRun }) => now === null && lastRun?.trigger === 'clear-cursor');
    assert.deepEqual([again.epoch, again.lastRun?.outcome], [1, 'completed']);

    await signal('pause');
    assert.equal((await until(({ phase }) => phase === 'paused')).integrator, 'off');
    assert.deepEqual(finalDifferences(world), []);
  });
});
