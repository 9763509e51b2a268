import assert from 'node:assert/strict';
import { LIMIT, SimulatedHalo, WINDOW_MS, type SimulatedSender } from './simulated-halo.js';

const ANSWER_MS = 300;
const HUGE = { lanes: 4, answerMs: ANSWER_MS };

describe('connections of one process under one limit', () => {
  it('use the whole window and are never refused, alone', async () => {
    const halo = new SimulatedHalo();
    await halo.run([{ budget: halo.process(), connection: 'a', ...HUGE }], 4 * WINDOW_MS);
    assert.equal(refused(halo, 0, 4), 0);
    assert.ok(halo.log.length >= 4 * LIMIT.requests * 0.99, `${halo.log.length} requests`);
  });

  for (const { lanes, answerMs } of [
    { lanes: [4, 4], answerMs: 300 },
    { lanes: [8, 1], answerMs: 300 },
    { lanes: [2, 1], answerMs: 900 },
  ]) {
    it(`share it evenly with ${lanes.join(' and ')} requests under way, answered after ${answerMs} ms`, async () => {
      const halo = new SimulatedHalo();
      const budget = halo.process();
      const senders = lanes.map((count, n) => ({ budget, connection: `${n}`, lanes: count, answerMs }));
      await halo.run(senders, 4 * WINDOW_MS);
      assert.equal(refused(halo, 0, 4), 0);
      for (let n = 1; n < 4; n++) {
        const counts = senders.map(({ connection }) => served(halo, n, n + 1, connection));
        const total = served(halo, n, n + 1);
        assert.ok(total >= LIMIT.requests * 0.9, `${total} in window ${n}`);
        assert.ok(Math.min(...counts) >= total * 0.4, `${counts.join(' and ')} in window ${n}`);
      }
    });
  }

  it('leave the last places to a small run, which ends while a huge one has spent all the rest', async () => {
    const halo = new SimulatedHalo();
    const budget = halo.process();
    const small = { budget, connection: 'small', lanes: 1, answerMs: ANSWER_MS, requests: 10 };
    await halo.run([{ ...small, requests: 1 }], 1_000);
    await halo.run([{ budget, connection: 'huge', ...HUGE }], WINDOW_MS / 2);
    assert.ok(served(halo, 0, 1, 'huge') >= LIMIT.requests * 0.9);
    await halo.run([small], WINDOW_MS);
    assert.equal(served(halo, 0, 1, 'small'), 11, 'within the same window');
    assert.equal(refused(halo, 0, 1), 0);
  });

  it('let a connection that was never seen before finish a small run within about one window', async () => {
    const halo = new SimulatedHalo();
    const budget = halo.process();
    const startsAt = WINDOW_MS / 2;
    const small = { budget, connection: 'small', lanes: 1, answerMs: ANSWER_MS, requests: 10, startsAt };
    await halo.run([{ budget, connection: 'huge', ...HUGE }, small], 2 * WINDOW_MS);
    const last = halo.between(0, Infinity, 'small').at(-1);
    assert.equal(served(halo, 0, 2, 'small'), 10);
    assert.ok(last !== undefined && last.at - startsAt <= WINDOW_MS, `after ${last?.at} ms`);
  });
});

describe('processes that know nothing of each other under one limit', function () {
  this.timeout(120_000);
  const WINDOWS = 30;

  for (const processes of [2, 3]) {
    it(`converge: ${processes} are soon refused once in two windows at most, and each gets its part`, async () => {
      for (const apart of [0, 2.5 * WINDOW_MS]) {
        const halo = new SimulatedHalo();
        const senders = strangers(halo, processes, apart);
        await halo.run(senders, WINDOWS * WINDOW_MS);
        const half = WINDOWS / 2;
        // Shares grow by 3 % of the limit a window and shrink by 30 % of themselves, at most once a window; starts are spaced, so that a lesson
        // costs about one refusal.
        const few = (processes * half) / 2;
        const late = refused(halo, half, WINDOWS);
        assert.ok(late <= few, `${late} refused in the second half`);
        const total = served(halo, half, WINDOWS);
        assert.ok(total >= LIMIT.requests * half * 0.8, `${total} served in the second half`);
        for (const { connection } of senders) {
          const own = served(halo, half, WINDOWS, connection);
          assert.ok(own >= (total / processes) * 0.6, `${connection} got ${own} of ${total}`);
        }
      }
    });
  }

  it('do not storm: of eight, fewer than one request in twenty is refused at last, and nobody starves', async () => {
    const halo = new SimulatedHalo();
    const senders = strangers(halo, 8, 0);
    await halo.run(senders, WINDOWS * WINDOW_MS);
    const total = served(halo, WINDOWS / 2, WINDOWS);
    assert.ok(refused(halo, WINDOWS / 2, WINDOWS) * 20 <= total);
    for (const { connection } of senders) assert.ok(served(halo, WINDOWS / 2, WINDOWS, connection) >= total / 8 / 2);
  });

  it('make room for a program that takes its requests without asking', async () => {
    const halo = new SimulatedHalo({ requests: 200, perSeconds: 300 });
    await halo.run([{ budget: halo.process(), connection: 'a', ...HUGE }], WINDOWS * WINDOW_MS);
    const late = refused(halo, WINDOWS / 2, WINDOWS);
    assert.ok(late <= WINDOWS / 4, `${late} refused in the second half`);
    assert.ok(served(halo, WINDOWS / 2, WINDOWS) >= 200 * (WINDOWS / 2) * 0.8);
  });
});

function strangers(halo: SimulatedHalo, count: number, apartMs: number): SimulatedSender[] {
  return Array.from({ length: count }, (_, n) => ({
    budget: halo.process(),
    connection: `process-${n}`,
    ...HUGE,
    startsAt: n * apartMs,
  }));
}

/** Between two times in windows. */
function served(halo: SimulatedHalo, from: number, to: number, connection?: string): number {
  return halo.between(from * WINDOW_MS, to * WINDOW_MS, connection).filter((request) => !request.refused).length;
}

function refused(halo: SimulatedHalo, from: number, to: number): number {
  return halo.between(from * WINDOW_MS, to * WINDOW_MS).filter((request) => request.refused).length;
}
