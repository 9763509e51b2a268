import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before } from 'mocha';
import { finalDifferences } from '../world/oracle.js';
import { starter, type StarterResult } from '../world/starter.js';
import { World } from '../world/world.js';

/** Finished, and somebody was rejected: the sandbox has such people among the first. */
const SOME_REJECTED = 3;

/** A run asked for speaks of itself alone: whether it met one of the rejected is chance. */
const FINISHED = [0, SOME_REJECTED];

describe('the starter from a file to a connection at work', function () {
  this.timeout(180_000);
  let world: World;
  let file: string;

  before(async () => {
    world = await World.open({ sandbox: { people: 400, seed: 61 } });
    world.startWorker();
    file = path.join(world.folder, 'arena.json');
    await writeFile(file, JSON.stringify(world.connectionFile()));
  });
  after(() => world.close());

  const run = (...args: string[]): Promise<StarterResult> => starter(world, args);

  it('validates, line by line', async () => {
    const { code, stdout } = await run('validate', file);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /✔ Halo default site/);
  });

  it('onboards with the sample import and says that some were rejected', async () => {
    const { code, stdout } = await run('onboard', file, '--import-100');
    assert.equal(code, SOME_REJECTED, stdout);
    assert.match(stdout, /integrator is off/);
    assert.ok(world.sandbox.halo.writes.created > 50);
  });

  it('refuses to onboard what runs already', async () => {
    const { code, stderr } = await run('onboard', file, '--skip-validate', '--yes');
    assert.equal(code, 1);
    assert.match(stderr, /arena/);
  });

  it('switches on and watches until everybody is imported', async () => {
    assert.equal((await run('resume', 'arena', '--note', 'the sample looks right')).code, 0);
    assert.equal((await run('watch', 'arena')).code, SOME_REJECTED);
    assert.deepEqual(finalDifferences(world), []);
  });

  it('tells of the rejected also when the run was over before it looked', async () => {
    const { code, stderr } = await run('watch', 'arena');
    assert.equal(code, SOME_REJECTED);
    assert.match(stderr, /next: npm run starter -- rejected arena/);
  });

  it('prints exactly what the query answers with --json', async () => {
    const { stdout } = await run('status', 'arena', '--json');
    assert.deepEqual(JSON.parse(stdout), await world.handle().query('status'));
  });

  it('lists the connection with its phase, and the rejected people by id and code', async () => {
    const list = await run('list', '--json');
    assert.match(list.stdout, /"arena"/);
    const rejected = await run('rejected', 'arena', '--json');
    assert.match(rejected.stdout, /"code": "email-taken"/);
    assert.doesNotMatch(rejected.stdout, /@[a-z]+\.[a-z]/);
  });

  it('runs now, pauses, clears the cursor and goes on', async () => {
    world.sandbox.addLiveChanges(5);
    assert.ok(FINISHED.includes((await run('sync-now', 'arena', '--wait')).code));
    assert.deepEqual(finalDifferences(world), []);
    assert.equal((await run('pause', 'arena')).code, 0);
    assert.equal((await run('clear-cursor', 'arena', '--yes')).code, 0);
    const cleared = JSON.parse((await run('status', 'arena', '--json')).stdout) as { cursor: unknown; epoch: unknown };
    assert.deepEqual([cleared.cursor, cleared.epoch], [null, 1]);
    assert.equal((await run('resume', 'arena')).code, 0);
    assert.equal((await run('watch', 'arena')).code, SOME_REJECTED);
    assert.deepEqual(finalDifferences(world), []);
  });

  it('names the connections there are when asked for another', async () => {
    const { code, stderr } = await run('status', 'stadium');
    assert.equal(code, 1);
    assert.match(stderr, /stadium.*arena/s);
  });

  it('names the address when Temporal does not answer', async () => {
    const { code, stderr } = await starter(world, ['status', 'arena'], { TEMPORAL_ADDRESS: '127.0.0.1:1' });
    assert.equal(code, 1);
    assert.match(stderr, /127\.0\.0\.1:1\b.*TEMPORAL_ADDRESS/s);
  });
});
