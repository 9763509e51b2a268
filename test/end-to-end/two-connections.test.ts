import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before } from 'mocha';
import { untilStatus } from '../../src/demo/waiting.js';
import { sandboxSecrets } from '../../src/sandbox/connection-file.js';
import { finalDifferences } from '../world/oracle.js';
import { isSettled, World } from '../world/world.js';

describe('two connections into one Halo', function () {
  this.timeout(180_000);
  let world: World;

  before(async () => {
    world = await World.open({ sandbox: { people: 400, seed: 31 } });
  });
  after(() => world.close());

  it('finish apart: wrong credentials of one are named and do not touch the other, and heal by themselves', async () => {
    const secretsDir = path.join(world.folder, 'secrets');
    await mkdir(secretsDir);
    const secrets = sandboxSecrets(world.sandbox, 'stadium');
    for (const [name, value] of Object.entries(secrets)) await writeFile(path.join(secretsDir, name), value);
    const wrong = path.join(secretsDir, 'STADIUM_HALO_CLIENT_SECRET');
    await writeFile(wrong, 'not-the-secret\n');
    world.startWorker({ SECRETS_DIR: secretsDir });

    const integrator = { enabled: true, intervalMinutes: 0.05 };
    const [arena, stadium] = await Promise.all([
      world.start(world.connectionFile('arena', { integrator })),
      world.start(world.connectionFile('stadium', { integrator })),
    ]);
    const good = await untilStatus(arena, isSettled);
    assert.equal(good.lastRun?.outcome, 'completed');
    assert.deepEqual(finalDifferences(world), []);

    const bad = await untilStatus(stadium, ({ phase, run }) => phase === 'failing' && run === null);
    assert.equal(bad.lastError?.code, 'halo-credentials-refused');
    assert.match(`${bad.lastError.message} ${bad.lastError.hint}`, /halo\.clientSecret/);
    assert.equal(bad.cursor, null);

    await writeFile(wrong, secrets.STADIUM_HALO_CLIENT_SECRET ?? '');
    const healed = await untilStatus(
      stadium,
      ({ lastError, lastRun }) => lastError === null && lastRun?.outcome === 'completed',
    );
    assert.notEqual(healed.cursor, null);
    assert.deepEqual(finalDifferences(world), []);
  });
});
