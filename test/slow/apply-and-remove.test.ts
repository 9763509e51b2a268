import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before } from 'mocha';
import { z } from 'zod';
import { untilStatus } from '../../src/demo/waiting.js';
import { sandboxSecrets } from '../../src/sandbox/connection-file.js';
import { starter } from '../world/starter.js';
import { isSettled, World } from '../world/world.js';

const answer = z.object({
  connections: z.array(z.looseObject({ connection: z.string(), action: z.string(), error: z.unknown() })),
});

describe('a folder of connection files', function () {
  this.timeout(240_000);
  let world: World;
  let folder = '';

  before(async () => {
    world = await World.open({ sandbox: { people: 120, seed: 9 } });
    world.startWorker(sandboxSecrets(world.sandbox, 'opera'));
    folder = path.join(world.folder, 'connections');
    await mkdir(folder);
  });
  after(() => world.close());

  const write = (name: string, overrides: Parameters<World['connectionFile']>[1] = {}): Promise<void> =>
    writeFile(path.join(folder, `${name}.json`), JSON.stringify(world.connectionFile(name, overrides)));
  const apply = async (...flags: string[]): Promise<{ code: number; actions: string[] }> => {
    const { code, stdout } = await starter(world, ['apply', folder, ...flags, '--json']);
    const { connections } = answer.parse(JSON.parse(stdout));
    return {
      code,
      actions: connections.map(
        ({ connection, action, error }) => `${connection} ${action}${error === null ? '' : ' failed'}`,
      ),
    };
  };

  it('is started, then left alone, then changed where a file differs', async () => {
    await write('arena', { integrator: { enabled: true } });
    await write('opera');
    assert.deepEqual(await apply('--dry-run'), { code: 0, actions: ['arena start', 'opera start'] });
    assert.deepEqual(await apply(), { code: 0, actions: ['arena start', 'opera start'] });
    await untilStatus(world.handle(), isSettled);
    assert.deepEqual(await apply(), { code: 0, actions: ['arena unchanged', 'opera unchanged'] });
    await write('opera', { integrator: { intervalMinutes: 60 } });
    assert.deepEqual(await apply(), { code: 0, actions: ['arena unchanged', 'opera configure'] });
  });

  it('changes nothing while one of its files can not be used', async () => {
    await writeFile(path.join(folder, 'velodrome.json'), '{ "name": "velodrome" }');
    const { code, stderr } = await starter(world, ['apply', folder]);
    assert.equal(code, 2);
    assert.match(stderr, /velodrome\.json: .*seatgeek: is missing/);
    await rm(path.join(folder, 'velodrome.json'));
  });

  it('names what runs without a file, and ends it when told to', async () => {
    await rm(path.join(folder, 'opera.json'));
    assert.deepEqual(await apply(), { code: 0, actions: ['arena unchanged', 'opera stale'] });
    assert.deepEqual(await apply('--remove'), { code: 0, actions: ['arena unchanged', 'opera remove'] });
  });

  it('is not read anew by a connection that was removed and takes over its cursor', async () => {
    const { cursor } = await untilStatus(world.handle(), isSettled);
    assert.ok(cursor !== null);
    const removed = await starter(world, ['remove', 'arena', '--yes']);
    assert.equal(removed.code, 0, removed.stderr);
    assert.match(removed.stderr, /People in Halo stay as they are/);
    const file = path.join(folder, 'arena.json');
    const again = await starter(world, ['onboard', file, '--skip-validate', '--take-over']);
    assert.equal(again.code, 0, again.stderr);
    assert.match(again.stderr, /a connection of that name was terminated .* after \d+ people/);
    const status = await untilStatus(world.handle(), isSettled);
    assert.equal(status.cursor, cursor);
    assert.equal(status.lastRun?.created, 0);
  });

  it('leads to the page of the Web UI that tells the story', async () => {
    const { stdout } = await starter(world, ['open', 'arena']);
    const port = Number(world.server.address.split(':')[1]) + 1_000;
    assert.match(
      stdout,
      new RegExp(
        `^http://127\\.0\\.0\\.1:${port}/namespaces/default/workflows/connection-arena/[0-9a-f-]+/user-metadata\\n$`,
      ),
    );
    const elsewhere = await starter(world, ['open', 'arena'], { TEMPORAL_UI_URL: 'https://temporal.example.org/' });
    assert.match(elsewhere.stdout, /^https:\/\/temporal\.example\.org\/namespaces\//);
  });
});
