/** Waits for a condition by asking again; mocha's time limit is the end of patience. */
import { setTimeout as pauseFor } from 'node:timers/promises';

const ASK_EVERY_MS = 100;

export async function until(isSo: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await isSo())) await pauseFor(ASK_EVERY_MS);
}
