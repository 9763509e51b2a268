import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createBudget, type Budget } from '../../../src/halo/budget.js';
import { FakeClock, settled } from './fake-clock.js';

const LIMIT = { requests: 3, perSeconds: 10 };

describe("Halo's budget", () => {
  it('never lets more requests arrive in any window than the limit, however long they travel', async () => {
    const request = fc.record({
      connection: fc.constantFrom('a', 'b', 'c'),
      bornAt: fc.nat(30_000),
      lastsMs: fc.nat(15_000),
      arrivesAfter: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(request, { maxLength: 25 }), async (requests) => {
        const clock = new FakeClock();
        const budget = createBudget(clock);
        const arrivals: number[] = [];
        const one = async ({ connection, bornAt, lastsMs, arrivesAfter }: (typeof requests)[number]): Promise<void> => {
          await clock.sleep(bornAt);
          const release = await budget.acquire({ connection, limit: LIMIT });
          arrivals.push(clock.now() + lastsMs * arrivesAfter);
          await clock.sleep(lastsMs);
          release();
        };
        const all = Promise.all(requests.map(one));
        let done = false;
        void all.then(() => (done = true));
        await clock.runUntil(() => done);
        for (const from of arrivals) {
          const inWindow = arrivals.filter((at) => at >= from && at < from + LIMIT.perSeconds * 1_000);
          assert.ok(inWindow.length <= LIMIT.requests);
        }
      }),
      { numRuns: 60 },
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

  it('stays closed as long as Halo says', async () => {
    const { clock, budget, order } = bench();
    budget.close(60_000);
    budget.close(5_000);
    start(budget, 'a', order);
    await clock.runUntil(() => order.length === 1);
    assert.equal(clock.now(), 60_000);
  });

  it('says when requests could start at once, and takes no place for it', async () => {
    const { clock, budget, order } = bench();
    const look = (requests: number): Promise<number> =>
      budget.ready({ connection: 'b', limit: LIMIT }, requests).then(() => clock.now());
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

  it('lets nobody overtake who looks, and waits for the end of a closed window', async () => {
    const { clock, budget, order } = bench();
    for (let n = 0; n < 3; n++) start(budget, 'a', order);
    await settled();
    budget.close(30_000);
    const waits: number[] = [];
    const onWait = (until: number): void => void waits.push(until);
    void budget.ready({ connection: 'b', limit: LIMIT, onWait }).then(() => order.push('b looks'));
    start(budget, 'a', order);
    await clock.runUntil(() => order.length === 5);
    assert.deepEqual(order, ['a', 'a', 'a', 'b looks', 'a']);
    assert.equal(clock.now(), 30_000);
    assert.equal(waits.at(-1), 30_000);
  });

  it('lets go of who looks and is told to stop', async () => {
    const { budget } = bench();
    budget.close(30_000);
    const stop = new AbortController();
    const looking = budget.ready({ connection: 'a', limit: LIMIT, signal: stop.signal });
    stop.abort(new Error('told to stop'));
    await assert.rejects(looking, /told to stop/);
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

  it('follows a connection whose limit is changed', async () => {
    const { budget, order } = bench();
    start(budget, 'a', order, undefined, { requests: 1, perSeconds: 10 });
    for (let n = 0; n < 3; n++) start(budget, 'a', order, undefined, { requests: 4, perSeconds: 10 });
    await settled();
    assert.equal(order.length, 4);
  });

  it('lets go of who is told to stop while waiting', async () => {
    const { budget, order } = bench();
    for (let n = 0; n < 3; n++) start(budget, 'a', order);
    const stop = new AbortController();
    const waiting = budget.acquire({ connection: 'a', limit: LIMIT, signal: stop.signal });
    stop.abort(new Error('told to stop'));
    await assert.rejects(waiting, /told to stop/);
  });
});

function bench(): { clock: FakeClock; budget: Budget; order: string[] } {
  const clock = new FakeClock();
  return { clock, budget: createBudget(clock), order: [] };
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
