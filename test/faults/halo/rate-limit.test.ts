import assert from 'node:assert/strict';
import { z } from 'zod';
import type { HaloClient } from '../../../src/halo/api/client.js';
import type { LoggedRequest } from '../../../src/sandbox/request-log.js';
import { outcomes, person } from '../../unit/halo/halo-bench.js';
import { LIMIT, LimitBench, WINDOW_MS } from './limit-bench.js';

describe("Halo's limit", function () {
  this.timeout(240_000);
  let bench: LimitBench;
  const open = async (...halo: Parameters<typeof LimitBench.start>): Promise<LimitBench> =>
    (bench = await LimitBench.start(...halo));

  afterEach(() => bench.close());

  it('is spent to at least nine tenths by one connection, and nothing is refused', async () => {
    await open();
    const client = bench.client(bench.connection('arena'), bench.process());
    await bench.settle(keepAsking(client, 4, bench, 3));
    assert.deepEqual(refused(bench.inWindows(0, 4)), []);
    for (let n = 0; n < 3; n++) {
      const { length } = bench.inWindows(n, n + 1);
      assert.ok(length >= LIMIT.requests * 0.9, `${length} requests in window ${n}`);
    }
  });

  it('is shared evenly by two connections of a process, though one asks four times as much', async () => {
    await open();
    const process = bench.process();
    const [arena, stadium] = ['arena', 'stadium'].map((name) => bench.client(bench.connection(name), process));
    await bench.settle(Promise.all([keepAsking(arena!, 4, bench, 3), keepAsking(stadium!, 1, bench, 3)]));
    assert.deepEqual(refused(bench.inWindows(0, 4)), []);
    const total = arena!.requests + stadium!.requests;
    const { length } = bench.inWindows(0, 3);
    assert.ok(length >= LIMIT.requests * 3 * 0.9, `${length} requests in three windows`);
    for (const client of [arena!, stadium!])
      assert.ok(client.requests >= total * 0.4, `${client.requests} of ${total}`);
  });

  it('lets a small run through at once while a huge one has spent it', async () => {
    await open();
    const process = bench.process();
    const [huge, small] = ['arena', 'stadium'].map((name) => bench.client(bench.connection(name), process));
    await bench.settle(ask(small!, 1));
    const importing = keepAsking(huge!, 4, bench, 2);
    await bench.settle(bench.clock.sleep(WINDOW_MS / 2));
    assert.ok(huge!.requests >= LIMIT.requests * 0.9);
    const asked = bench.clock.now();
    await bench.settle(ask(small!, 10));
    assert.ok(bench.clock.now() - asked < WINDOW_MS / 10, `${bench.clock.now() - asked} ms`);
    await bench.settle(importing);
    assert.deepEqual(refused(bench.inWindows(0, 4)), []);
  });

  for (const retryAfter of ['none', 'seconds', 'date'] as const) {
    for (const limitBody of ['text', 'json'] as const) {
      it(`is waited for when a 429 (${limitBody}) says how long: ${retryAfter}`, async () => {
        await open({ rateLimit: { requests: 2, perSeconds: 300 }, retryAfter, limitBody });
        const client = bench.client(bench.connection('arena'), bench.process());
        const waits: (number | null)[] = [];
        await bench.settle(ask(client, 3, (until) => waits.push(until)));
        const log = bench.sandbox.halo.requests.all();
        assert.equal(log.length - refused(log).length, 3);
        assert.ok(refused(log).length <= (retryAfter === 'none' ? 5 : 1), `${refused(log).length} refused`);
        const said = waits.filter((until) => until !== null);
        assert.ok(said.every((until) => until > bench.startedAt) && said.length > 0, 'the wait is told');
        assert.ok(bench.clock.now() >= said.at(-1)!);
        assert.equal(waits.at(-1), null);
      });
    }
  }

  it('goes back to the caller when Halo wants more than six minutes', async () => {
    await open();
    const until = { system: 'halo', kind: 'retry-after', seconds: 3_600, form: 'seconds' } as const;
    bench.sandbox.faults.add({ ...until, match: { method: 'GET' } });
    const client = bench.client(bench.connection('arena'), bench.process());
    await assert.rejects(bench.settle(ask(client, 1)), { code: 'halo-rate-limited', retryAfterMs: 3_600_000 });
  });

  it('stays on view until the last request of those under way has its turn', async () => {
    await open();
    const client = bench.client(bench.connection('arena'), bench.process());
    await bench.settle(Promise.all(Array.from({ length: 4 }, () => ask(client, LIMIT.requests / 4))));
    const story: (string | null)[] = [];
    const onWait = (until: number | null): void => void story.push(until === null ? null : 'waits');
    const one = async (name: string): Promise<void> => {
      await ask(client, 1, onWait);
      story.push(name);
    };
    await bench.settle(Promise.all([one('answered'), one('answered')]));
    assert.equal(story.filter((entry) => entry === null).length, 1);
    assert.deepEqual(story.slice(-3), [null, 'answered', 'answered']);
  });

  it('is found by two processes that know nothing of each other; both imports come out right', async () => {
    await open();
    const runs = ['arena', 'stadium'].map((name) =>
      bench.run(bench.connection(name, { writeBatch: 1 }), bench.process()),
    );
    const people = (prefix: string) => Array.from({ length: 1_200 }, (_, n) => person(`${prefix}-${n}`));
    const settled = await bench.settle(Promise.all([runs[0]!.write(people('a')), runs[1]!.write(people('s'))]));
    assert.deepEqual(new Set(settled.flatMap(outcomes)), new Set(['created']));
    const users = bench.sandbox.halo.users().filter(({ name }) => name.startsWith('Name '));
    assert.equal(users.length, 2_400);
    assert.equal(new Set(users.map(({ emailaddress }) => emailaddress)).size, 2_400);
    const windows = (bench.clock.now() - bench.startedAt) / WINDOW_MS;
    const late = refused(bench.inWindows(windows / 2, windows)).length;
    // A process learns once a window at most, and a lesson costs about one refusal, as starts are spaced by then. Two processes, half the windows.
    assert.ok(late <= windows, `${late} refused in the second half of ${windows} windows`);
  });
});

/** Asks one request after the other. */
async function ask(client: HaloClient, times: number, onWait?: (until: number | null) => void): Promise<void> {
  for (let n = 0; n < times; n++) await client.get('/Site/18', z.unknown(), {}, { onWait });
}

/** With so many on their way at once, for so many windows. */
async function keepAsking(client: HaloClient, lanes: number, bench: LimitBench, windows: number): Promise<void> {
  const until = bench.startedAt + windows * WINDOW_MS;
  const lane = async (): Promise<void> => {
    while (bench.clock.now() < until) await ask(client, 1);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

function refused(requests: readonly LoggedRequest[]): LoggedRequest[] {
  return requests.filter(({ status }) => status === 429);
}
