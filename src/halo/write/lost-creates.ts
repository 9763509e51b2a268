/**
 * Creates whose answer was lost. A create is not idempotent (`reference/halo.md` 7.4), and Halo may still be at work on a request that nobody
 * waits for any more; so nothing is created before it is known what became of it. How long that takes is kept with the instance, and by
 * whoever runs this with the connection: neither a failed look nor an interruption nor another process shortens it.
 */
import type { CallOptions } from '../api/client.js';
import type { LostAnswerError } from '../api/errors.js';
import type { Clock } from '../clock.js';
import type { HaloInstance } from '../instance.js';
import type { PlannedWrite } from './writer.js';

/**
 * Takes in until when (epoch ms) a create may be at work, as somebody else has it. Never longer than a request lives, counted from now: their
 * clock, or ours, may have been wrong.
 */
export function noteLostCreates(
  instance: Pick<HaloInstance, 'clock' | 'createsNotBefore' | 'settlingMs'>,
  until: number,
): void {
  const latest = instance.clock.now() + instance.settlingMs;
  instance.createsNotBefore = Math.min(Math.max(instance.createsNotBefore, until), latest);
}

type Creates = Pick<HaloInstance, 'createsNotBefore' | 'createsUnderWayUntil' | 'settlingMs'>;

/** Until when (epoch ms) creates may be at work of which nothing is known yet; 0 for none. */
export function lostUntil({ createsNotBefore, createsUnderWayUntil }: Omit<Creates, 'settlingMs'>): number {
  return Math.max(createsNotBefore, createsUnderWayUntil);
}

/** Of more, the oldest are forgotten. */
const MAX_LOST_UPDATES = 10_000;

/**
 * A change that was sent at `sentAt` and may still be done would undo a newer one. So what was read of these users before it is over with it tells
 * nothing: it is waited for, and they are read again, before anything but the same change is planned for them. Of this process.
 */
export function noteLostUpdates(
  { lostUpdates, settlingMs }: Pick<HaloInstance, 'lostUpdates' | 'settlingMs'>,
  writes: readonly PlannedWrite[],
  sentAt: number,
): void {
  for (const { userId, changes } of writes) {
    if (userId === null) continue;
    lostUpdates.delete(userId);
    lostUpdates.set(userId, { changes, until: sentAt + settlingMs });
  }
  for (const oldest of lostUpdates.keys()) {
    if (lostUpdates.size <= MAX_LOST_UPDATES) break;
    lostUpdates.delete(oldest);
  }
}

/** Waits until it is over with a lost change of the user, if there is one. Throws the signal's reason. */
export async function lostUpdateSettled(
  instance: Pick<HaloInstance, 'lostUpdates' | 'settlingMs'>,
  userId: number,
  clock: Clock,
  call: CallOptions,
): Promise<void> {
  const lost = instance.lostUpdates.get(userId);
  if (lost === undefined) return;
  await waitUntil(lost.until, instance.settlingMs, clock, call);
  if (instance.lostUpdates.get(userId) === lost) instance.lostUpdates.delete(userId);
}

/** At most `most` milliseconds; false when there was nothing to wait for. */
export async function waitUntil(
  until: number,
  most: number,
  clock: Clock,
  { signal, onWait }: CallOptions,
): Promise<boolean> {
  const now = clock.now();
  const ms = Math.min(until - now, most);
  if (ms <= 0) return false;
  onWait?.(now + ms);
  await clock.sleep(ms, signal);
  onWait?.(null);
  return true;
}

/** New users may show up in lists a little later: between looks for somebody who may be there, in milliseconds. */
export const LISTED_AFTER_MS: readonly number[] = [1_000, 4_000, 10_000];
const SURELY_LISTED_MS = LISTED_AFTER_MS.reduce((sum, ms) => sum + ms);
/** From one look to the next. */
const PAUSES_MS: readonly number[] = [...LISTED_AFTER_MS, 15_000, 30_000];

export class LostCreates {
  constructor(
    private readonly instance: Creates,
    private readonly clock: Clock,
  ) {}

  /** A create is sent: unless all of its round are answered, nobody creates until it must have come to its end. */
  sent(): void {
    this.instance.createsUnderWayUntil = this.clock.now() + this.instance.settlingMs;
  }

  answered(): void {
    this.instance.createsUnderWayUntil = 0;
  }

  /** It is looked for to the end: nothing is left to wait for, unless another is still on its way. */
  lookedFor(): void {
    if (this.clock.now() >= this.instance.createsUnderWayUntil) this.instance.createsUnderWayUntil = 0;
  }

  /** Somebody may have been created whom nobody has looked for. */
  unseen(): void {
    const { instance, clock } = this;
    instance.createsNotBefore = Math.max(instance.createsNotBefore, clock.now());
  }

  /**
   * Waits until what was lost before must have come to its end, and where it came to it only now, so that lists may not show it yet, until `look`
   * has looked at them. Answers whether it had to. Throws the signal's reason, and what `look` throws: then it is still to be done.
   */
  async settled(call: CallOptions, look: () => Promise<void>): Promise<boolean> {
    const { instance } = this;
    const until = lostUntil(instance);
    await waitUntil(until, instance.settlingMs, this.clock, call);
    if (this.clock.now() > until + SURELY_LISTED_MS) return false;
    await look();
    if (instance.createsNotBefore <= until) instance.createsNotBefore = 0;
    if (instance.createsUnderWayUntil <= until) instance.createsUnderWayUntil = 0;
    return true;
  }

  /** After what pauses to look for them, in milliseconds: with the last one those lost must have come to their end. */
  looksAfterMs({ mayStillRun }: LostAnswerError, sentAt: number): readonly number[] {
    return pauses(mayStillRun ? sentAt + this.instance.settlingMs - this.clock.now() : 0);
  }
}

/** Short ones first; together they are `ms`, and at least those after which lists show new users. */
function pauses(ms: number): number[] {
  const all: number[] = [];
  const { length } = LISTED_AFTER_MS;
  for (let left = ms; all.length < length || left > 0;) {
    const usual = PAUSES_MS[Math.min(all.length, PAUSES_MS.length - 1)] ?? 0;
    const pause = all.length < length ? usual : Math.min(usual, left);
    all.push(pause);
    left -= pause;
  }
  return all;
}
