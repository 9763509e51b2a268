/**
 * Sends users in arrays, and cuts up whatever goes wrong until the one person stands alone: refused, forbidden, unanswered, or accepted and
 * not there. Nothing is assumed of what a tenant does with arrays (`reference/halo.md` 3.5, 8.1), and no create is sent again before it is read
 * what became of it.
 */
import { mayRepeatWithoutId, type AddressHabits } from '../address/address-habits.js';
import type { CallOptions, HaloClient } from '../api/client.js';
import { ForbiddenError, HaloRefusalError, type LostAnswerError } from '../api/errors.js';
import type { WireUser } from '../api/wire.js';
import type { Clock } from '../clock.js';
import type { Directory } from '../directory/directory.js';
import type { Targets } from '../fields/targets.js';
import type { HaloInstance } from '../instance.js';
import { hasUnnamedAddress } from '../plan/payload.js';
import { Answers, isUpdate, type PlannedUpdate } from './answers.js';
import { ArrayLengths } from './array-lengths.js';
import { isLikelyRefused } from './column-sizes.js';
import { IdCheck } from './id-check.js';
import { LostCreates, noteLostUpdates } from './lost-creates.js';
import { postUsers, type PostResult } from './post-users.js';
import { Suspects } from './suspects.js';
import type { PlannedWrite, Sent, UserWriter, WriteContext, WriteResult } from './writer.js';

export interface ArraySenderOptions {
  readonly client: HaloClient;
  readonly instance: HaloInstance;
  readonly addresses: AddressHabits;
  readonly directory: Directory;
  readonly targets: Targets;
  readonly clock: Clock;
  /** Most users of one array. */
  readonly size: number;
}

/** What a run keeps from one layer to the next. */
interface Memory {
  readonly lengths: ArrayLengths;
  readonly idCheck: IdCheck;
  readonly lost: LostCreates;
  readonly count: { accepted: number };
  /** A user that this run has written: a change of nothing to it shows whether Halo can be written to. */
  control: number | null;
}

export function createArraySender(options: ArraySenderOptions): UserWriter {
  const memory: Memory = {
    lengths: new ArrayLengths(options.instance.arrays, options.size),
    idCheck: new IdCheck(options),
    lost: new LostCreates(options.instance, options.clock),
    count: { accepted: 0 },
    control: null,
  };
  return { write: (layer, context) => new Sending(options, memory, context).send(layer) };
}

type Writes = readonly PlannedWrite[];

interface Posted {
  /** Without those who turned out not to be new. */
  readonly writes: Writes;
  readonly posted: PostResult;
  readonly sentAt: number;
}

const NOTHING_SENT: PostResult = { kind: 'accepted', answer: [] };
const ONE_LOOK: readonly number[] = [0];
const NOT_THERE = new HaloRefusalError(200, 'accepted, and not there afterwards');
/** Who may fail one after the other before it is asked whether Halo can be written to, and how many where that can't be asked. */
const MAX_IN_A_ROW = 2;
const MAX_UNCONTROLLED = 4;
const PAUSE_MS = 1_000;
const SLOW_PAUSE_MS = 10_000;

class Sending {
  readonly #results = new Map<PlannedWrite, WriteResult>();
  readonly #suspects = new Suspects();
  readonly #answers: Answers;
  readonly #call: CallOptions;
  /** Refused or under suspicion so far. */
  #bad = 0;

  constructor(
    private readonly options: ArraySenderOptions,
    private readonly memory: Memory,
    private readonly context: WriteContext,
  ) {
    this.#call = context.call;
    const { instance } = options;
    this.#answers = new Answers(
      { ...options, habits: instance.arrays, count: memory.count },
      this.#results,
      context.call,
    );
  }

  async send(layer: Writes): Promise<Sent> {
    try {
      await this.#sendAll(layer);
      await this.#judge();
      await this.#answers.end();
      return { results: this.#results, failure: undefined };
    } catch (failure) {
      this.options.directory.noteCreated(null);
      return { results: this.#results, failure: failure instanceof Error ? failure : new Error(String(failure)) };
    }
  }

  async #sendAll(layer: Writes): Promise<void> {
    const creates = layer.filter(({ userId }) => userId === null);
    const updates = layer.filter(isUpdate);
    this.memory.idCheck.note(this.context.keptIds);
    const first = this.memory.idCheck.candidates(creates);
    for (const write of first) {
      await this.#alone(write);
      await this.memory.idCheck.check(write, this.#results.get(write), this.#call);
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

  /** New users and changes go together once it is known what an answer to each tells. */
  get #mayMix(): boolean {
    const { createsNamed, updatesNamed, takesMixed } = this.options.instance.arrays;
    return takesMixed && createsNamed === 'all' && updatesNamed === 'all';
  }

  /** An array may have to be cut up and sent again; where an address without its id makes a second one, it must not be. */
  #mayBeRepeated({ payload }: PlannedWrite): boolean {
    return !hasUnnamedAddress(payload) || mayRepeatWithoutId(this.options.addresses);
  }

  async #inArrays(writes: Writes): Promise<void> {
    for (let left = this.#open(writes); left.length > 0;) {
      const size = this.memory.lengths.next(left.length);
      await this.#array(left.slice(0, size));
      left = left.slice(size);
      this.context.onProgress(this.#results.size);
    }
  }

  async #array(array: Writes, isSecond = false): Promise<void> {
    const [only] = array;
    if (array.length === 0) return;
    if (array.length === 1 && only !== undefined) return this.#alone(only);
    if (this.options.instance.arrays.updatesNamed === 'alone' && array.some(isUpdate)) {
      for (const write of array) await this.#alone(write);
      return;
    }
    const { writes, posted, sentAt } = await this.#post(array);
    if (writes.length === 0) return;
    switch (posted.kind) {
      case 'accepted':
        return this.#afterAccepted(writes, posted.answer);
      case 'refused':
      case 'blocked':
        return this.#afterRefused(writes);
      case 'lost': {
        const left = await this.#afterLost(writes, posted.error, sentAt);
        // What fails at once may be chance; what takes long may be too much at once.
        return isSecond || posted.error.mayStillRun ? this.#pieces(left) : this.#array(left, true);
      }
      case 'failed':
        throw posted.error;
    }
  }

  async #alone(write: PlannedWrite): Promise<void> {
    const { writes, posted, sentAt } = await this.#post([write]);
    if (writes.length === 0) return;
    switch (posted.kind) {
      case 'accepted':
        if (await this.#answers.isAbsentAlone(write, posted.answer)) return this.#fail(write, NOT_THERE);
        this.memory.lengths.took(1);
        this.#show(writes, posted.answer);
        this.#pass(writes);
        return;
      case 'refused':
        this.#refuse(write, posted.error);
        return;
      case 'blocked':
        return this.#fail(write, posted.error);
      case 'lost': {
        const left = await this.#afterLost(writes, posted.error, sentAt);
        if (left.length > 0) return this.#fail(write, posted.error);
        this.#pass(writes);
        return;
      }
      case 'failed':
        throw posted.error;
    }
  }

  /** From knowing the newest users until the new ones are there nobody else in this process creates. */
  async #post(array: Writes): Promise<Posted> {
    const { client, clock, instance } = this.options;
    if (array.every(isUpdate)) {
      await client.ready(this.#call);
      const writes = this.#stillGood(array);
      const sentAt = clock.now();
      if (writes.length === 0) return { writes, posted: NOTHING_SENT, sentAt };
      return { writes, posted: await postUsers(client, writes, this.#call), sentAt };
    }
    return instance.creating.run(async () => {
      const writes = await this.#stillNew(array);
      if (writes.length === 0) return { writes, posted: NOTHING_SENT, sentAt: 0 };
      const sentAt = clock.now();
      const answered = this.memory.lost.sending();
      const posted = await postUsers(client, writes, this.#call);
      if (posted.kind !== 'lost' || !posted.error.mayStillRun) answered();
      return { writes, posted, sentAt };
    });
  }

  /** Knows the newest users; whoever turns out to be among them is planned again. */
  async #stillNew(array: Writes): Promise<Writes> {
    const { client, directory } = this.options;
    if (await this.memory.lost.settled(this.#call)) directory.noteCreated(null);
    // A long wait for Halo's limit must not lie between knowing the newest users and creating.
    await client.ready(this.#call, 2);
    const people = array.filter(({ userId }) => userId === null).map(({ person }) => person);
    if (await directory.readyToCreate(people, this.#call)) this.#answers.takeUnnumbered();
    const found = array.filter((write) => write.userId === null && !this.context.isStillNew(write));
    for (const write of found) this.#again(write);
    return this.#stillGood(array.filter((write) => !found.includes(write)));
  }

  /** Waiting for Halo may have made the others too old to be sent: they are planned again. */
  #stillGood(array: Writes): Writes {
    const now = this.options.clock.now();
    const old = array.filter(({ goodUntil }) => goodUntil < now);
    for (const write of old) this.#again(write);
    return old.length === 0 ? array : array.filter((write) => !old.includes(write));
  }

  async #afterAccepted(array: Writes, answer: readonly WireUser[]): Promise<void> {
    const updates = array.filter(isUpdate);
    const creates = array.filter((write) => !isUpdate(write));
    const absent = await this.#answers.absentCreates(creates, answer);
    const open = this.#repeatable(await this.#answers.openUpdates(updates, answer));
    const left = [...absent, ...open];
    this.#show(array, answer);
    if (left.length < array.length) this.#pass(array.filter((write) => !left.includes(write)));
    if (left.length === 0) this.memory.lengths.took(array.length);
    else if (absent.length === creates.length && open.length === updates.length) await this.#pieces(left);
    else await this.#leftOut(absent, open, array.length - left.length);
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
      await this.#array(absent);
      await this.#array(this.#open(left.filter(isUpdate)));
      if (this.#bad === before) arrays.takesMixed = false;
      return;
    }
    this.memory.lengths.cut();
    try {
      await this.#cutUp(left, creates.length > 0);
    } finally {
      this.memory.lengths.cutUp(array.length, this.#bad === before);
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

  /** Few enough that a bad one is found soon, many enough that the others cost little. */
  async #pieces(writes: Writes): Promise<void> {
    const size = Math.max(1, Math.min(Math.ceil(Math.sqrt(writes.length)), writes.length - 1));
    for (let from = 0; from < writes.length; from += size) {
      const piece = this.#open(writes.slice(from, from + size));
      if (piece.length > 0) await this.#array(piece);
    }
  }

  /** Answers who is still to be sent, once nothing of it can be under way any more. */
  async #afterLost(array: Writes, error: LostAnswerError, sentAt: number): Promise<Writes> {
    const { clock, directory, instance } = this.options;
    const creates = array.filter(({ userId }) => userId === null);
    if (error.mayStillRun) noteLostUpdates(instance, array, sentAt);
    const updates = this.#repeatable(array.filter(isUpdate));
    if (creates.length === 0) {
      await clock.sleep(error.mayStillRun ? SLOW_PAUSE_MS : PAUSE_MS, this.#call.signal);
      return updates;
    }
    directory.noteCreated(null);
    const absent = await this.#answers.absent(creates, this.memory.lost.looksAfterMs(error, sentAt));
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
      const result = this.#results.get(write);
      if (result?.kind === 'written') this.memory.control = result.userId;
      this.memory.lengths.passed();
      this.#suspects.passed(write);
    }
  }

  #refuse(write: PlannedWrite, error: HaloRefusalError): void {
    this.#bad += 1;
    this.memory.lengths.refused();
    this.#results.set(write, { kind: 'refused', error });
    // Halo has looked at it, so Halo is there.
    this.#suspects.passed(write);
  }

  /** Some who fail with nobody between whom Halo takes may be an outage. */
  async #fail(write: PlannedWrite, error: Error): Promise<void> {
    this.#bad += 1;
    this.#suspects.failed(write, error);
    if (this.#suspects.inARow < (this.#control === null ? MAX_UNCONTROLLED : MAX_IN_A_ROW)) return;
    if (!(await this.#canBeWritten())) throw error;
  }

  /** Tries the suspects again, and rejects those who fail while Halo can be written to. */
  async #judge(): Promise<void> {
    for (let again = this.#suspects.toBeTriedAgain(); again.length > 0; again = this.#suspects.toBeTriedAgain()) {
      await this.options.clock.sleep(PAUSE_MS, this.#call.signal);
      for (const write of again) await this.#alone(write);
    }
    const convicted = this.#suspects.convicted();
    const error = this.#suspects.lastError();
    if (error === undefined) return;
    if (this.#suspects.inARow > 0 && !(await this.#canBeWritten()) && !this.#isTheirOwn(error)) throw error;
    for (const [write, refusal] of convicted) this.#results.set(write, { kind: 'refused', error: refusal });
  }

  /** A few who are all there is can't be compared with anybody. Halo's own 403 is about the application then. */
  #isTheirOwn(error: Error): boolean {
    const areFew = this.#control === null && this.#suspects.count < MAX_UNCONTROLLED && this.#results.size === 0;
    return areFew && !(error instanceof ForbiddenError && !error.isPage);
  }

  /** A user whom this run has written, or somebody of ours who is not under suspicion. */
  get #control(): number | null {
    return this.memory.control ?? this.options.directory.someoneOfOurs((id) => !this.#suspects.has(id));
  }

  async #canBeWritten(): Promise<boolean> {
    const id = this.#control;
    if (id === null) return false;
    try {
      await this.options.client.post('/Users', [{ id, _dont_fire_automations: true }], this.#call);
      this.#suspects.passed();
      return true;
    } catch (error) {
      return error instanceof HaloRefusalError;
    }
  }
}
