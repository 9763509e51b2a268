/** The wait for lists that show new users only later: with the newest whom Halo told of, others would be created a second time. */
import type { CallOptions } from '../api/client.js';
import type { Clock } from '../clock.js';
import type { KnownUpTo, Moment } from './known-up-to.js';

/** Between looks, in milliseconds: lists are late by seconds, if they are, and by two minutes at most. */
const PAUSES_MS: readonly number[] = [1_000, 4_000, 10_000, ...Array<number>(5).fill(20_000)];
/** So many looks in a row, which take 15 seconds, tell that somebody is gone: details may be as late as lists. */
const SURELY_GONE = 4;

export interface ShownOptions {
  readonly knownUpTo: KnownUpTo;
  readonly clock: Clock;
  /** Whether a user is there. Hidden: the agent may not read it, whom another connection's created. */
  readonly ask: (id: number) => Promise<'there' | 'gone' | 'hidden'>;
  /** Reads who is in Halo, or some of them; false where that can't tell whether somebody is missing. */
  readonly read: (moment: Moment) => Promise<boolean>;
}

/** Reads again until nobody is missing whom an answer told another run before. Answers what the last reading did. */
export async function untilShown({ knownUpTo, clock, ask, read }: ShownOptions, call: CallOptions): Promise<boolean> {
  let gone = { id: 0, times: 0 };
  for (const pause of [...PAUSES_MS, null]) {
    const moment = knownUpTo.moment();
    if (!(await read(moment))) return false;
    const id = knownUpTo.missing(moment);
    if (id === null) break;
    const found = await ask(id);
    gone = { id, times: found !== 'gone' ? 0 : gone.id === id ? gone.times + 1 : 1 };
    const isGone = gone.times === SURELY_GONE || pause === null;
    if (isGone || found === 'hidden') {
      knownUpTo.forgetMissing(id, isGone);
      break;
    }
    call.onWait?.(clock.now() + pause);
    await clock.sleep(pause, call.signal);
    call.onWait?.(null);
  }
  return true;
}
