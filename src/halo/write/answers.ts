/**
 * Finds out who of an accepted array is in Halo. An answer may name everybody, in any order, or only one, or nobody (`reference/halo.md` 3.5,
 * 8.1); what it does is held against what is read back, and trusted for a while once it was true. Where fewer are named, whether an accepted array may
 * lack somebody bad is found out too, and new users are numbered by the next array: Halo gives ids in the order of creation, so its first id
 * proves that nobody else came between.
 */
import { foldId } from '../../contract/person-key.js';
import { foldEmail } from '../../mapping/email.js';
import type { CallOptions, HaloClient } from '../api/client.js';
import { HaloRefusalError } from '../api/errors.js';
import { CredentialsRefusedError, SyncError, TransientError } from '../../errors.js';
import type { WireUser } from '../api/wire.js';
import type { Clock } from '../clock.js';
import { hashValue, storedHash } from '../directory/hashed-value.js';
import type { Directory } from '../directory/directory.js';
import { AT_ONCE_MS, BEHIND_MS } from '../directory/known-up-to.js';
import { ShownValue, shownIn, storedOf, type KnownUser } from '../directory/known-user.js';
import type { Targets } from '../fields/targets.js';
import type { HaloInstance } from '../instance.js';
import { isFormOf } from '../fields/text-form.js';
import { inFlight } from '../in-flight.js';
import { isSameValue } from '../plan/same-value.js';
import type { ArrayFact, ArrayHabits } from './array-habits.js';
import { namedUsers } from './named-users.js';
import { LISTED_AFTER_MS } from './lost-creates.js';
import type { Posted } from './post-arrays.js';
import { isUpdate, type PlannedUpdate, type PlannedWrite, type WriteResult } from './writer.js';

export interface AnswersOptions {
  readonly client: HaloClient;
  readonly instance: Pick<HaloInstance, 'arraysProvenAt' | 'listsAtOnce'>;
  readonly habits: ArrayHabits;
  readonly directory: Directory;
  readonly targets: Targets;
  readonly clock: Clock;
  /** Arrays accepted in this run. */
  readonly count: { accepted: number };
  /** What the first arrays have to show yet. */
  readonly unproven: Set<ArrayFact>;
}

type Results = Map<PlannedWrite, WriteResult>;

interface LookOptions {
  /** Ids that an answer gave. */
  readonly named?: ReadonlyMap<PlannedWrite, number>;
  /** Before each look, in milliseconds. */
  readonly pauses?: readonly number[];
  /** Those of them whom Halo has accepted just now, and when. */
  readonly latest?: { readonly writes: readonly PlannedWrite[]; readonly answeredAt: number };
}

/** Arrays accepted until what an answer says is held against Halo again. */
const LOOK_AGAIN_EVERY = 100;
/**
 * Who isn't there is looked for again after so many milliseconds, before they count as absent; where lists show new users at once, without the
 * last.
 */
const LOOKS_AFTER_MS: readonly number[] = [0, ...LISTED_AFTER_MS];
/** Users of one array whose details may fail to come; more are an outage. */
const MAX_UNREADABLE = 3;
const LOOKS_IN_FLIGHT = 4;
/** Ids from the newest down among which somebody just created is looked for. */
const MAX_NEWER = 1_000;
/** The highest id that Halo's type for it has; nobody will ever have it. */
const NOBODYS_ID = 2_147_483_647;

export class Answers {
  /** Users above it are newer than the plan. */
  readonly #plannedUpTo: number;
  /** Accepted and surely in Halo, but their ids are not known yet. */
  #unnumbered: readonly PlannedWrite[] = [];
  /** The newest were read and some of those were not among them. */
  #isChainCut = false;

  constructor(
    private readonly options: AnswersOptions,
    private readonly results: Results,
    private readonly call: CallOptions,
  ) {
    this.#plannedUpTo = options.directory.readUpTo ?? 0;
  }

  /** Who of an accepted array of new users is not in Halo. Throws what reading Halo throws. */
  async absentCreates(
    writes: readonly PlannedWrite[],
    answer: readonly WireUser[],
    { knownUpTo, answeredAt }: Pick<Posted, 'knownUpTo' | 'answeredAt'>,
  ): Promise<readonly PlannedWrite[]> {
    if (writes.length === 0) return [];
    const { habits, targets, directory, unproven } = this.options;
    const named = new Map([...namedUsers(answer, writes, targets)].filter(([, id]) => isNewId(id, knownUpTo)));
    const isDue = this.#isDue();
    const isFirst = writes.length > 1 && unproven.delete('createsNamed');
    const areTold = !isDue && habits.createsNamed === 'all' && named.size === writes.length;
    if (areTold && (!isFirst || (await this.#isThere(writes.at(-1), named)))) {
      if (isFirst) this.#prove('createsNamed');
      for (const [write, userId] of named) this.results.set(write, { kind: 'written', userId });
      directory.noteCreated([...named.values()], answeredAt);
      return [];
    }
    if (!isDue && !isFirst && this.#isCounted && this.#followOn(writes, named, answer)) return [];
    const { present, absent } = await this.#readBack([...this.#unnumbered, ...writes], {
      named,
      latest: { writes, answeredAt },
    });
    await this.#learnNaming(writes, named, present);
    if (writes.length > 1) this.#prove('createsNamed');
    return absent;
  }

  /** Who of an accepted array of updates can't be taken for done. Throws what reading Halo throws. */
  async openUpdates(updates: readonly PlannedUpdate[], answer: readonly WireUser[]): Promise<readonly PlannedUpdate[]> {
    if (updates.length === 0) return [];
    const { habits, unproven } = this.options;
    const ids = idsOf(answer);
    const named = updates.filter(({ userId }) => ids.has(userId));
    const isAll = named.length === updates.length;
    // The first of an array tells nothing of the others, and whose address alone changes nothing at all.
    const isFirst =
      updates.slice(1).some(({ changes }) => changes.fields.length > 0) && unproven.delete('updatesNamed');
    const isDue = this.#isDue() || isFirst;
    const isUsual = habits.updatesNamed === 'all' ? isAll : habits.updatesNamed === 'few' && ids.size > 0;
    if (updates.length === 1 && isAll) return this.#done(updates);
    if (!isDue && isUsual) return this.#done(updates);
    const sample = await this.#findSample(updates);
    // Of one that changes nothing but the address nothing can be compared; alone it can't have been left out for another's sake.
    if (sample === undefined) return updates.length === 1 ? this.#done(updates) : this.#allBut(named, updates);
    if (updates.length > 1) this.#prove('updatesNamed');
    if (!sample.isDone) {
      if (named.length > 1 && named.includes(sample.update)) habits.updatesNamed = 'alone';
      return this.#allBut(named.includes(sample.update) ? [] : named, updates);
    }
    if (updates.length === 1 || isAll) {
      if (updates.length > 1) habits.updatesNamed = 'all';
      return this.#done(updates);
    }
    // Who names several names everybody, so those left out are not done.
    if (named.length > 1) return this.#allBut(named, updates);
    await this.#learnBadOnes(sample.update.userId);
    if (habits.badOnes !== 'refused' || habits.updatesNamed === 'all') {
      if (habits.updatesNamed === 'few') habits.updatesNamed = 'unknown';
      const done = [...named, sample.update];
      return this.#allBut([...done, ...(await this.#seenDone(updates.filter((one) => !done.includes(one))))], updates);
    }
    habits.updatesNamed = 'few';
    return this.#done(updates);
  }

  /** Who is not in Halo, looking again after each of `pauses` (milliseconds) as long as somebody is missing. Throws what reading Halo throws. */
  async absent(writes: readonly PlannedWrite[], pauses = LOOKS_AFTER_MS): Promise<readonly PlannedWrite[]> {
    const accepted = new Set(this.#unnumbered);
    const { absent } = await this.#readBack([...accepted, ...writes], { pauses });
    const unshown = absent.filter((write) => accepted.has(write));
    if (unshown.length === 0 || pauses.length > 1) return absent;
    // They should be there: the list is late, and says nothing of the others either.
    const lost = await this.#readBack(unshown);
    const others = await this.#readBack(
      absent.filter((write) => !accepted.has(write)),
      { pauses },
    );
    return [...lost.absent, ...others.absent];
  }

  /** Whether somebody whom Halo has accepted alone is not there as sent. */
  async isAbsentAlone(write: PlannedWrite, answer: readonly WireUser[]): Promise<boolean> {
    if (isUpdate(write)) return (await this.openUpdates([write], answer)).length > 0;
    await this.end();
    const [userId, ...more] = idsOf(answer);
    if (userId === undefined || more.length > 0 || !isNewId(userId, this.options.directory.readUpTo))
      return (await this.absent([write])).length > 0;
    this.results.set(write, { kind: 'written', userId });
    this.options.directory.noteCreated([userId]);
    return false;
  }

  /** Numbers the last of those whose ids the next array would have told. */
  async end(): Promise<void> {
    if (this.#unnumbered.length > 0) await this.#readBack(this.#unnumbered);
  }

  /** Takes those for whom the newest users were just read. Requests nothing. */
  takeUnnumbered(): void {
    const { present } = this.#find(this.#unnumbered);
    this.#settle(present);
    this.#unnumbered = this.#unnumbered.filter((write) => !present.has(write));
    this.#isChainCut = this.#unnumbered.length > 0;
  }

  #prove(fact: ArrayFact): void {
    const { instance, clock } = this.options;
    instance.arraysProvenAt.set(fact, clock.now());
  }

  #isDue(): boolean {
    this.options.count.accepted += 1;
    return this.options.count.accepted % LOOK_AGAIN_EVERY === 0;
  }

  get #isCounted(): boolean {
    const { habits } = this.options;
    return habits.createsNamed === 'few' && habits.badOnes === 'refused';
  }

  /** Asked for alone, as a list may be late. */
  async #isThere(write: PlannedWrite | undefined, named: ReadonlyMap<PlannedWrite, number>): Promise<boolean> {
    const id = write && named.get(write);
    if (write === undefined || id === undefined) return false;
    try {
      await this.options.directory.readDetails(id, this.call);
    } catch (error) {
      if (!(error instanceof SyncError) || error.code === 'halo-rate-limited') throw error;
    }
    return this.#find([write]).present.get(write) === id;
  }

  /** Whether the answer shows that the array's users follow on those known, with nobody between: then those before them have their ids. */
  #followOn(
    writes: readonly PlannedWrite[],
    named: ReadonlyMap<PlannedWrite, number>,
    answer: readonly WireUser[],
  ): boolean {
    const { directory } = this.options;
    const { readUpTo } = directory;
    if (readUpTo === null || this.#isChainCut) return false;
    const first = readUpTo + 1 + this.#unnumbered.length;
    const due = new Set(writes.map((_, place) => first + place));
    const ids = idsOf(answer);
    // Where no row says whose its id is, only the lowest that the array can have shows that nobody came between.
    const isTrue =
      named.size > 0 ? [...named].every(([write, id]) => id === first + writes.indexOf(write)) : ids.has(first);
    if (!isTrue) return false;
    if (![...ids].every((id) => id <= readUpTo || due.has(id))) return false;
    this.#number(this.#unnumbered, readUpTo + 1);
    this.#unnumbered = writes;
    return true;
  }

  #number(writes: readonly PlannedWrite[], first: number): void {
    writes.forEach((write, place) => this.results.set(write, { kind: 'written', userId: first + place }));
    this.options.directory.noteCreated(writes.map((_, place) => first + place));
  }

  async #learnNaming(
    writes: readonly PlannedWrite[],
    named: ReadonlyMap<PlannedWrite, number>,
    present: ReadonlyMap<PlannedWrite, number>,
  ): Promise<void> {
    const { habits } = this.options;
    const ids = writes.flatMap((write) => present.get(write) ?? []);
    const [first] = ids;
    // An answer may name whom it was sent, heeded or not, and where few are named, that they are counted was not true.
    if (
      [...named.keys()].some((write) => !present.has(write)) ||
      (habits.createsNamed === 'few' && ids.length < writes.length)
    )
      habits.createsNamed = 'unknown';
    if (writes.length < 2 || first === undefined || ids.length < writes.length) return;
    const isTrue = [...named].every(([write, id]) => present.get(write) === id);
    if (named.size === writes.length) habits.createsNamed = isTrue ? 'all' : 'unknown';
    else if (habits.createsNamed !== 'all' && isTrue) {
      await this.#learnBadOnes(first);
      const isInOrder = ids.every((id, place) => id === first + place);
      if (isInOrder) habits.createsNamed = 'few';
    }
  }

  /** Sends a change of nothing and one of a user that can't be there, once in a while. */
  async #learnBadOnes(userId: number): Promise<void> {
    const { client, habits, unproven } = this.options;
    if (unproven.delete('badOnes')) habits.badOnes = 'unknown';
    if (habits.badOnes !== 'unknown') return;
    this.#prove('badOnes');
    const items = [userId, NOBODYS_ID].map((id) => ({ id, _dont_fire_automations: true }));
    try {
      await client.post('/Users', items, this.call);
      habits.badOnes = 'left-out';
    } catch (error) {
      if (error instanceof HaloRefusalError) habits.badOnes = 'refused';
      // It may have been the id that was forbidden and nothing else: others who are bad count as left out, so that everybody is looked for.
      else if (error instanceof CredentialsRefusedError) habits.badOnes = 'left-out';
      else if (!(error instanceof TransientError)) throw error;
    }
  }

  #done(updates: readonly PlannedUpdate[]): readonly PlannedUpdate[] {
    return this.#allBut(updates, updates);
  }

  #allBut(done: readonly PlannedUpdate[], updates: readonly PlannedUpdate[]): readonly PlannedUpdate[] {
    for (const update of done)
      if (!this.results.has(update)) this.results.set(update, { kind: 'written', userId: update.userId });
    return updates.filter((update) => !this.results.has(update));
  }

  /**
   * One of an accepted array that tells whether it was done. Whoever has all texts in another form, as before, tells nothing, and has in any case
   * what was to be written; so the next is looked at, as it is where somebody can't be read. Undefined where nobody tells.
   */
  async #findSample(
    updates: readonly PlannedUpdate[],
  ): Promise<{ update: PlannedUpdate; isDone: boolean } | undefined> {
    const unreadable: PlannedUpdate[] = [];
    for (const update of updates.toReversed()) {
      const isDone = await this.#isDone(update, unreadable);
      if (isDone !== null) return { update, isDone };
    }
    return undefined;
  }

  /** Who of an accepted array is there as sent: lists show many at once, and whom they don't show so is read alone. */
  async #seenDone(updates: readonly PlannedUpdate[]): Promise<readonly PlannedUpdate[]> {
    const { directory } = this.options;
    const rows = new Map<number, WireUser>();
    const known = updates.flatMap(({ person, userId }) => {
      const user = directory.index.get(userId);
      return user === undefined ? [] : [{ person, user }];
    });
    await directory.readAgain(known, this.call, (users) => {
      for (const user of users) rows.set(user.id, user);
    });
    const listed = updates.filter((update) => this.#isListedAsSent(update, rows.get(update.userId)));
    const left = updates.filter((update) => !listed.includes(update));
    const unreadable: PlannedUpdate[] = [];
    const areDone = await inFlight(left, LOOKS_IN_FLIGHT, (update) => this.#isDone(update, unreadable));
    return [...listed, ...left.filter((_, place) => areDone[place] === true)];
  }

  /** A list may show labels, and other values in a form of its own: only what is as sent, and was not so before, proves anything. */
  #isListedAsSent({ userId, changes: { fields } }: PlannedUpdate, row: WireUser | undefined): boolean {
    const { directory, targets } = this.options;
    const before = directory.index.get(userId)?.values ?? [];
    const shown = fields.flatMap(({ place, value }) => {
      const target = targets.all[place];
      const now = row === undefined || target === undefined ? undefined : shownIn(row, target);
      return now === undefined ? [] : [{ isSame: isSameValue(now, value), wasKnown: before[place] !== undefined }];
    });
    return shown.every(({ isSame }) => isSame) && shown.some(({ wasKnown }) => wasKnown);
  }

  /** Null where that can't be told: one who has all texts in another form is taken for done, and one who can't be read is noted. */
  async #isDone(update: PlannedUpdate, unreadable: PlannedUpdate[]): Promise<boolean | null> {
    if (update.changes.fields.length === 0) return null;
    const { userId } = update;
    const seen = await this.#lookAt(update).catch((error: unknown) => {
      const isMany = unreadable.push(update) > MAX_UNREADABLE;
      if (!(error instanceof SyncError) || error.code === 'halo-rate-limited' || isMany) throw error;
      return null;
    });
    if (seen === null || typeof seen === 'boolean') return seen;
    this.results.set(update, { kind: 'written', userId, kept: seen });
    return null;
  }

  /** That all values are as they were means that nothing was written; the user itself where their form is all that differs from what was sent. */
  async #lookAt({ userId, changes: { fields } }: PlannedUpdate): Promise<boolean | KnownUser> {
    const { directory } = this.options;
    try {
      const before = directory.index.get(userId)?.values ?? [];
      const user = await directory.readDetails(userId, this.call);
      if (user === null) return false;
      // A list may have shown no more than the label.
      const isOther = (place: number, now: unknown): boolean =>
        before[place] !== undefined && !hashesOf(now).includes(storedHash(before[place]));
      const isDone = fields.some(({ place, value }) => {
        const now = user.values[place];
        return now !== undefined && (isSameValue(now, value) || isOther(place, now));
      });
      return isDone || (fields.every(({ place, value }) => isFormOf(storedOf(user.values[place]), value)) && user);
    } catch (error) {
      if (error instanceof HaloRefusalError) return false;
      throw error;
    }
  }

  /** Settles who is there, and gives back to planning whose e-mail somebody got meanwhile. */
  async #readBack(
    writes: readonly PlannedWrite[],
    { named = new Map(), pauses = LOOKS_AFTER_MS, latest }: LookOptions = {},
  ): Promise<{ present: ReadonlyMap<PlannedWrite, number>; absent: readonly PlannedWrite[] }> {
    const { directory } = this.options;
    const { present, taken } = await this.#look(writes, pauses, latest);
    for (const [write, id] of named) {
      if (present.has(write)) continue;
      if ((directory.index.get(id) ?? (await directory.readDetails(id, this.call))) === null) continue;
      present.set(write, id);
      directory.noteCreated([id]);
    }
    this.#settle(present);
    for (const write of taken) if (!present.has(write)) this.results.set(write, { kind: 'again' });
    this.#unnumbered = [];
    this.#isChainCut = false;
    return { present, absent: writes.filter((write) => !present.has(write) && !taken.includes(write)) };
  }

  /** Looks for them until everybody is found. A list that is behind says nothing of them, so it is waited for. */
  async #look(
    writes: readonly PlannedWrite[],
    pauses: readonly number[],
    latest: LookOptions['latest'],
  ): Promise<{ present: Map<PlannedWrite, number>; taken: PlannedWrite[] }> {
    const { clock, directory, instance } = this.options;
    const people = writes.map(({ person }) => person);
    let found = this.#find(writes);
    for (let looks = 0; looks < pauses.length || (pauses.length > 1 && directory.isListBehind); looks += 1) {
      if (pauses === LOOKS_AFTER_MS && looks === pauses.length - 1 && instance.listsAtOnce === true) break;
      // As long as lists are behind, which takes no longer than two minutes (`KnownUpTo`).
      const pause = pauses[looks] ?? BEHIND_MS;
      if (pause > 0) await clock.sleep(pause, this.call.signal);
      const before = found.present;
      await directory.readNewest(people, this.call);
      found = this.#find(writes);
      const isNew = (write: PlannedWrite): boolean => found.present.has(write) && !before.has(write);
      if (looks > 0 && writes.some(isNew)) instance.listsAtOnce = false;
      // Of those who were answered longer ago it says nothing.
      else if (latest?.writes.some(isNew) === true && clock.now() - latest.answeredAt <= AT_ONCE_MS)
        instance.listsAtOnce = true;
      if (found.present.size + found.taken.length === writes.length) break;
    }
    return found;
  }

  /**
   * Who is newer than `above` and has the e-mail address or name of a new user that Halo accepted, and the ID of nobody in `ids` (folded): most likely
   * that user, without its ID. Requests nothing.
   */
  cameOutOtherwise({ payload }: PlannedWrite, above: number, ids: ReadonlySet<string>): KnownUser | undefined {
    const { directory, targets } = this.options;
    const email = foldEmail(payload['emailaddress']);
    const newest = directory.readUpTo ?? 0;
    for (let id = newest; id > Math.max(above, newest - MAX_NEWER); id -= 1) {
      const user = directory.index.get(id);
      if (user === undefined || (user.seatgeekId !== null && ids.has(foldId(user.seatgeekId)))) continue;
      if (email !== null && user.email === email) return user;
      if (isFormOf(storedOf(user.values[targets.name]), payload['name'])) return user;
    }
    return undefined;
  }

  #settle(present: ReadonlyMap<PlannedWrite, number>): void {
    for (const [write, userId] of present) this.results.set(write, { kind: 'written', userId });
  }

  #find(writes: readonly PlannedWrite[]): { present: Map<PlannedWrite, number>; taken: PlannedWrite[] } {
    const { index } = this.options.directory;
    const present = new Map<PlannedWrite, number>();
    const taken: PlannedWrite[] = [];
    for (const write of writes) {
      const user = index.bySeatgeekId(write.person.seatgeekId).find(({ id }) => id > this.#plannedUpTo);
      if (user !== undefined) present.set(write, user.id);
      else if (this.#isTaken(write)) taken.push(write);
    }
    return { present, taken };
  }

  /** Somebody without a SeatGeek ID has got the person's e-mail since it was planned: by hand, or ours without its ID. */
  #isTaken({ payload }: PlannedWrite): boolean {
    const email = foldEmail(payload['emailaddress']);
    if (email === null) return false;
    const users = this.options.directory.index.byEmail(email);
    return users.some(({ id, seatgeekId }) => id > this.#plannedUpTo && seatgeekId === null);
  }
}

/** An id that somebody had before is not that of a new user, whatever an answer says. */
function isNewId(userId: number, newAbove: number | null): boolean {
  return newAbove !== null && userId > newAbove;
}

function idsOf(users: readonly WireUser[]): ReadonlySet<number> {
  return new Set(users.map(({ id }) => id));
}

function hashesOf(value: unknown): number[] {
  return value instanceof ShownValue ? [hashValue(value.value), hashValue(value.display)] : [storedHash(value)];
}
