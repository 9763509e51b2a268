/** What a run knows of who is in Halo, and how it learns it: everybody page by page, or look-ups, whichever is cheaper and sound. */
import type { Identity } from '../../mapping/types.js';
import type { CallOptions, HaloClient } from '../api/client.js';
import type { Clock } from '../clock.js';
import { CredentialsRefusedError, SyncError, TransientError } from '../../errors.js';
import { HaloRefusalError } from '../api/errors.js';
import type { HaloInstance } from '../instance.js';
import { KnownUpTo } from './known-up-to.js';
import { toKnownUser, withRow, type KnownUser } from './known-user.js';
import { isBare, LackingFields, learnListedFields, withUnshown } from './listed-fields.js';
import { readDown } from './newest-users.js';
import { PeopleLookUp } from './people-look-up.js';
import { explainPlan, lookUpRequests, planDirectory, type Plan, type PlanInput } from './planner.js';
import type { Targets } from '../fields/targets.js';
import { readRowsAgain, type OldRow } from './read-again.js';
import { NOTHING_KNOWN, type FeedKnowledge } from '../types.js';
import type { WritesOfOthers } from '../recent-writes.js';
import { untilShown, type Found, type ShownOptions } from './until-shown.js';
import { UserIndex } from './user-index.js';
import { UserListing, type ListStart } from './user-listing.js';
import { UserSearch } from './user-search.js';
import { readUser } from './users-reader.js';
import type { WholePage } from './whole-page.js';
import type { WireUser } from '../api/wire.js';

export interface DirectoryOptions {
  readonly client: HaloClient;
  readonly instance: HaloInstance;
  readonly targets: Targets;
  readonly clock: Clock;
  readonly othersWrites: WritesOfOthers;
  /** The others are kept packed. By default as many are kept whole as two pages have people. */
  readonly usersKeptWhole?: number | undefined;
}

/** Requests that finding out what the search supports takes, as a rule. */
const PROBES = 4;
/** A list of so many pages is long enough to find out whether later runs can do without. */
const WORTH_PROBING = 20;
/** Look-ups as cheap as this are done without knowing how many users Halo has. */
const FEW_REQUESTS = 2;

/** A person and the user that it is taken for. */
export interface Matched {
  readonly person: Identity;
  readonly user: KnownUser;
}

export class Directory {
  readonly index: UserIndex;
  readonly lacking: LackingFields;
  #listing: UserListing | null = null;
  #start: ListStart | null = null;
  readonly #search: UserSearch;
  readonly #lookUp: PeopleLookUp;
  #isComplete = false;
  #listRequests = 0;
  #because = '';
  #users: number | null = null;
  readonly #knownUpTo: KnownUpTo;
  /** Who is new was told by a search last: only of those whom it was asked for. */
  #wasLookedUp = false;
  /** After whom stand users whom Halo counts and can't show, among those not asked for otherwise. */
  readonly #unshown = new Set<number>();
  #listsIds = false;

  constructor(private readonly options: DirectoryOptions) {
    const { targets, instance, clock } = options;
    this.#knownUpTo = new KnownUpTo(instance, clock);
    this.lacking = new LackingFields(targets);
    this.index = new UserIndex(targets, options.usersKeptWhole);
    this.#search = new UserSearch(options);
    this.#lookUp = new PeopleLookUp({
      search: this.#search,
      index: this.index,
      take: this.#learnRows,
      readNewest: (call) => this.#readDown(call),
    });
  }

  /** Everybody with an id up to this is known, as far as the run asked; null before anything was read. */
  get readUpTo(): number | null {
    return this.#knownUpTo.id;
  }

  /** Whether a list has shown a SeatGeek ID. */
  get listsIds(): boolean {
    return this.#listsIds;
  }

  /** See `KnownUpTo`. */
  get isListBehind(): boolean {
    return this.#knownUpTo.isListBehind;
  }

  /** Users that Halo shows in all, as last told; null before. */
  get usersShown(): number | null {
    return this.#users;
  }

  async countUsers(call: CallOptions): Promise<number> {
    if (this.#users === null) await this.#readDown(call);
    return this.#users ?? 0;
  }

  /** Users of a site; as long as not everybody is known, those of all sites. */
  usersAt(siteId: number): number {
    return this.#isComplete ? this.index.countAt(siteId) : (this.#users ?? 0);
  }

  /**
   * Makes sure, before users are created, that everybody who may have been created meanwhile is known: by somebody in Halo, by another
   * connection or process, or by a request of ours whose answer was lost. Costs nothing when that is known from the last answer. `people` are
   * those to be created. Answers whether anything had to be read.
   */
  async readyToCreate(people: readonly Identity[], call: CallOptions): Promise<boolean> {
    const isCurrent = this.#knownUpTo.isCurrent && !(this.#wasLookedUp && this.#unknown(people).length > 0);
    if (!isCurrent) await this.readNewest(people, call);
    this.noteCreating();
    return !isCurrent;
  }

  /** Somebody is about to be created, or has just been: whoever read Halo meanwhile may not have seen it. */
  noteCreating(): void {
    this.#knownUpTo.noteCreating();
  }

  /** Takes what became of creates: the ids that an answer of `at` gave (epoch ms), or null when that is not sure of all. */
  noteCreated(ids: readonly number[] | null, at = this.options.clock.now()): void {
    this.#knownUpTo.noteCreated(ids, at);
  }

  /** How it was learnt who is in Halo, and why so; null before anybody was asked for. For people to read: counts only. */
  get explanation(): string | null {
    const lookedUp =
      this.#lookUp.people > 0 ? `looked up ${this.#lookUp.people} people in ${this.#search.spent} requests` : '';
    const but = this.#unshown.size === 0 ? '' : `, ${this.#unshown.size} of whom Halo can't show`;
    const listed = this.#isComplete
      ? `listed all ${this.index.size} users in ${this.#listRequests} requests${but}`
      : '';
    const ways = [lookedUp, listed].filter((way) => way !== '');
    return ways.length === 0 ? null : `${ways.join(', then ')}${this.#because === '' ? '' : ` (${this.#because})`}`;
  }

  /**
   * The id after which stands a user whom Halo counts and can't show, and who was not asked for otherwise: nobody is surely new then. Null for none.
   */
  get unshownAfter(): number | null {
    const [id = null] = this.#unshown;
    return id;
  }

  /** The newest user seen with a SeatGeek ID who fits. */
  someoneOfOurs(fits: (id: number) => boolean): number | null {
    return this.#search.newest.find(({ id, seatgeekId }) => seatgeekId !== null && fits(id))?.id ?? null;
  }

  /**
   * Learns all that matching these people needs. Requests nothing for people asked for before, or once everybody is known. Whom we made inactive is
   * in Halo, so a search that does not show that user proves nothing.
   */
  async prepare(
    people: readonly Identity[],
    call: CallOptions,
    feed: Pick<FeedKnowledge, 'wasDeactivated'> = NOTHING_KNOWN,
  ): Promise<void> {
    if (this.options.usersKeptWhole === undefined) this.index.keepWhole(2 * people.length);
    const unknown = this.#isComplete ? [] : this.#unknown(people);
    const lookUp = async (): Promise<boolean> =>
      (await this.#plan(unknown, call)) === 'look-up' && this.#lookUp.learn(unknown, call);
    const isLookedUp = unknown.length === 0 || (await lookUp());
    const isMissing = ({ seatgeekId, deleted }: Identity): boolean =>
      !deleted && feed.wasDeactivated(seatgeekId) && this.index.bySeatgeekId(seatgeekId).length === 0;
    if (!isLookedUp || (!this.#isComplete && people.some(isMissing))) await this.#listEverybody(call);
  }

  /**
   * Reads the users of these people again as far as that can be done for many at once; the others stay as they are known. `take`: for whoever wants
   * to see the rows before they are known.
   */
  async readAgain(matched: readonly Matched[], call: CallOptions, take = this.#learnRows): Promise<void> {
    const rows = matched.map(({ person: { seatgeekId, matchEmail }, user }): OldRow => {
      const isById = this.index.bySeatgeekId(seatgeekId).some(({ id }) => id === user.id);
      return { userId: user.id, seatgeekId: isById ? seatgeekId : null, email: isById ? null : matchEmail };
    });
    for (const { userId } of rows) await this.options.othersWrites.settled(userId, call.signal);
    await readRowsAgain(rows, { search: this.#search, listing: this.#listing, take }, call);
  }

  /**
   * Makes known whoever was created meanwhile: reads the newest users down to those known. Where the list does not keep to the order of ids, the
   * people at hand are looked up, or everybody is listed anew.
   */
  async readNewest(people: readonly Identity[], call: CallOptions): Promise<void> {
    if (!(await this.#readDown(call))) await this.#learnAgain(people, call);
  }

  #unknown(people: readonly Identity[]): readonly Identity[] {
    return people.filter((person) => !this.#lookUp.has(person));
  }

  /** Reads the newest users. False when the list does not keep to the order of ids, so that the newest may stand anywhere. */
  #readDown(call: CallOptions): Promise<boolean> {
    return this.#untilShown(() => this.#readList(call), call);
  }

  /** See `untilShown`. */
  #untilShown(read: ShownOptions['read'], call: CallOptions): Promise<boolean> {
    const ask = (id: number): Promise<Found> => this.#ask(id, call);
    return untilShown({ knownUpTo: this.#knownUpTo, clock: this.options.clock, ask, read }, call);
  }

  /** Takes the newest users, down to those known. False as `#readDown`. */
  async #readList(call: CallOptions): Promise<boolean> {
    const { client, targets, instance } = this.options;
    const known = this.#knownUpTo.id;
    const moment = this.#knownUpTo.moment();
    const read: number[] = [];
    for await (const page of readDown(client, targets, known, call)) {
      const isFirst = page.no === 1;
      const users = this.#learnPage(page);
      const isEmpty = users.length + page.unshown.length === 0;
      // Where nobody was listed before, a list that is late lacks whom we have created since.
      const mayBeEmpty = page.total === 0 && (known === 0 || this.index.size === 0);
      if (isFirst && isEmpty && !mayBeEmpty) throw emptied();
      // Of those who were there before the run, each person is asked for.
      for (const id of page.unshown) if (known !== null && id >= known) this.#unshown.add(id);
      const ids = users.map(({ id }) => id);
      if (ids.some((id, place) => id > (ids[place - 1] ?? Infinity))) instance.isListOrdered = false;
      if (isFirst) this.#search.newest = users;
      if (isFirst) this.#start = { total: page.total, newestId: Math.max(0, ...ids) };
      read.push(...ids);
      if (!instance.isListOrdered && !(isFirst && holdsEverybody(page))) return false;
    }
    this.#knownUpTo.takeNewest(read, moment);
    return true;
  }

  async #ask(id: number, call: CallOptions): Promise<Found> {
    try {
      return (await this.readDetails(id, call)) === null ? 'gone' : 'there';
    } catch (error) {
      if (error instanceof HaloRefusalError || error instanceof CredentialsRefusedError) return 'hidden';
      if (!(error instanceof SyncError) || error.code === 'halo-rate-limited') throw error;
      return 'there';
    }
  }

  /** Looks these people up, or lists everybody anew. */
  async #learnAgain(people: readonly Identity[], call: CallOptions): Promise<void> {
    if (await this.#untilShown((told) => this.#searchShows(told, call), call)) {
      const moment = this.#knownUpTo.moment();
      this.#lookUp.forgetAll();
      if (await this.#lookUp.learn(people, call)) {
        this.#knownUpTo.renew(moment);
        this.#wasLookedUp = true;
        return;
      }
    }
    this.#listing = null;
    await this.#listEverybody(call);
  }

  /** Looks for that user, who is not missing any more once a search finds it. False where none can. */
  async #searchShows(told: number | null, call: CallOptions): Promise<boolean> {
    if (told === null || (await this.#ask(told, call)) !== 'there') return true;
    const user = this.index.get(told);
    const isShown = user === undefined ? null : await this.#lookUp.shows(user, call);
    if (isShown === true) this.#knownUpTo.forgetMissing(told, false);
    return isShown !== null;
  }

  /** `GET /Users/{id}`; null when Halo does not have the user, or shows less of it than is known. Throws HaloRefusalError for any other refusal. */
  async readDetails(id: number, call: CallOptions): Promise<KnownUser | null> {
    const { client, targets, clock, instance, othersWrites } = this.options;
    try {
      await othersWrites.settled(id, call.signal);
      const wire = await readUser(client, id, call);
      const known = this.index.get(id);
      if (wire.id !== id || isBare(wire, known, targets)) return null;
      const shown = toKnownUser(wire, targets, 'details', wire.askedAt ?? clock.now());
      const user = withUnshown(shown, wire, known, targets);
      // What another connection has changed since the row was read is no label.
      const row = known === undefined || othersWrites.isOutdated(known) ? undefined : known;
      learnListedFields(instance, targets, row, user, wire);
      this.lacking.noteDetails(known, user);
      this.learn(user);
      return user;
    } catch (error) {
      if (!(error instanceof HaloRefusalError && error.isNotFound)) throw error;
      return null;
    }
  }

  /** Takes what we wrote ourselves. */
  learn(user: KnownUser): void {
    this.index.put(user);
  }

  /** We have deleted the user ourselves: so it is none of those whom Halo hides. */
  noteDeleted(id: number): void {
    this.index.remove(id);
    if (this.#users !== null) this.#users -= 1;
  }

  /**
   * Drops a user whose details Halo does not have, and looks for its person anew. Throws HaloRefusalError for a user who is found all the same:
   * created a second time the person would be there twice.
   */
  async forget(id: number, person: Identity, call: CallOptions): Promise<void> {
    const user = this.index.get(id);
    this.index.remove(id);
    this.#lookUp.forget(person);
    try {
      if (!this.#isComplete) await this.prepare([person], call);
      else if (!this.options.instance.isListOrdered) {
        if (!this.#list().lacks(id)) await this.#learnAgain([person], call);
      } else if (await this.#list().shows(id, call)) throw listedOnly(id);
    } catch (error) {
      // As long as it is not sure that the user is gone, nobody else may be made of its person.
      if (user !== undefined && this.index.get(id) === undefined) this.index.put(user);
      throw error;
    }
    if (this.index.get(id) !== undefined) throw listedOnly(id);
  }

  async #plan(people: readonly Identity[], call: CallOptions): Promise<Plan> {
    const emails = people.filter(({ matchEmail, deleted }) => matchEmail !== null && !deleted).length;
    const search = this.#search;
    const hopeful = { byId: search.byId ?? 'many', byEmail: search.byEmail ?? 'many' } as const;
    const demand = { people: people.length, emails, spent: search.spent };
    const isLearnt = search.byId !== undefined && search.byEmail !== undefined;
    if (isLearnt && search.spent === 0 && lookUpRequests({ ...demand, ...hopeful }) <= FEW_REQUESTS) return 'look-up';

    const users = await this.countUsers(call);
    const hope: PlanInput = { ...demand, ...hopeful, users, spent: search.spent + (isLearnt ? 0 : PROBES) };
    if (planDirectory(hope) === 'list') return this.#choose(hope);
    await search.learnLookUp(call);
    const { byId = 'none', byEmail = 'none' } = search;
    return this.#choose({ ...demand, byId, byEmail, users });
  }

  #choose(input: PlanInput): Plan {
    this.#because = explainPlan(input);
    return planDirectory(input);
  }

  #list(): UserListing {
    const { client, targets } = this.options;
    return (this.#listing ??= new UserListing(client, targets, this.#start ?? { total: 0, newestId: 0 }));
  }

  async #listEverybody(call: CallOptions): Promise<void> {
    if (this.#start === null) await this.#readDown(call);
    await this.#untilShown(() => this.#listOnce(call), call);
    this.#isComplete = true;
    if (this.#listRequests < WORTH_PROBING) return;
    // So that small runs to come may look people up; a few requests, once, beside the many that listing took.
    await this.#search.learnLookUp(call);
  }

  /** Anew where it was read to its end before. False where the newest could be read, which was done before. */
  async #listOnce(call: CallOptions): Promise<boolean> {
    const { instance } = this.options;
    if (this.#listing?.hasEnded === true) this.#listing = null;
    const listing = this.#list();
    let moment = this.#knownUpTo.moment();
    const { creations } = moment;
    for (let page = await listing.next(call); page !== null; page = await listing.next(call)) {
      const users = this.#learnPage(page);
      for (const id of page.unshown) this.#unshown.add(id);
      this.#listRequests += 1;
      this.#knownUpTo.take(
        users.map(({ id }) => id),
        moment,
      );
      moment = this.#knownUpTo.moment();
      if (users.length > 0) this.#search.newest = users;
    }
    if (!listing.isOrdered) {
      instance.isListOrdered = false;
      // Whom another connection has created meanwhile may stand on any page read before.
      this.#knownUpTo.renew({ ...moment, creations });
    }
    this.#wasLookedUp = false;
    return !instance.isListOrdered;
  }

  #learnPage(page: WholePage): KnownUser[] {
    this.#users = page.total;
    const known = page.users.map((user) => this.#learnRow(user));
    // Unless there were more before.
    if (holdsEverybody(page) && page.total >= this.index.size) this.#isComplete = true;
    return known;
  }

  readonly #learnRows = (users: readonly WireUser[]): void => {
    for (const user of users) this.#learnRow(user);
  };

  #learnRow(wire: WireUser): KnownUser {
    const { targets, clock } = this.options;
    const row = toKnownUser(wire, targets, 'row', wire.askedAt ?? clock.now());
    // A row that was odd may have been read alone.
    if (row.seatgeekId !== null && wire.oddAt === undefined) this.#listsIds = true;
    const before = this.index.get(row.id);
    const merged = before === undefined ? row : withRow(before, row);
    this.index.put(merged);
    this.#search.noteControl(row);
    this.lacking.noteRow(row);
    return merged;
  }
}

/** Whether one page is the whole list; a user with several rows is still only one. */
function holdsEverybody({ total, users }: WholePage): boolean {
  return new Set(users.map(({ id }) => id)).size >= total;
}

function emptied(): TransientError {
  return new TransientError('halo-list-unsteady', 'Halo answers an empty list of users, though there are some.');
}

function listedOnly(id: number): HaloRefusalError {
  return new HaloRefusalError(404, `Halo lists user ${id} and does not show it`);
}
