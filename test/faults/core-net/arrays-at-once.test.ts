/** Arrays that are under way at once: whatever becomes of one of them, nobody is doubled, lost or given another's id. */
import assert from 'node:assert/strict';
import type { JsonObject } from '../../../src/json.js';
import type { HaloDialect } from '../../../src/sandbox/dialects.js';
import type { FaultEffect } from '../../../src/sandbox/faults.js';
import { outcomes, person, type HaloBench } from '../../unit/halo/halo-bench.js';
import { meet, PEOPLE, play, SIZE } from './five-at-a-time.js';

/** The bench's clock makes its own pauses a thousandth of what they are. */
const LATE_MS = 60;
const SECOND_ROUND = [1, 2];
const THIRD_ROUND = [3, 4, 5, 6];

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setImmediate(resolve));
}

function assertEverybodyOnce(bench: HaloBench, but: readonly string[] = []): void {
  const ids = bench.people().map(({ seatgeekId }) => String(seatgeekId));
  const due = PEOPLE.map(({ seatgeekId }) => seatgeekId).filter((id) => !but.includes(id));
  assert.deepEqual(ids.sort(), due.sort());
}

/** Whoever has been given another's id would be written again. */
async function assertKnown(bench: HaloBench, run: ReturnType<HaloBench['run']>): Promise<void> {
  const { created, updated } = bench.sandbox.halo.writes;
  assert.deepEqual(new Set(outcomes(await run.write(PEOPLE))), new Set(['unchanged']));
  assert.deepEqual([bench.sandbox.halo.writes.created, bench.sandbox.halo.writes.updated], [created, updated]);
}

describe('arrays under way at once', function () {
  this.timeout(60_000);

  it('are as many as went well before, and four at most', () =>
    play({}, async (bench) => {
      const second = SECOND_ROUND.map((array) => meet(bench, array, { kind: 'hold' }));
      const third = THIRD_ROUND.map((array) => meet(bench, array, { kind: 'hold' }));
      const writing = bench.run().write(PEOPLE);
      for (const round of [second, third]) {
        // All of a round are held before one of them is answered.
        await Promise.all(round.map((held) => held.struck()));
        for (const held of round) held.release();
      }
      assert.deepEqual(new Set(outcomes(await writing)), new Set(['created']));
      assertEverybodyOnce(bench);
    }));

  it('may be done in any order, and cost no request more for it', async () => {
    const requests: number[] = [];
    for (const isReversed of [false, true])
      await play({}, async (bench) => {
        const run = bench.run();
        const held = isReversed ? THIRD_ROUND.map((array) => meet(bench, array, { kind: 'hold' })) : [];
        const writing = run.write(PEOPLE);
        await Promise.all(held.map((one) => one.struck()));
        for (const one of held.toReversed()) {
          const before = bench.people().length;
          one.release();
          await until(() => bench.people().length === before + SIZE);
        }
        assert.deepEqual(new Set(outcomes(await writing)), new Set(['created']));
        assertEverybodyOnce(bench);
        await assertKnown(bench, run);
        requests.push(run.requests);
      });
    assert.equal(requests[0], requests[1]);
  });

  it('go one by one where an answer names only one of its users', () =>
    play({ halo: { answerOfMany: 'object', latencyMs: 20 } }, async (bench) => {
      let most = 0;
      const { requests } = bench.sandbox.halo;
      const count = (): void => {
        const underWay = requests.of('POST', '/api/Users').filter(({ status }) => status === null);
        most = Math.max(most, underWay.length);
      };
      const match = { method: 'POST', path: '/api/Users', after: 0 } as const;
      bench.sandbox.faults.add({ system: 'halo', kind: 'meanwhile', match, before: count });
      await bench.run().write(PEOPLE);
      assert.equal(most, 1);
      assertEverybodyOnce(bench);
    }));

  it('are fewer for the rest of the run once they were too many for Halo', () =>
    play({ halo: { latencyMs: 30 } }, async (bench) => {
      const { requests } = bench.sandbox.halo;
      const people = Array.from({ length: 60 * SIZE }, (_, n) => person(`s${n + 1000}`));
      const areTooMany = (): boolean =>
        requests.of('POST', '/api/Users').filter(({ status }) => status === null).length > 2;
      const match = { method: 'POST', path: '/api/Users', where: areTooMany, after: 0 } as const;
      const slow = bench.sandbox.faults.add({ system: 'halo', kind: 'status-after-commit', status: 504, match });
      await bench.run().write(people);
      assert.ok(slow.hits > 0 && slow.hits <= 6, `${slow.hits} arrays without an answer`);
    }));

  const lost: readonly (readonly [string, FaultEffect])[] = [
    ['is cut off before Halo does it', { kind: 'reset-before' }],
    ['is done and its answer cut off', { kind: 'reset-after-commit' }],
    ['is done and answered 502', { kind: 'status-after-commit', status: 502 }],
    ['is done and never answered', { kind: 'timeout-after-commit' }],
    ['is answered 504 and done long after', { kind: 'late-commit', status: 504, afterMs: LATE_MS }],
    ['is answered with a web page', { kind: 'html' }],
    ['is done and answered by nothing', { kind: 'rewritten-json', rewrite: () => ({}) }],
    ['is done and answered by half of it', { kind: 'truncated-json' }],
  ];
  for (const [title, effect] of lost)
    for (const arrays of [THIRD_ROUND.slice(0, 1), THIRD_ROUND.slice(2, 3), THIRD_ROUND])
      it(`double and lose nobody when ${arrays.length === 1 ? `array ${arrays[0]}` : 'each'} of them ${title}`, () =>
        play({ timeoutMs: 500 }, async (bench) => {
          const faults = arrays.map((array) => meet(bench, array, effect));
          const run = bench.run();
          assert.deepEqual(new Set(outcomes(await run.write(PEOPLE))), new Set(['created']));
          for (const fault of faults) {
            assert.equal(fault.hits, 1);
            await fault.settled();
          }
          assertEverybodyOnce(bench);
          await assertKnown(bench, run);
        }));

  for (const arrays of ['stops-at-bad', 'all-or-nothing', 'skips-bad'] as const)
    it(`reject those alone who are bad in two of them (${arrays})`, () =>
      play({ halo: { arrays } satisfies Partial<HaloDialect> }, async (bench) => {
        const bad = [PEOPLE[3 * SIZE + 2], PEOPLE[5 * SIZE]].flatMap((one) => one?.seatgeekId ?? []);
        const fits = ({ emailaddress }: JsonObject): boolean => bad.some((id) => emailaddress === `${id}@example.org`);
        bench.sandbox.faults.add({ system: 'halo', kind: 'refuse-item', status: 400, fits });
        const settled = await bench.run().write(PEOPLE);
        const rejected = settled.filter(({ outcome }) => outcome === 'rejected').map(({ seatgeekId }) => seatgeekId);
        assert.deepEqual(rejected, bad);
        assertEverybodyOnce(bench, bad);
      }));

  it('find somebody who was created by hand meanwhile before the next go out', () =>
    play({}, async (bench) => {
      const late = PEOPLE[9 * SIZE + 1]?.seatgeekId ?? '';
      const byHand: number[] = [];
      meet(bench, 5, {
        kind: 'meanwhile',
        before: () => byHand.push(bench.add({ name: 'By hand', emailaddress: `${late}@example.org` })),
      });
      const settled = await bench.run().write(PEOPLE);
      assert.equal(settled.find(({ seatgeekId }) => seatgeekId === late)?.outcome, 'matchedByEmail');
      assertEverybodyOnce(bench);
      assert.deepEqual(bench.people().find(({ seatgeekId }) => seatgeekId === late)?.id, byHand[0]);
    }));

  it('are all found by the next attempt when they are given up in mid-flight', () =>
    play({}, async (bench) => {
      const held = THIRD_ROUND.map((array) => meet(bench, array, { kind: 'hold' }));
      const stop = new AbortController();
      const writing = bench.run().write(PEOPLE, { signal: stop.signal });
      await Promise.all(held.map((one) => one.struck()));
      stop.abort(new Error('paused'));
      for (const one of held) one.release();
      await assert.rejects(writing);
      await bench.run().write(PEOPLE, { othersMayHaveWritten: true });
      assertEverybodyOnce(bench);
    }));
});
