import assert from 'node:assert/strict';
import { setTimeout as pauseFor } from 'node:timers/promises';
import { defaultPayloadConverter } from '@temporalio/common';
import type { WorkflowHandle } from '@temporalio/client';
import { after, before } from 'mocha';
import { z } from 'zod';
import { untilStatus } from '../../src/demo/waiting.js';
import { isSettled, World } from '../world/world.js';

const RETRY_AFTER_S = 15;

const progress = z.object({ settled: z.number(), of: z.number(), waitingUntil: z.number().nullable() });

describe("waiting for Halo's limit", function () {
  this.timeout(120_000);
  let world: World;

  before(async () => {
    world = await World.open({ sandbox: { people: 30, existing: 5, seed: 51 } });
  });
  after(() => world.close());

  it('stands in the pending activity, with its end, for the Web UI and `temporal workflow describe`', async () => {
    const refusal = world.sandbox.faults.add({
      system: 'halo',
      kind: 'retry-after',
      seconds: RETRY_AFTER_S,
      form: 'seconds',
      match: { method: 'POST', path: '/api/Users' },
    });
    world.startWorker();
    const handle = await world.start(world.connectionFile('arena', { integrator: { enabled: true } }));
    await refusal.struck();
    const struckAt = Date.now();
    const until = await seenWaitingUntil(handle);
    assert.ok(until >= struckAt + (RETRY_AFTER_S - 1) * 1_000, 'not before Halo said');
    assert.ok(until < struckAt + 60_000, 'not the pause of a Halo that says nothing');
    const { lastRun } = await untilStatus(handle, isSettled);
    assert.equal(lastRun?.outcome, 'completed');
  });
});

async function seenWaitingUntil(handle: WorkflowHandle): Promise<number> {
  for (;;) {
    const { raw } = await handle.describe();
    for (const { heartbeatDetails } of raw.pendingActivities ?? []) {
      const [payload] = heartbeatDetails?.payloads ?? [];
      const details = payload && progress.safeParse(defaultPayloadConverter.fromPayload(payload));
      if (details?.data?.waitingUntil) return details.data.waitingUntil;
    }
    await pauseFor(200);
  }
}
