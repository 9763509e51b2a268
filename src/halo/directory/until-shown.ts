/** The wait for lists that show new users only later: with the newest whom Halo told of, others would be created a second time. */
import type { CallOptions } from '../api/client.js';
import type { Clock } from '../clock.js';
import { MOST_BEHIND_MS, type KnownUpTo } from './known-up-to.js';

/** Between looks, in milliseconds: lists are late by seconds, if they are. */
const PAUSES_MS: readonly number[] = [1_000, 4_000, 10_000, ...Array<number>(5).fill(20_000)];
/** So many looks in a row, which take 15 seconds, tell that somebody is gone: details may be as late as lists. */
const SURELY_GONE = 4;

/** Hidden: the agent may not read that user, whom another connection's created. */
export type Found = 'there' | 'gone' | 'hidden';

export interface ShownOptions {
  readonly knownUpTo: KnownUpTo;
  readonly clock: Clock;
  /** Whether a user is there. */
  readonly ask: (id: number) => Promise<Found>;
  /** Reads who is in Halo, or looks for `missing`, whom nothing has shown yet; false where that can't tell whether somebody is missing. */
  readonly read: (missing: number | null) => Promise<boolean>;
}

/**
 * Reads again until nobody is missing whom an answer told another run before; who is not there is in no list either, so only that user is asked
 * for then. Answers what the last reading did. Throws what `ask` and `read` throw, and the signal's reason.
 */
export async function untilShown({ knownUpTo, clock, ask, read }: ShownOptions, call: CallOptions): Promise<boolean> {
  const pauses = [...PAUSES_MS];
  // With the reading, which may take longer than the pauses.
  const until = clock.now() + MOST_BEHIND_MS;
  /** False when it was waited for long enough. */
  const pause = async (): Promise<boolean> => {
    const ms = pauses.shift();
    if (ms === undefined || clock.now() + ms > until) return false;
    call.onWait?.(clock.now() + ms);
    await clock.sleep(ms, call.signal);
    call.onWait?.(null);
    return true;
  };
  const before = knownUpTo.moment();
  for (let isOver = false; ;) {
    if (!(await read(knownUpTo.missing(before)))) return false;
    const id = knownUpTo.missing(before);
    if (id === null) return true;
    if (isOver) {
      knownUpTo.forgetMissing(id, true);
      return true;
    }
    let found = await ask(id);
    for (let looks = 1; found === 'gone' && looks < SURELY_GONE && (await pause()); looks += 1) found = await ask(id);
    if (found === 'hidden') {
      knownUpTo.forgetMissing(id, false);
      return true;
    }
    // Asking may have taken long, and others may have come: in either case it is read again.
    if (found === 'gone') knownUpTo.forgetMissing(id, true);
    else isOver = !(await pause());
  }
}
