/** `POST /Users`: what must be known before arrays are sent, and what became of each, as a value rather than an exception. */
import type { CallOptions, HaloClient } from '../api/client.js';
import { TransientError } from '../../errors.js';
import type { HiddenValue } from '../api/error-text.js';
import { ForbiddenError, HaloRefusalError, LostAnswerError, UnauthorizedError } from '../api/errors.js';
import type { WireUser } from '../api/wire.js';
import type { Clock } from '../clock.js';
import type { Directory } from '../directory/directory.js';
import type { HaloInstance } from '../instance.js';
import { hiddenValues } from '../plan/payload.js';
import type { WritesOfOthers } from '../recent-writes.js';
import { LISTED_AFTER_MS, type LostCreates } from './lost-creates.js';
import { answeredUsers } from './named-users.js';
import { isUpdate, type PlannedWrite, type WriteContext } from './writer.js';

type Writes = readonly PlannedWrite[];

/**
 * `refused`: Halo will not do all of it. `blocked`: forbidden (403, 401), by Halo or by what stands before it. `lost`: Halo may or may not have
 * done it. `limited`: not done, since Halo's limit is used up. `failed`: it was surely not done, whoever is in it.
 */
export type PostResult =
  | { readonly kind: 'accepted'; readonly answer: readonly WireUser[] }
  | { readonly kind: 'refused'; readonly error: HaloRefusalError }
  | { readonly kind: 'blocked'; readonly error: ForbiddenError | UnauthorizedError }
  | { readonly kind: 'lost'; readonly error: LostAnswerError }
  | { readonly kind: 'limited'; readonly error: TransientError }
  | { readonly kind: 'failed'; readonly error: unknown };

export interface Posted {
  /** Of an array, without those who are to be planned again. */
  readonly writes: Writes;
  readonly result: PostResult;
  /** Epoch milliseconds. */
  readonly sentAt: number;
  readonly answeredAt: number;
  /** The highest id known then. */
  readonly knownUpTo: number | null;
}

export interface PostOptions {
  readonly client: HaloClient;
  readonly instance: HaloInstance;
  readonly directory: Directory;
  readonly clock: Clock;
  readonly lost: LostCreates;
  readonly othersWrites: WritesOfOthers;
  readonly context: WriteContext;
  /** Not sent, to be planned again. */
  readonly again: (write: PlannedWrite) => void;
  /** The newest users have just been read. */
  readonly onNewest: () => void;
}

/**
 * Sends all arrays at once. From knowing the newest users until the new ones are there nobody else in this process creates. Arrays of which
 * nobody is left are left out. Throws what reading Halo throws, and the signal's reason.
 */
export async function postArrays(arrays: readonly Writes[], options: PostOptions): Promise<readonly Posted[]> {
  const { client, instance, lost, context } = options;
  const all = arrays.flat();
  if (all.every(isUpdate)) {
    await client.ready(context.call, arrays.length);
    return sendAll(arrays, all, options);
  }
  return instance.creating.run(async () => {
    const writes = await stillNew(all, arrays.length, options);
    const posted = await sendAll(arrays, writes, options, () => lost.sent());
    options.directory.noteCreating();
    if (!posted.some(({ result }) => result.kind === 'lost' && result.error.mayStillRun)) lost.answered();
    return posted;
  }, context.call.signal);
}

/** Knows the newest users; whoever turns out to be among them is planned again. */
async function stillNew(writes: Writes, requests: number, options: PostOptions): Promise<Writes> {
  const { client, directory, clock, lost, context, again, onNewest } = options;
  const people = writes.filter(({ userId }) => userId === null).map(({ person }) => person);
  const look = async (): Promise<void> => {
    for (const pause of LISTED_AFTER_MS) {
      await directory.readNewest(people, context.call);
      await clock.sleep(pause, context.call.signal);
    }
  };
  if (await lost.settled(context.call, look)) directory.noteCreated(null);
  // A long wait for Halo's limit must not lie between knowing the newest users and creating.
  await client.ready(context.call, requests + 1);
  if (await directory.readyToCreate(people, context.call)) onNewest();
  const found = new Set(writes.filter((write) => write.userId === null && !context.isStillNew(write)));
  for (const write of found) again(write);
  return writes.filter((write) => !found.has(write));
}

/** What was waited for, or another connection, may have made some too old to be sent: they are planned again. */
function stillGood(writes: Writes, { othersWrites, again }: PostOptions): Writes {
  const old = new Set(writes.filter(({ reliesOn }) => reliesOn !== null && othersWrites.isOld(reliesOn)));
  for (const write of old) again(write);
  return writes.filter((write) => !old.has(write));
}

async function sendAll(
  arrays: readonly Writes[],
  still: Writes,
  options: PostOptions,
  onSent?: () => void,
): Promise<readonly Posted[]> {
  const { othersWrites } = options;
  // With nothing between: what two connections looked at before either had begun, both would send.
  const kept = new Set(stillGood(still, options));
  const end = othersWrites.begin([...kept].flatMap(({ userId }) => userId ?? []));
  const left = arrays.map((array) => array.filter((write) => kept.has(write))).filter(({ length }) => length > 0);
  try {
    return await Promise.all(left.map((writes) => postOne(writes, options, onSent)));
  } finally {
    end();
  }
}

async function postOne(
  writes: Writes,
  { client, clock, directory, context: { call } }: PostOptions,
  onSent?: () => void,
): Promise<Posted> {
  const knownUpTo = directory.readUpTo;
  let sentAt = clock.now();
  const onRequest = (at: number): void => {
    sentAt = at;
    onSent?.();
    call.onRequest?.(at);
  };
  const result = await post(client, writes, { ...call, onRequest });
  return { writes, result, sentAt, answeredAt: clock.now(), knownUpTo };
}

/** `reference/halo.md` 3.5: always an array, also of one. Never throws. */
async function post(client: HaloClient, writes: Writes, call: CallOptions): Promise<PostResult> {
  const body = writes.map(({ payload }) => payload);
  const hide = (): HiddenValue[] => writes.flatMap(({ person }) => hiddenValues(person));
  try {
    // Halo may have done part of it before it refused the token, and others may have come while its limit was waited for: it is looked at
    // again before the array is sent again.
    const answer = await client.post('/Users', body, { ...call, hide, isTriedAgain: false });
    return { kind: 'accepted', answer: answeredUsers(answer) };
  } catch (error) {
    if (error instanceof HaloRefusalError) return { kind: 'refused', error };
    if (error instanceof ForbiddenError || error instanceof UnauthorizedError) return { kind: 'blocked', error };
    if (error instanceof LostAnswerError) return { kind: 'lost', error };
    if (error instanceof TransientError && error.code === 'halo-rate-limited') return { kind: 'limited', error };
    return { kind: 'failed', error };
  }
}
