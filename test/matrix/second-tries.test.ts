/** Who comes out of a second try: a retry, or an attempt that goes on where one died. */
import assert from 'node:assert/strict';
import type { ConnectionOverrides } from '../../src/sandbox/connection-file.js';
import { customValue, type HaloUser } from '../../src/sandbox/halo-store.js';
import { startSandbox, type Sandbox } from '../../src/sandbox/start.js';
import type { FeedRow } from '../../src/seatgeek/types.js';
import { rowOf } from '../faults/core-net/scene.js';
import { usersByName } from './by-name.js';
import { Pipeline, type PipelineOptions } from './pipeline.js';

const USERS = usersByName();

describe('a second try', function () {
  this.timeout(120_000);
  let sandbox: Sandbox;
  let pipeline: Pipeline;

  async function open(options: PipelineOptions = {}): Promise<void> {
    sandbox = await startSandbox({ people: 0, existing: 0 });
    const connection: ConnectionOverrides = { users: USERS, seatgeek: { pageSize: 10 } };
    pipeline = new Pipeline(sandbox, { connection, ...options });
  }

  afterEach(async () => {
    await pipeline.close();
    await sandbox.close();
  });

  const add = (id: string, rest: FeedRow = {}): void =>
    void sandbox.seatgeek.feed.append({
      id,
      first_name: 'Ada',
      last_name: id,
      email: `${id}@example.org`,
      ...rest,
    });
  const userOf = (id: string): HaloUser | undefined =>
    sandbox.halo.users().find((user) => customValue(user, 'CFSeatGeekID') === id);
  it('activates whom an attempt that died made inactive, once the person comes back', async () => {
    let dies = false;
    await open({ dies: (step) => step === 'written' && dies && !(dies = false) });
    add('a');
    add('b');
    await pipeline.sync();
    add('a', { _ringside_operation: 'D' });
    dies = true;
    await pipeline.sync();
    assert.equal(userOf('a')?.['inactive'], true);
    add('a', { last_name: 'again' });
    await pipeline.sync();
    assert.equal(userOf('a')?.['inactive'], false);
  });

  it('does so too where the person stands on a further page of the step, which is not served at once', async () => {
    let dies = false;
    const cut = {
      system: 'seatgeek',
      kind: 'status',
      status: 503,
      match: { path: '/v1/clients', after: 2 },
      times: 1,
    } as const;
    await open({
      dies: (step) => {
        if (step !== 'written' || !dies) return false;
        dies = false;
        // The survey has read both pages by then.
        sandbox.faults.add(cut);
        return true;
      },
    });
    add('a');
    add('b');
    await pipeline.sync();
    // So much that none but the page at hand is kept in memory.
    for (let n = 0; n < 10; n += 1) add('b', { photo: 'x'.repeat(900_000), last_name: `${n}` });
    add('a', { _ringside_operation: 'D', photo: 'x'.repeat(900_000) });
    dies = true;
    await pipeline.sync();
    assert.equal(dies, false);
    assert.equal(userOf('a')?.['inactive'], true);
    sandbox.faults.clear();
    add('a', { last_name: 'again' });
    await pipeline.sync();
    assert.equal(userOf('a')?.['inactive'], false);
  });

  it('does so too where the first page is had at half its size only', async () => {
    let dies = false;
    await open({
      dies: (step) => {
        if (step !== 'written' || !dies) return false;
        dies = false;
        sandbox.faults.add({ system: 'seatgeek', kind: 'status', status: 502, times: 1 });
        return true;
      },
    });
    add('a');
    await pipeline.sync();
    // Five newest images and five that are not on a page of ten, then one with the delete.
    for (let n = 0; n < 5; n += 1) add(`p${n}`);
    for (let n = 0; n < 6; n += 1) add('z', { last_name: `z${n}` });
    add('a', { _ringside_operation: 'D' });
    dies = true;
    await pipeline.sync();
    assert.equal(dies, false);
    add('a', { last_name: 'again' });
    await pipeline.sync();
    assert.equal(userOf('a')?.['inactive'], false);
  });

  it('does so too where it takes several steps to look through the feed again', async () => {
    let dies = false;
    let isSlow = false;
    await open({ dies: (step) => step === 'written' && dies && ((dies = false), (isSlow = true)) });
    add('a');
    await pipeline.sync();
    add('a', { _ringside_operation: 'D' });
    for (let n = 0; n < 40; n += 1) add('b', { last_name: `${n}` });
    dies = true;
    const { now } = Date;
    let behind = 0;
    Date.now = () => now() + behind;
    const rewrite = (text: string): string => {
      // Each page takes longer than one step looks through the feed.
      if (isSlow) behind += 25_000;
      return text;
    };
    sandbox.faults.add({ system: 'seatgeek', kind: 'rewritten-text', match: { every: 1 }, times: 100, rewrite });
    try {
      await pipeline.sync();
    } finally {
      Date.now = now;
    }
    assert.ok(pipeline.logged.some((line) => line.includes('feed looked through in part')));
    assert.equal(userOf('a')?.['inactive'], true);
    add('a', { last_name: 'again' });
    await pipeline.sync();
    assert.equal(userOf('a')?.['inactive'], false);
  });

  it('says of nobody that they are gone from a page that is served in part', async () => {
    await open();
    for (let n = 0; n < 10; n += 1) add(`p${n}`);
    sandbox.faults.add({
      system: 'halo',
      kind: 'refuse-item',
      fits: ({ name }) => name === 'Ada p9',
      status: 400,
      body: { message: 'no' },
    });
    await pipeline.sync();
    sandbox.faults.clear();
    sandbox.faults.add({ system: 'seatgeek', kind: 'status', status: 502, times: 1 });
    pipeline.restartWorker();
    await pipeline.retryRejected(true);
    assert.ok(pipeline.state.rejected.users.every(({ pageGone }) => !pageGone));
    pipeline.restartWorker();
    await pipeline.retryRejected(true);
    assert.deepEqual(pipeline.state.rejected.users, []);
  });
});

describe('workers that take turns in one run', function () {
  this.timeout(60_000);

  for (const title of ['one worker', 'two workers'] as const)
    it(`see what the other one wrote of a person who changes back meanwhile (${title})`, async () => {
      const sandbox = await startSandbox({ people: 0, existing: 0 });
      let worker = 0;
      let written = 0;
      const { feed } = sandbox.seatgeek;
      const add = (from: number, to: number, tier: string): void => {
        for (let n = from; n < to; n += 1) feed.append({ ...rowOf(`p${n}`), loyalty_tier: tier });
      };
      const pipeline = new Pipeline(sandbox, {
        connection: { seatgeek: { pageSize: 10 }, halo: { writeBatch: 10 } },
        worker: () => (title === 'two workers' ? worker : 0),
        goesOn: () => false,
        dies: (step) => {
          if (step === 'fetched') return false;
          written += 1;
          // Worker 0 has surveyed what there is, and knows p0 of old; the first of these pages is written by worker 1.
          if (written === 1) {
            add(0, 20, 'Silver');
            worker = 1;
          }
          // Both are Silver in Halo by now; the other worker is gone, and worker 0 goes on.
          if (written === 4) {
            add(0, 1, 'Gold');
            worker = 0;
          }
          return false;
        },
      });
      try {
        add(0, 50, 'Gold');
        await pipeline.sync();
        add(20, 50, 'Silver');
        written = 0;
        worker = 0;
        await pipeline.run();
        assert.equal(written, 6);
        await pipeline.sync();
        const user = sandbox.halo.users().find(({ emailaddress }) => emailaddress === 'p0@example.org');
        assert.ok(user !== undefined);
        assert.equal(customValue(user, 'CFLoyaltyTier'), 'Gold');
      } finally {
        await pipeline.close();
        await sandbox.close();
      }
    });
});
