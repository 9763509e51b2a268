import assert from 'node:assert/strict';
import { RunMemories } from '../../../src/activities/run-memories.js';
import type { ConnectionContext } from '../../../src/activities/connection-contexts.js';
import type { HaloRun } from '../../../src/halo/types.js';
import { connectionWith } from '../mapping/sample-connection.js';

const MEGABYTE = 1_024 * 1_024;

describe('the memories of a worker', () => {
  /** How often runs of which Halo tells so much had to learn it: two that take turns unless said otherwise. */
  async function timesLearnt(bytes: number, passes = ['a', 'b', 'a']): Promise<number> {
    let learnt = 0;
    const halo = { bytes } as Partial<HaloRun> as HaloRun;
    const startHaloRun = (): HaloRun => {
      learnt += 1;
      return halo;
    };
    const parts: Partial<ConnectionContext> = { key: 'arena', connection: connectionWith(), startHaloRun };
    const memories = new RunMemories();
    for (const pass of passes) {
      const run = { id: pass, pass, from: null };
      await memories.use(parts as ConnectionContext, run, (memory) => Promise.resolve(memory.halo(run)));
    }
    return learnt;
  }

  it('keep two runs as long as what they have learnt of Halo has room', async () => {
    assert.equal(await timesLearnt(100 * MEGABYTE), 2);
  });

  it('let go of what a run has learnt of Halo when there is no room for two', async () => {
    assert.equal(await timesLearnt(300 * MEGABYTE), 3);
  });

  it('keep a run that has no room even alone, or each of its steps would learn everything anew', async () => {
    assert.equal(await timesLearnt(600 * MEGABYTE, ['a', 'a', 'a']), 1);
  });
});
