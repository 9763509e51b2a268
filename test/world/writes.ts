/** Waiting for a point in the middle of an import. */
import { setTimeout as pauseFor } from 'node:timers/promises';
import type { Sandbox } from '../../src/sandbox/start.js';

/** New users and changes so far; one array holds many. */
export function writtenSoFar({ halo }: Sandbox): number {
  return halo.writes.created + halo.writes.updated;
}

/** Waits until Halo has written so many. */
export async function untilWrites(sandbox: Sandbox, count: number): Promise<void> {
  while (writtenSoFar(sandbox) < count) await pauseFor(10);
}
