import assert from 'node:assert/strict';
import { after, before } from 'mocha';
import { untilStatus } from '../../src/demo/waiting.js';
import { sandboxConnection, sandboxSecrets } from '../../src/sandbox/connection-file.js';
import { startSandbox, type Sandbox } from '../../src/sandbox/start.js';
import { finalDifferences } from '../world/oracle.js';
import { isSettled, World } from '../world/world.js';

const LONG = 'a'.repeat(90_000);
const PEOPLE = 60;
/** Each passes the start and is evaluated for everybody of a feed whose `culture` is long; `unit/mapping/hostile-expressions.test.ts` has many more. */
const HOSTILE = [
  "culture.matches('(a|a)*$!') ? 'x' : 'y'",
  "culture.matches('(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)!') ? 'x' : 'y'",
  `culture${'.replace("a", "aa")'.repeat(29)}`,
  'join([culture, culture, culture, culture], culture)',
  'digits(digits(culture)) + culture.upper().lower().upper()',
  'first([culture.trim().trim(), culture])',
];
const TARGETS = ['notes', 'other1', 'other2', 'other3', 'other4', 'other5'];

describe('a connection beside one with hostile expressions, on one worker', function () {
  this.timeout(120_000);
  let hostile: Sandbox;
  let world: World;

  before(async () => {
    hostile = await startSandbox({ people: 0, existing: 0 });
    for (let n = 0; n < PEOPLE; n += 1)
      hostile.seatgeek.feed.append({
        id: `h${n}`,
        first_name: 'Ada',
        last_name: `Byron ${n}`,
        email: `h${n}@example.org`,
        culture: LONG,
      });
    world = await World.open({
      sandbox: { people: 150, existing: 20, seed: 3 },
      workerEnv: sandboxSecrets(hostile, 'stadium'),
    });
  });
  after(async () => {
    await world.close();
    await hostile.close();
  });

  it('imports everybody, and right, in the first run of the same process', async () => {
    const worker = world.startWorker();
    const enabled = { integrator: { enabled: true } };
    const file = sandboxConnection(hostile, 'stadium', enabled);
    const left = file.users.fieldMappings.filter(({ to }) =>
      ['name', 'firstname', 'surname', 'emailaddress'].includes(to),
    );
    const mapped = HOSTILE.map((from, place) => ({ from, to: TARGETS[place] ?? 'notes' }));
    const users = { ...file.users, fieldMappings: [...left, ...mapped], importPrimaryAddress: false };
    const stadium = await world.start({ ...file, users });
    const arena = await world.start(world.connectionFile('arena', enabled));
    const [good, bad] = await Promise.all([untilStatus(arena, isSettled), untilStatus(stadium, isSettled)]);
    assert.equal(good.lastRun?.outcome, 'completed', JSON.stringify(good.lastError));
    assert.equal(good.lastRun.trigger, 'start');
    assert.deepEqual(finalDifferences(world), []);
    // Whoever has a value that is too large is rejected; the run comes to its end all the same.
    assert.equal(bad.lastRun?.outcome, 'completed', JSON.stringify(bad.lastError));
    assert.equal(bad.lastRun.events, PEOPLE);
    process.kill(worker.pid, 0);
  });
});
