/** Waiting for a point in the middle of an import. */
import { setTimeout as pauseFor } from 'node:timers/promises';
import type { Sandbox } from '../../src/sandbox/start.js';

/** Waits until Halo has taken so many writes. */
export async function untilWrites(sandbox: Sandbox, count: number): Promise<void> {
  while (sandbox.halo.writes.count < count) await pauseFor(10);
}
