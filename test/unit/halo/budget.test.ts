import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createBudget, type Budget } from '../../../src/halo/limit/budget.js';
import { FakeClock, settled } from './fake-clock.js';

const LIMIT = { requests: 3, perSeconds: 10 };

describe("Halo's budget", () => {
  it('never lets more requests arrive in any window than the limit, whatever is refused and however long they travel', async () => {
    const request = fc.record({
      connection: fc.constantFrom('a', 'b', 'c'),
      bornAt: fc.nat(30_000),
      lastsMs: fc.nat(15_000),
      arrivesAfter: fc.double({ min: 0, max: 1, noNaN: true }),
      refusal: fc.option(fc.record({ retryAfterMs: fc.option(fc.nat(20_000), { nil: undefined }) }), {
        nil: undefined,
      }),
    });
    const limit = fc.record({ requests: fc.integer({ min: 1, max: 25 }), perSeconds: fc.constant(10) });
    await fc.assert(
      fc.asyncProperty(limit, fc.array(request, { maxLength: 40 }), async (rateLimit, requests) => {
        const { clock, budget } = bench();
        const arrivals: number[] = [];
        const one = async (wanted: (typeof requests)[number]): Promise<void> => {
          await clock.sleep(wanted.bornAt);
          const release = await budget.acquire({ connection: wanted.connection, limit: rateLimit });
          arrivals.push(clock.now() + wanted.lastsMs * wanted.arrivesAfter);
          await clock.sleep(wanted.lastsMs);
          release(wanted.refusal);
        };
        let done = false;
        void Promise.all(requests.map(one)).then(() => (done = true));
        await clock.runUntil(() => done);
        for (const from of arrivals) {
          const inWindow = arrivals.filter((at) => at >= from && at < from + rateLimit.perSeconds * 1_000);
          assert.ok(inWindow.length <= rateLimit.requests);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('serves connections in turn, however many requests one of them has', async () => {
    const { clock, budget, order } = bench();
    for (const connection of ['a', 'a', 'a', 'a', 'a', 'a', 'b', 'b']) start(budget, connection, order);
    await clock.runUntil(() => order.length === 8);
    assert.deepEqual(order, ['a', 'a', 'a', 'a', 'b', 'a', 'b', 'a']);
  });

  it('says until when a request waits', async () => {
    const { clock, budget, order } = bench();
    const waits: number[] = [];
    for (let n = 0; n < 4; n++) start(budget, 'a', order, (until) => waits.push(until));
    await clock.runUntil(() => order.length === 4);
    assert.ok(waits.length > 0 && waits.every((until) => until >= 10_000 && until < 10_100));
  });

  it('says when requests could start at once, and takes no place for it', async () => {
    const { clock, budget, order } = bench();
    const look = (requests: number): Promise<number> =>
      budget.ready({ connection: 'a', limit: LIMIT }, requests).then(() => clock.now());
    assert.equal(await look(3), 0);
    start(budget, 'a', order);
    await settled();
    assert.equal(await look(2), 0);
    const seen: number[] = [];
    void look(1_000).then((at) => seen.push(at));
    await clock.runUntil(() => seen.length === 1);
    assert.ok(seen[0]! >= 10_000 && seen[0]! < 10_100);
    for (let n = 0; n < 3; n++) start(budget, 'a', order);
    await settled();
    assert.equal(order.length, 4);
  });

  it('lets nobody overtake who looks, and tells them until when they wait', async () => {
    const { clock, budget, order } = bench();
    await refuse(budget, 'a', 30_000);
    const waits: number[] = [];
    const onWait = (until: number): void => void waits.push(until);
    void budget.ready({ connection: 'b', limit: LIMIT, onWait }).then(() => order.push('b looks'));
    start(budget, 'a', order);
    await clock.runUntil(() => order.length === 2);
    assert.deepEqual(order, ['b looks', 'a']);
    assert.equal(clock.now(), 30_000);
    assert.equal(waits.at(-1), 30_000);
  });

  it('lets go of who is told to stop while waiting or looking', async () => {
    const { budget } = bench();
    await refuse(budget, 'a', 30_000);
    const stop = new AbortController();
    const request = { connection: 'a', limit: LIMIT, signal: stop.signal };
    const [waiting, looking] = [budget.acquire(request), budget.ready(request)];
    stop.abort(new Error('told to stop'));
    await assert.rejects(waiting, /told to stop/);
    await assert.rejects(looking, /told to stop/);
  });

  it('serves those who waited behind one who was told to stop, of the same connection and of others', async () => {
    const { clock, budget, order } = bench();
    await refuse(budget, 'a', 30_000);
    const stop = new AbortController();
    const leaving = ['b', 'a'].map((connection) => budget.acquire({ ...ask(connection), signal: stop.signal }));
    for (const connection of ['a', 'c']) start(budget, connection, order);
    stop.abort(new Error('told to stop'));
    for (const one of leaving) await assert.rejects(one, /told to stop/);
    await clock.runUntil(() => order.length === 2);
    assert.deepEqual(order, ['a', 'c']);
  });

  it('tells everybody in a queue their own time, and nobody who only waits for their turn', async () => {
    const { clock, budget } = bench();
    for (let n = 0; n < 3; n += 1) {
      (await budget.acquire(ask('a')))();
      await pass(clock, 1_000);
    }
    const told: number[][] = [[], [], []];
    for (const times of told)
      void budget.acquire({ ...ask('a'), onWait: (until) => times.push(until) }).then((release) => release());
    await settled();
    assert.deepEqual(
      told.map((times) => times[0]),
      [10_020, 11_020, 12_020],
    );
    const other = bench();
    (await other.budget.acquire(ask('c')))();
    const waits: number[] = [];
    void other.budget.ready(ask('a'), 3);
    void other.budget.acquire({ ...ask('b'), onWait: (until) => waits.push(until) });
    await settled();
    assert.deepEqual(waits, []);
  });

  it('counts nothing before the first request, and an end that is told twice once', async () => {
    const { clock, budget } = bench();
    assert.equal(budget.use(), 0);
    const release = await budget.acquire(ask('a'));
    release();
    release();
    await pass(clock, 11_000);
    assert.equal(budget.use(), 0);
  });

  it('sets no alarm while only the end of a request can tell', async () => {
    const sleeps: number[] = [];
    const sleep = (ms: number): Promise<void> => (sleeps.push(ms), new Promise(() => undefined));
    const budget = createBudget({ now: () => 0, sleep }, () => 0);
    for (let n = 0; n < 4; n += 1) void budget.acquire(ask('a'));
    await settled();
    assert.deepEqual(sleeps, []);
  });

  it('holds all connections to the strictest limit', async () => {
    const { clock, budget, order } = bench();
    start(budget, 'b', order, undefined, { requests: 1, perSeconds: 10 });
    start(budget, 'a', order);
    await settled();
    assert.deepEqual(order, ['b']);
    await clock.runUntil(() => order.length === 2);
    assert.ok(clock.now() >= 10_000);
  });

  it('forgets the limit of a connection that has not asked for an hour', async () => {
    const { clock, budget, order } = bench();
    start(budget, 'b', order, undefined, { requests: 1, perSeconds: 10 });
    await pass(clock, 3_600_001);
    for (let n = 0; n < 3; n++) start(budget, 'a', order);
    await settled();
    assert.deepEqual(order, ['b', 'a', 'a', 'a']);
  });

  it('follows a connection whose limit is changed', async () => {
    const { budget, order } = bench();
    start(budget, 'a', order, undefined, { requests: 1, perSeconds: 10 });
    for (let n = 0; n < 3; n++) start(budget, 'a', order, undefined, { requests: 4, perSeconds: 10 });
    await settled();
    assert.equal(order.length, 4);
  });

  it('keeps the limits of all connections where their windows differ', async () => {
    const clock = new FakeClock(1_000_000);
    const budget = createBudget(clock, () => 0);
    const limits = [
      { requests: 300, perSeconds: 300 },
      { requests: 1_000, perSeconds: 1_100 },
    ] as const;
    const starts: number[] = [];
    for (let n = 0; n < 1_500; n += 1) {
      const request = { connection: `c${n % 2}`, limit: limits[n % 2]! };
      void budget.acquire(request).then((release) => {
        starts.push(clock.now());
        release();
      });
    }
    await clock.runUntil(() => starts.length === 1_500);
    for (const { requests, perSeconds } of limits)
      for (const [n, at] of starts.entries()) {
        const next = starts[n + requests];
        assert.ok(next === undefined || next - at >= perSeconds * 1_000, `${requests} in ${perSeconds} s`);
      }
    assert.ok(starts.at(-1)! - starts[0]! <= 6 * 367_000, 'and no time is wasted');
  });

  it('goes on when the clock is set back', async () => {
    let now = 10 * 86_400_000;
    const sleeps: number[] = [];
    const sleep = (ms: number): Promise<void> => (sleeps.push(ms), new Promise(() => undefined));
    const budget = createBudget({ now: () => now, sleep }, () => 0);
    const limit = { requests: 3, perSeconds: 10 };
    for (let n = 0; n < 3; n += 1) (await budget.acquire({ connection: 'a', limit }))();
    now -= 86_400_000;
    void budget.acquire({ connection: 'a', limit });
    await settled();
    assert.ok((sleeps.at(-1) ?? 0) <= 11_000, `${sleeps.at(-1)}`);
  });
});

describe("Halo's budget after a refusal", () => {
  it('stays closed as long as Halo says', async () => {
    const { clock, budget, order } = bench();
    const [first, second] = await Promise.all([budget.acquire(ask('a')), budget.acquire(ask('a'))]);
    first({ retryAfterMs: 60_000 });
    second({ retryAfterMs: 5_000 });
    start(budget, 'a', order);
    await clock.runUntil(() => order.length === 1);
    assert.equal(clock.now(), 60_000);
  });

  it('never stays closed for more than an hour, whatever the refusal says', async () => {
    for (const retryAfterMs of [3_600_000, 86_400_000, 1e15, Infinity]) {
      const { clock, budget, order } = bench(() => 1);
      const release = await budget.acquire(ask('a'));
      release({ retryAfterMs });
      start(budget, 'a', order);
      await clock.runUntil(() => order.length === 1);
      assert.equal(clock.now(), 3_600_000);
    }
  });

  it('waits a fifth of a window, at most a minute, when Halo says nothing', async () => {
    for (const { perSeconds, pauseMs } of [
      { perSeconds: 300, pauseMs: 60_000 },
      { perSeconds: 3_600, pauseMs: 60_000 },
      { perSeconds: 60, pauseMs: 12_000 },
    ]) {
      const { clock, budget, order } = bench();
      const limit = { requests: 30, perSeconds };
      (await budget.acquire({ connection: 'a', limit }))({ retryAfterMs: undefined });
      start(budget, 'a', order, undefined, limit);
      await clock.runUntil(() => order.length === 1);
      assert.ok(Math.abs(clock.now() - pauseMs) <= 20, `${clock.now()} ms`);
    }
  });

  it('comes back at another moment than others who were told the same', async () => {
    const back: number[] = [];
    for (const chance of [0, 0.5, 1]) {
      const { clock, budget, order } = bench(() => chance);
      await refuse(budget, 'a', 60_000);
      start(budget, 'a', order);
      await clock.runUntil(() => order.length === 1);
      back.push(clock.now());
    }
    assert.deepEqual(back, [60_000, 67_500, 75_000]);
  });

  it('sends one request ahead, and the others when it is answered', async () => {
    const { clock, budget } = bench();
    const limit = { requests: 100, perSeconds: 10 };
    const old = await budget.acquire({ connection: 'a', limit });
    (await budget.acquire({ connection: 'a', limit }))({ retryAfterMs: 5_000 });
    const started: ((refusal?: { retryAfterMs: number }) => void)[] = [];
    for (let n = 0; n < 5; n++)
      void budget.acquire({ connection: 'a', limit }).then((release) => started.push(release));
    await pass(clock, 6_000);
    assert.equal(started.length, 1);
    old();
    await settled();
    assert.equal(started.length, 1, 'what was sent before the refusal proves nothing');
    started[0]!({ retryAfterMs: 5_000 });
    await pass(clock, 6_000);
    assert.equal(started.length, 2);
    started[1]!();
    await settled();
    assert.equal(started.length, 5);
  });

  it("counts its use as a share of Halo's limit, not of what it has left itself", async () => {
    const { budget } = bench();
    (await budget.acquire({ connection: 'a', limit: { requests: 10, perSeconds: 10 } }))({ retryAfterMs: 0 });
    assert.equal(budget.use(), 0.1);
  });

  it('takes a smaller share of the window, and all of it again after a while', async () => {
    const limit = { requests: 100, perSeconds: 10 };
    const { clock, budget } = bench();
    (await budget.acquire({ connection: 'a', limit }))({ retryAfterMs: 0 });
    const served = await hammer(clock, budget, limit, 15);
    const perWindow = Array.from({ length: 15 }, (_, n) => served.filter((at) => Math.floor(at / 10_020) === n).length);
    assert.ok(perWindow[0]! <= 75 && perWindow[0]! >= 65, perWindow.join(' '));
    assert.equal(perWindow.at(-1), 100);
    for (const [n, count] of perWindow.entries()) assert.ok(count >= (perWindow[n - 1] ?? 0), perWindow.join(' '));
  });
});

interface Bench {
  readonly clock: FakeClock;
  readonly budget: Budget;
  readonly order: string[];
}

/** Without chance, unless it is handed in. */
function bench(random: () => number = () => 0): Bench {
  const clock = new FakeClock();
  return { clock, budget: createBudget(clock, random), order: [] };
}

function ask(connection: string): { connection: string; limit: typeof LIMIT } {
  return { connection, limit: LIMIT };
}

/** Asks for a request that is over at once. */
function start(
  budget: Budget,
  connection: string,
  order: string[],
  onWait?: (until: number) => void,
  limit = LIMIT,
): void {
  void budget.acquire({ connection, limit, onWait }).then((release) => {
    order.push(connection);
    release();
  });
}

async function refuse(budget: Budget, connection: string, retryAfterMs: number): Promise<void> {
  (await budget.acquire(ask(connection)))({ retryAfterMs });
}

async function pass(clock: FakeClock, ms: number): Promise<void> {
  let over = false;
  void clock.sleep(ms).then(() => (over = true));
  await clock.runUntil(() => over);
  await settled();
}

/** Sends as much as the budget lets through for so many windows; answers when each was sent. */
async function hammer(clock: FakeClock, budget: Budget, limit: typeof LIMIT, windows: number): Promise<number[]> {
  const until = clock.now() + windows * limit.perSeconds * 1_000;
  const sent: number[] = [];
  const lane = async (): Promise<void> => {
    while (clock.now() < until) {
      const release = await budget.acquire({ connection: 'a', limit });
      sent.push(clock.now());
      await clock.sleep(50);
      release();
    }
  };
  const lanes = Promise.all([lane(), lane()]);
  let done = false;
  void lanes.then(() => (done = true));
  await clock.runUntil(() => done);
  return sent;
}
