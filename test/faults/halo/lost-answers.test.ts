import assert from 'node:assert/strict';
import { TransientError } from '../../../src/errors.js';
import type { FaultEffect } from '../../../src/sandbox/faults.js';
import { settled } from '../../unit/halo/fake-clock.js';
import { HaloBench, outcomes, person, type BenchOptions } from '../../unit/halo/halo-bench.js';

const POST_USERS = { method: 'POST', path: '/api/Users' } as const;
const PEOPLE = ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => person(id));

for (const writeBatch of [1, 4, 50]) describeLostAnswers(writeBatch);

function describeLostAnswers(writeBatch: number): void {
  describe(`a write to Halo whose answer is lost (${writeBatch} at once)`, () => {
    let bench: HaloBench;
    const open = async (options: BenchOptions = {}): Promise<HaloBench> =>
      (bench = await HaloBench.start({ timeoutMs: 400, connection: { halo: { writeBatch } }, ...options }));

    afterEach(() => bench.close());

    const effects: readonly FaultEffect[] = [
      { kind: 'reset-before' },
      { kind: 'reset-after-commit' },
      { kind: 'timeout' },
      { kind: 'timeout-after-commit' },
      { kind: 'status', status: 500 },
      { kind: 'status', status: 408 },
      { kind: 'status-after-commit', status: 502 },
      { kind: 'truncated-json' },
      { kind: 'html' },
    ];

    for (const effect of effects) {
      const title = 'status' in effect ? `${effect.kind} ${effect.status}` : effect.kind;

      it(`creates nobody twice (${title})`, async () => {
        await open();
        bench.sandbox.faults.add({ system: 'halo', ...effect, match: { ...POST_USERS, after: 0 }, times: 2 });
        assert.deepEqual(new Set(outcomes(await bench.run().write(PEOPLE))), new Set(['created']));
        assert.deepEqual(
          bench
            .people()
            .map(({ seatgeekId }) => seatgeekId)
            .sort(),
          ['a', 'b', 'c', 'd', 'e', 'f'],
        );
      });

      it(`brings an update home (${title})`, async () => {
        await open();
        await bench.run().write(PEOPLE);
        bench.sandbox.faults.add({ system: 'halo', ...effect, match: { ...POST_USERS, after: 0 }, times: 2 });
        const changed = PEOPLE.map(({ seatgeekId }) => person(seatgeekId, { name: 'New' }));
        assert.deepEqual(new Set(outcomes(await bench.run().write(changed))), new Set(['updated']));
        assert.deepEqual(new Set(bench.people().map(({ name }) => name)), new Set(['New']));
        assert.equal(bench.people().length, 6);
      });
    }

    it('waits a minute for a Halo that is slow to create who was given up', async () => {
      await open({ timeoutMs: 300 });
      const { faults } = bench.sandbox;
      const late = faults.add({ system: 'halo', kind: 'hold', match: { ...POST_USERS, nth: 1 } });
      const look = faults.add({ system: 'halo', kind: 'hold', match: { method: 'GET', path: '/api/Users', nth: 5 } });
      const people = PEOPLE.slice(0, Math.min(2, writeBatch));
      const writing = bench.run().write(people);
      await look.struck();
      late.release();
      await settled();
      assert.equal(bench.people().length, people.length, 'Halo has done it by now');
      look.release();
      assert.deepEqual(new Set(outcomes(await writing)), new Set(['created']));
      assert.equal(bench.people().length, people.length);
    });

    it('gives the page back when answers stay lost, and the next attempt creates nobody twice', async () => {
      await open();
      bench.sandbox.faults.add({
        system: 'halo',
        kind: 'reset-before',
        match: { ...POST_USERS, after: writeBatch === 1 ? 2 : 0 },
        times: 100,
      });
      const run = bench.run();
      await assert.rejects(run.write(PEOPLE), TransientError);
      bench.sandbox.faults.clear();
      assert.equal((await run.write(PEOPLE)).length, 6);
      assert.equal(bench.people().length, 6);
    });
  });
}
