import assert from 'node:assert/strict';
import { RunMemories } from '../../../src/activities/run-memories.js';
import type { ConnectionContext } from '../../../src/activities/connection-contexts.js';
import type { HaloRun } from '../../../src/halo/types.js';
import { connectionWith } from '../mapping/sample-connection.js';

const MEGABYTE = 1_024 * 1_024;

describe('the memories of a worker', () => {
  /** Of which Halo tells so much, each time it is asked. */
  function worker(bytes: number): { context: ConnectionContext; memories: RunMemories; learnt: () => number } {
    let learnt = 0;
    const halo = { bytes } as Partial<HaloRun> as HaloRun;
    const startHaloRun = (): HaloRun => {
      learnt += 1;
      return halo;
    };
    const parts: Partial<ConnectionContext> = { key: 'arena', connection: connectionWith(), startHaloRun };
    return { context: parts as ConnectionContext, memories: new RunMemories(), learnt: () => learnt };
  }

  /** How often runs of which Halo tells so much had to learn it: two that take turns unless said otherwise. */
  async function timesLearnt(bytes: number, passes = ['a', 'b', 'a']): Promise<number> {
    const { context, memories, learnt } = worker(bytes);
    for (const pass of passes) await step(context, memories, pass);
    return learnt();
  }

  function step(context: ConnectionContext, memories: RunMemories, pass = 'a'): Promise<unknown> {
    const run = { id: pass, pass, from: null };
    return memories.use(context, run, (memory) => Promise.resolve(memory.halo(run)));
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

  const RUN = { id: 'a', pass: 'a', from: null };

  it('keep nothing of what was still read ahead when the run had come to its end', async () => {
    const { context, memories, learnt } = worker(MEGABYTE);
    memories.end(context, RUN);
    await step(context, memories);
    await step(context, memories);
    assert.equal(learnt(), 2);
  });

  it('keep a run that is read ahead for at its end no longer than that takes', async () => {
    const { context, memories, learnt } = worker(MEGABYTE);
    await memories.use(context, RUN, (memory) => {
      memory.halo(RUN);
      memories.end(context, RUN);
      return step(context, memories);
    });
    await step(context, memories);
    assert.equal(learnt(), 3);
  });

  it('keep a run that goes on after its end, its last step having been repeated', async () => {
    const { context, memories, learnt } = worker(MEGABYTE);
    memories.end(context, RUN);
    memories.goOn(context, RUN);
    await step(context, memories);
    await step(context, memories);
    assert.equal(learnt(), 1);
  });
});
