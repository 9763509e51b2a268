/**
 * Sends users in arrays, and cuts up whatever goes wrong until the one person stands alone: refused, forbidden, unanswered, or accepted and
 * not there. Nothing is assumed of what a tenant does with arrays (`reference/halo.md` 3.5, 8.1), and no create is sent again before it is read
 * what became of it.
 */
import { foldId } from '../../contract/person-key.js';
import { mayRepeatWithoutId, type AddressHabits } from '../address/address-habits.js';
import type { TransientError } from '../../errors.js';
import { MAX_LIMIT_ANSWERS, MAX_LIMIT_WAIT_MS, type HaloClient } from '../api/client.js';
import { HaloRefusalError, type LostAnswerError, UnauthorizedError } from '../api/errors.js';
import type { WireUser } from '../api/wire.js';
import type { Clock } from '../clock.js';
import type { Directory } from '../directory/directory.js';
import type { Targets } from '../fields/targets.js';
import type { HaloInstance } from '../instance.js';
import { hasUnnamedAddress } from '../plan/payload.js';
import type { WritesOfOthers } from '../recent-writes.js';
import { Answers } from './answers.js';
import { unprovenFacts, type ArrayFact } from './array-habits.js';
import { ArrayLengths } from './array-lengths.js';
import { isLikelyRefused } from './column-sizes.js';
import { IdCheck } from './id-check.js';
import { LostCreates, noteLostUpdates } from './lost-creates.js';
import { postArrays, type Posted, type PostResult } from './post-arrays.js';
import { Suspects, type Control } from './suspects.js';
import {
  isUpdate,
  type PlannedUpdate,
  type PlannedWrite,
  type Sent,
  type UserWriter,
  type WriteContext,
  type WriteResult,
} from './writer.js';

export interface ArraySenderOptions {
  readonly client: HaloClient;
  readonly instance: HaloInstance;
  readonly addresses: AddressHabits;
  readonly directory: Directory;
  readonly targets: Targets;
  readonly clock: Clock;
  readonly othersWrites: WritesOfOthers;
  /** Most users of one array. */
  readonly size: number;
}

/** What a run keeps from one layer to the next. */
interface Memory {
  readonly lengths: ArrayLengths;
  readonly idCheck: IdCheck;
  readonly lost: LostCreates;
  readonly count: { accepted: number };
  readonly unproven: Set<ArrayFact>;
  readonly control: Control;
  /** Arrays that may be under way at once: twice as many after each round that went well, one after any other. */
  atOnce: number;
  /** The most that it may ever be: less once answers did not come to several. */
  most: number;
}

export function createArraySender(options: ArraySenderOptions): UserWriter {
  const memory: Memory = {
    lengths: new ArrayLengths(options.instance.arrays, options.size),
    idCheck: new IdCheck(options),
    lost: new LostCreates(options.instance, options.clock),
    count: { accepted: 0 },
    unproven: unprovenFacts(options.instance.arrays, options.instance.arraysProvenAt, options.clock.now()),
    control: { userId: null },
    atOnce: 1,
    most: MAX_AT_ONCE,
  };
  return { write: (layer, context) => new Sending(options, memory, context).send(layer) };
}

type Writes = readonly PlannedWrite[];

const ONE_LOOK: readonly number[] = [0];
const NOT_THERE = new HaloRefusalError(200, 'accepted, and not there afterwards');
/** Halo may take seconds for an array, in which its limit has room for more. */
const MAX_AT_ONCE = 4;
const PAUSE_MS = 1_000;
const SLOW_PAUSE_MS = 10_000;

class Sending {
  readonly #results = new Map<PlannedWrite, WriteResult>();
  readonly #answers: Answers;
  readonly #suspects: Suspects;
  /** Of everybody of the layer, folded. */
  #ids: ReadonlySet<string> = new Set();
  /** Refused or under suspicion so far. */
  #bad = 0;
  /** Refusals of Halo's limit in a row. */
  #limited = 0;
  /** Whom Halo was sent and may have taken. */
  readonly #sent = new Set<PlannedWrite>();

  constructor(
    private readonly options: ArraySenderOptions,
    private readonly memory: Memory,
    private readonly context: WriteContext,
  ) {
    const { instance } = options;
    this.#answers = new Answers(
      { ...options, habits: instance.arrays, count: memory.count, unproven: memory.unproven },
      this.#results,
      context.call,
    );
    this.#suspects = new Suspects({ ...options, control: memory.control }, this.#results, context.call);
  }

  async send(layer: Writes): Promise<Sent> {
    try {
      await this.#sendAll(layer);
      await this.#suspects.judge((write) => this.#alone(write));
      await this.#answers.end();
      return { results: this.#results, sent: this.#sent, failure: undefined };
    } catch (failure) {
      this.options.directory.noteCreated(null);
      if ([...this.#sent].some((write) => !isUpdate(write) && !this.#results.has(write))) this.memory.lost.unseen();
      const error = failure instanceof Error ? failure : new Error(String(failure));
      return { results: this.#results, sent: this.#sent, failure: error };
    }
  }

  async #sendAll(layer: Writes): Promise<void> {
    this.#ids = new Set(layer.map(({ person: { seatgeekId } }) => foldId(seatgeekId)));
    const updates = layer.filter(isUpdate);
    const creates: PlannedWrite[] = [];
    for (const write of layer) {
      if (isUpdate(write)) continue;
      const userId = await this.memory.idCheck.inPlaceOf(write, this.context.call);
      if (userId === null) creates.push(write);
      else this.#results.set(write, cameOutAs(userId));
    }
    this.memory.idCheck.note(this.context.keptIds);
    const first = this.memory.idCheck.candidates(creates);
    if (first.length > 0) await this.memory.idCheck.assertNobodyLeft(this.context.call);
    for (const write of first) {
      await this.#alone(write);
      await this.memory.idCheck.check(write, this.#results.get(write), this.context.call);
    }
    const others = creates.filter((write) => !first.includes(write));
    const sound = others.filter(({ payload }) => !isLikelyRefused(payload));
    const repeatable = updates.filter((update) => this.#mayBeRepeated(update));
    if (this.#mayMix) await this.#inArrays([...sound, ...repeatable]);
    else {
      await this.#inArrays(sound);
      await this.#inArrays(repeatable);
    }
    for (const update of updates) if (!repeatable.includes(update)) await this.#alone(update);
    for (const write of others) if (!sound.includes(write)) await this.#alone(write);
  }

  /** New users and changes go together once it is known what an answer to each tells: one of either kind alone would prove nothing of it. */
  get #mayMix(): boolean {
    const { createsNamed, updatesNamed, takesMixed } = this.options.instance.arrays;
    const { unproven } = this.memory;
    const areProven = !unproven.has('createsNamed') && !unproven.has('updatesNamed');
    return takesMixed && createsNamed === 'all' && updatesNamed === 'all' && areProven;
  }

  /** An array may have to be cut up and sent again; where an address without its id makes a second one, it must not be. */
  #mayBeRepeated({ payload }: PlannedWrite): boolean {
    return !hasUnnamedAddress(payload) || mayRepeatWithoutId(this.options.addresses);
  }

  async #inArrays(writes: Writes): Promise<void> {
    for (let left = this.#open(writes); left.length > 0;) {
      const arrays = this.#round(left);
      this.memory.atOnce = Math.min(2 * this.memory.atOnce, this.memory.most);
      left = left.slice(arrays.flat().length);
      await this.#send(arrays);
      this.context.onProgress(this.#results.size);
    }
  }

  /** The arrays that go out at once. Several only where answers name everybody: then each says which id is whose, whatever Halo does first. */
  #round(writes: Writes): Writes[] {
    const { createsNamed, updatesNamed, limit } = this.options.instance.arrays;
    const { lengths, atOnce } = this.memory;
    const size = lengths.next(writes.length);
    const round = writes.slice(0, size * atOnce);
    const areTold = round.every((write) => (isUpdate(write) ? updatesNamed : createsNamed) === 'all');
    return areTold && size > 1 && size <= limit ? cut(round, size) : [writes.slice(0, size)];
  }

  /**
   * What needs no look at Halo comes first: a look may fail, and whoever is there should be known when the others are looked for. `isSecond`:
   * they were lost, or answered 401, once before.
   */
  async #send(arrays: readonly Writes[], isSecond = false): Promise<void> {
    const all = arrays.flat();
    if (this.options.instance.arrays.updatesNamed === 'alone' && all.length > 1 && all.some(isUpdate)) {
      for (const write of all) await this.#alone(write);
      return;
    }
    const posted = await this.#post(arrays);
    for (const { writes, result, sentAt } of posted) {
      if (result.kind === 'lost' && result.error.mayStillRun) {
        noteLostUpdates(this.options.instance, writes, sentAt);
        if (posted.length > 1) this.memory.most = Math.floor(posted.length / 2);
      }
      if (mayBeDone(result, writes)) for (const write of writes) this.#sent.add(write);
    }
    for (const post of [...posted].sort((one, other) => inHand(one) - inHand(other)))
      await this.#after(post, isSecond, posted.length === 1);
  }

  #alone(write: PlannedWrite): Promise<void> {
    return this.#send([[write]]);
  }

  #post(arrays: readonly Writes[]): Promise<readonly Posted[]> {
    return postArrays(arrays, {
      ...this.options,
      lost: this.memory.lost,
      context: this.context,
      again: (write) => this.#again(write),
      onNewest: () => this.#answers.takeUnnumbered(),
    });
  }

  /** `isOnly`: no other array was under way with it. */
  async #after(post: Posted, isSecond: boolean, isOnly: boolean): Promise<void> {
    const { writes, result } = post;
    const alone = writes.length === 1 ? writes[0] : undefined;
    if (alone === undefined && result.kind !== 'accepted') this.memory.atOnce = 1;
    switch (result.kind) {
      case 'accepted':
        if (alone === undefined) return this.#afterAccepted(post, result.answer);
        return this.#afterAcceptedAlone(post, alone, result.answer);
      case 'refused':
        if (alone === undefined) return this.#afterRefused(writes);
        this.#sent.delete(alone);
        this.#refuse(alone, result.error);
        return;
      case 'blocked':
        // The token may be no good any more; then a new one is.
        if (result.error instanceof UnauthorizedError && !isSecond) return this.#afterUnauthorized(writes);
        return alone === undefined ? this.#afterRefused(writes) : this.#fail(alone, result.error);
      case 'lost': {
        const left = await this.#afterLost(post, result.error);
        if (alone === undefined) {
          // What fails at once may be chance; what takes long may be too much at once.
          if (!isSecond && !result.error.mayStillRun) return this.#send([left], true);
          // Of several it may have been their number that was too much.
          if (!isOnly) return this.#pieces(left);
          return this.#learnLength(writes.length, () => this.#pieces(left), writes.length - left.length);
        }
        if (left.length > 0) return this.#fail(alone, result.error);
        this.#pass([alone]);
        return;
      }
      case 'limited':
        return this.#afterLimited(writes, result.error);
      case 'failed':
        throw result.error;
    }
  }

  async #afterAcceptedAlone(post: Posted, write: PlannedWrite, answer: readonly WireUser[]): Promise<void> {
    const isAbsent = await this.#answers.isAbsentAlone(write, answer);
    if (!isUpdate(write) && !this.#isWritten(write) && (await this.#cameOutOtherwise(write, post))) return;
    if (isAbsent) return this.#fail(write, NOT_THERE);
    this.memory.lengths.took(1);
    this.#show([write], answer);
    this.#pass([write]);
  }

  /**
   * Whether a new user that Halo accepted, and that is not found by its ID, is there all the same: then it is not sent again. Whose e-mail address
   * is taken is planned again. Throws DriftError.
   */
  async #cameOutOtherwise(write: PlannedWrite, { knownUpTo }: Posted): Promise<boolean> {
    const { idCheck } = this.memory;
    const user = this.#answers.cameOutOtherwise(write, knownUpTo ?? Infinity, this.#ids);
    if (user === undefined) return false;
    const hasId = await idCheck.cameOutOtherwise(write, user, this.context.call);
    if (hasId) this.#results.set(write, { kind: 'written', userId: user.id });
    else if (!this.#results.has(write)) this.#results.set(write, cameOutAs(user.id));
    if (this.#results.get(write)?.kind !== 'again') this.#pass([write]);
    return true;
  }

  /** Nothing was done: it is sent again once the limit has room, by what is known then. */
  async #afterLimited(array: Writes, error: TransientError): Promise<void> {
    if (++this.#limited > MAX_LIMIT_ANSWERS || (error.retryAfterMs ?? 0) > MAX_LIMIT_WAIT_MS) throw error;
    this.options.directory.noteCreated(null);
    await this.#send([array]);
    this.#limited = 0;
  }

  /** Some of it may have been done before: who is new is looked for before it is sent again. */
  #afterUnauthorized(array: Writes): Promise<void> {
    this.options.directory.noteCreated(null);
    return this.#send([array], true);
  }

  async #afterAccepted(post: Posted, answer: readonly WireUser[]): Promise<void> {
    const { writes: array } = post;
    const updates = array.filter(isUpdate);
    const creates = array.filter((write) => !isUpdate(write));
    const absent: PlannedWrite[] = [];
    for (const write of await this.#answers.absentCreates(creates, answer, post))
      if (!(await this.#cameOutOtherwise(write, post))) absent.push(write);
    const open = this.#repeatable(await this.#answers.openUpdates(updates, answer));
    const left = [...absent, ...open];
    this.#show(array, answer);
    // Some of those left may be of the array before, whom only this one has shown not to be there.
    const done = array.filter((write) => !left.includes(write));
    this.#pass(done);
    if (left.length === 0) this.memory.lengths.took(array.length);
    else if (done.length === 0) await this.#pieces(left);
    else await this.#leftOut(absent, open, done.length);
  }

  /** An accepted array left people out: they are bad, which shows when they stand alone, or this Halo heeds only so many at once. */
  async #leftOut(creates: Writes, updates: Writes, done: number): Promise<void> {
    const { arrays } = this.options.instance;
    for (const [place, write] of creates.entries()) {
      await this.#alone(write);
      if (!this.#isWritten(write)) arrays.badOnes = 'left-out';
      else {
        this.memory.lengths.heeded(done);
        await this.#inArrays(creates.slice(place + 1));
        break;
      }
    }
    for (const update of updates) {
      await this.#alone(update);
      // Alone, a change of nothing but the address is always taken for done.
      if (this.#isWritten(update) && update.changes.fields.length > 0) arrays.updatesNamed = 'alone';
    }
  }

  async #afterRefused(array: Writes): Promise<void> {
    const { arrays } = this.options.instance;
    const creates = array.filter(({ userId }) => userId === null);
    const looks = arrays.refusesWhole ? ONE_LOOK : undefined;
    const absent = creates.length === 0 ? [] : await this.#answers.absent(creates, looks);
    const left = [...this.#open(absent), ...this.#repeatable(array.filter(isUpdate))];
    const [first, ...rest] = left;
    if (first === undefined) return;
    if (absent.length < creates.length) {
      // Those before the bad one are there, so it is the first that is not.
      this.#pass(creates.filter((write) => this.#isWritten(write)));
      await this.#alone(first);
      return this.#inArrays(rest);
    }
    const before = this.#bad;
    if (creates.length > 0 && creates.length < left.length) {
      await this.#send([absent]);
      await this.#send([this.#open(left.filter(isUpdate))]);
      if (this.#bad === before) arrays.takesMixed = false;
      return;
    }
    return this.#learnLength(array.length, () => this.#cutUp(left, creates.length > 0));
  }

  /** `done`: so many of an array without an answer were done all the same. */
  async #learnLength(length: number, cutUp: () => Promise<void>, done = 0): Promise<void> {
    const before = this.#bad;
    this.memory.lengths.cut();
    try {
      await cutUp();
    } finally {
      this.memory.lengths.cutUp(length, this.#bad === before, done > 0 ? pieceOf(length) : 0);
    }
  }

  /** Nobody of the array is there: it is not known yet whether the first is the bad one. */
  async #cutUp(writes: Writes, areNew: boolean): Promise<void> {
    const { arrays } = this.options.instance;
    const [first, ...rest] = writes;
    if (first === undefined) return;
    if (!areNew || arrays.refusesWhole) return this.#pieces(writes);
    await this.#alone(first);
    if (!this.#isWritten(first)) return this.#inArrays(rest);
    arrays.refusesWhole = true;
    return this.#pieces(rest);
  }

  async #pieces(writes: Writes): Promise<void> {
    for (const part of cut(writes, pieceOf(writes.length))) {
      const piece = this.#open(part);
      if (piece.length > 0) await this.#send([piece]);
    }
  }

  /** Answers who is still to be sent, once nothing of it can be under way any more. */
  async #afterLost({ writes: array, sentAt }: Posted, error: LostAnswerError): Promise<Writes> {
    const { clock, directory } = this.options;
    const creates = array.filter(({ userId }) => userId === null);
    const updates = this.#repeatable(array.filter(isUpdate));
    if (creates.length === 0) {
      await clock.sleep(error.mayStillRun ? SLOW_PAUSE_MS : PAUSE_MS, this.context.call.signal);
      return updates;
    }
    directory.noteCreated(null);
    const absent = await this.#answers.absent(creates, this.memory.lost.looksAfterMs(error, sentAt));
    this.memory.lost.lookedFor();
    return [...this.#open(absent), ...updates];
  }

  #show(writes: Writes, answer: readonly WireUser[]): void {
    const rows = new Map(answer.map((row) => [row.id, row]));
    for (const write of writes) {
      const result = this.#results.get(write);
      if (result?.kind === 'written') this.#results.set(write, { ...result, shown: rows.get(result.userId) });
    }
  }

  /** The others are given back to be planned anew: whether their address came to be there must be seen first. */
  #repeatable(updates: readonly PlannedUpdate[]): readonly PlannedUpdate[] {
    const { addresses } = this.options;
    if (addresses.withoutId === 'replaces') return updates;
    const unnamed = updates.filter(({ payload }) => hasUnnamedAddress(payload));
    if (unnamed.length === 0) return updates;
    addresses.isCautious = true;
    for (const update of unnamed) this.#again(update);
    return updates.filter((update) => !unnamed.includes(update));
  }

  #again(write: PlannedWrite): void {
    this.#results.set(write, { kind: 'again' });
    this.#suspects.drop(write);
  }

  #open(writes: Writes): Writes {
    return writes.filter((write) => !this.#results.has(write));
  }

  #isWritten(write: PlannedWrite): boolean {
    return this.#results.get(write)?.kind === 'written';
  }

  #pass(writes: Writes): void {
    for (const write of writes) {
      this.memory.lengths.passed();
      this.#suspects.passed(write);
    }
  }

  #refuse(write: PlannedWrite, error: HaloRefusalError): void {
    this.#bad += 1;
    this.memory.lengths.refused();
    this.#results.set(write, { kind: 'refused', error });
    this.#suspects.passed(write);
  }

  #fail(write: PlannedWrite, error: Error): Promise<void> {
    this.#bad += 1;
    return this.#suspects.failed(write, error);
  }
}

function cameOutAs(userId: number): WriteResult {
  const reason = `accepted, and user ${userId} seems to be the new one, without this person's SeatGeek ID`;
  return { kind: 'refused', error: new HaloRefusalError(200, reason) };
}

/** Of a refused array, those before the bad one may be written. */
function mayBeDone({ kind }: PostResult, { length }: Writes): boolean {
  return kind === 'accepted' || kind === 'lost' || (length > 1 && (kind === 'refused' || kind === 'blocked'));
}

/** In which order what became of arrays is looked at. */
function inHand({ writes, result }: Posted): number {
  if (result.kind !== 'accepted') return 2;
  return result.answer.length < writes.length ? 1 : 0;
}

/** Few enough that a bad one is found soon, many enough that the others cost little. */
function pieceOf(length: number): number {
  return Math.max(1, Math.min(Math.ceil(Math.sqrt(length)), length - 1));
}

function cut(writes: Writes, size: number): Writes[] {
  return Array.from({ length: Math.ceil(writes.length / size) }, (_, n) => writes.slice(n * size, (n + 1) * size));
}
