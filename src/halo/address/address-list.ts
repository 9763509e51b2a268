/**
 * Addresses of many users at once. List rows of users show no address (`reference/halo.md` 3.3), so comparing one would cost a request a person.
 * `GET /Address` lists the addresses of a site, with `user_id` (3.9); whether a tenant fills that member, cuts the list, or keeps users'
 * addresses elsewhere is not documented. So the list is held against users' details before it is believed, and whoever it says nothing
 * of is read alone as before.
 *
 * Cost in requests: one per site where enough people are to be compared, one to check a user with an address, three to check users without. A
 * list that proves untrue costs these once per process.
 */
import { CredentialsRefusedError, SyncError, TransientError } from '../../errors.js';
import type { CallOptions, HaloClient } from '../api/client.js';
import type { Directory } from '../directory/directory.js';
import { isSameAddress } from '../plan/diff.js';
import { HaloRefusalError } from '../api/errors.js';
import { primaryAddresses, seemsWhole } from './address-rows.js';
import type { HaloInstance } from '../instance.js';
import { storedAddress, type KnownUser, type StoredAddress } from '../directory/known-user.js';
import { addressListingSchema } from '../api/wire.js';

export interface AddressListOptions {
  readonly client: HaloClient;
  readonly instance: HaloInstance;
  readonly directory: Pick<Directory, 'readDetails' | 'usersAt' | 'learn'>;
}

/** Addresses asked for at most: the answer comes in one piece. Users beyond are read alone. */
const MAX_ADDRESSES = 100_000;
/** Fewer comparisons than this at a site, in the whole run, are made by reading the users. */
const WORTH_A_LIST = 6;
/** Listing a big site for few of its people is a heavy answer: one in so many of its users must be compared. */
const USERS_PER_COMPARISON = 500;

/** Users read until one can be, to hold the list against. */
const MAX_SAMPLES = 3;

interface SiteAddresses {
  readonly byUser: ReadonlyMap<number, StoredAddress | 'unclear'>;
  /** Whether the list seems to hold every address of the site. */
  readonly isWhole: boolean;
}

export class AddressList {
  readonly #sites = new Map<number, SiteAddresses>();
  /** Whether a listed address was the one that the user's details show; null before it was looked at. */
  #isTrue: boolean | null = null;
  /** Whether users that the list lacks have no address; null before it was looked at. */
  #isAbsenceTrue: boolean | null = null;
  /** Users whose address was written after the list may have been read. */
  readonly #outdated = new Set<number>();
  /** Comparisons that a site has had in this run without a list. */
  readonly #unlisted = new Map<number, number>();

  constructor(private readonly options: AddressListOptions) {}

  /** Learns what addresses it can of users of whom only the address is not known, cheaply; the others stay unknown. */
  async learn(users: readonly KnownUser[], call: CallOptions): Promise<void> {
    const current = users.filter(({ id }) => !this.#outdated.has(id));
    for (const [siteId, ofSite] of bySite(current)) {
      if (!this.options.instance.addresses.isListUseful || !this.#isWorth(siteId, ofSite.length)) continue;
      const site = await this.#site(siteId, call);
      await this.#learnListed(site, ofSite, call);
      await this.#learnAbsent(site, ofSite, call);
    }
  }

  /** The user's address was written: what a list says of it no longer counts in this run. */
  outdate(userId: number): void {
    this.#outdated.add(userId);
  }

  #isWorth(siteId: number, comparisons: number): boolean {
    if (this.#sites.has(siteId)) return true;
    const all = (this.#unlisted.get(siteId) ?? 0) + comparisons;
    this.#unlisted.set(siteId, all);
    return all >= Math.max(WORTH_A_LIST, this.options.directory.usersAt(siteId) / USERS_PER_COMPARISON);
  }

  async #site(siteId: number, call: CallOptions): Promise<SiteAddresses> {
    const known = this.#sites.get(siteId) ?? (await this.#read(siteId, call));
    this.#sites.set(siteId, known);
    return known;
  }

  /** A tenant that refuses the list, answers in another shape or not in time has none for us. */
  async #read(siteId: number, call: CallOptions): Promise<SiteAddresses> {
    try {
      const query = { site_id: siteId, count: MAX_ADDRESSES };
      const listing = await this.options.client.get('/Address', addressListingSchema, query, call);
      const byUser = primaryAddresses(listing.addresses);
      // It may do for a list of sites' addresses only.
      if (listing.addresses.length > 0 && ![...byUser.values()].some((address) => address !== 'unclear'))
        this.#giveUp();
      return { byUser, isWhole: seemsWhole(listing, MAX_ADDRESSES) };
    } catch (error) {
      if (!isListFailure(error)) throw error;
      this.#giveUp();
      return { byUser: new Map(), isWhole: false };
    }
  }

  async #learnListed({ byUser }: SiteAddresses, users: readonly KnownUser[], call: CallOptions): Promise<void> {
    const listed = users.flatMap((user) => {
      const address = byUser.get(user.id);
      return address === undefined || address === 'unclear' ? [] : [{ user, address }];
    });
    for (const { user, address } of listed.slice(0, MAX_SAMPLES)) {
      const details = this.#isTrue === null ? await this.#details(user.id, call) : null;
      if (details !== null) this.#isTrue = isSameAddress(details.address, address);
    }
    if (this.#isTrue === false) this.#giveUp();
    if (this.#isTrue !== true) return;
    for (const { user, address } of listed) this.options.directory.learn({ ...user, address });
  }

  /** Only after a listed address was true, and from a list that seems whole. */
  async #learnAbsent(
    { byUser, isWhole }: SiteAddresses,
    users: readonly KnownUser[],
    call: CallOptions,
  ): Promise<void> {
    const absent = users.filter(({ id }) => !byUser.has(id));
    if (!isWhole || this.#isTrue !== true) return;
    if (absent.length >= WORTH_A_LIST) this.#isAbsenceTrue ??= await this.#checkAbsence(absent, call);
    if (this.#isAbsenceTrue !== true) return;
    for (const user of absent) this.options.directory.learn({ ...user, address: null });
  }

  /** The oldest, the newest and one between: a list that was cut lacks one end or the other, which need not be that of users. */
  async #checkAbsence(absent: readonly KnownUser[], call: CallOptions): Promise<boolean> {
    const byId = absent.toSorted((a, b) => a.id - b.id);
    for (const one of [byId.at(0), byId.at(byId.length / 2), byId.at(-1)]) {
      const user = one === undefined ? null : await this.#details(one.id, call);
      if (user === null || !isSameAddress(user.address, storedAddress(null, {}))) return false;
    }
    return true;
  }

  /** Null also for a user who can't be read. */
  async #details(userId: number, call: CallOptions): Promise<KnownUser | null> {
    try {
      return await this.options.directory.readDetails(userId, call);
    } catch (error) {
      if (isListFailure(error)) return null;
      throw error;
    }
  }

  #giveUp(): void {
    this.options.instance.addresses.isListUseful = false;
  }
}

function bySite(users: readonly KnownUser[]): Map<number, KnownUser[]> {
  const sites = new Map<number, KnownUser[]>();
  for (const user of users) if (user.siteId !== null) sites.set(user.siteId, [...(sites.get(user.siteId) ?? []), user]);
  return sites;
}

function isListFailure(error: unknown): boolean {
  return (
    error instanceof HaloRefusalError ||
    (error instanceof TransientError && error.code !== 'halo-rate-limited') ||
    error instanceof CredentialsRefusedError ||
    (error instanceof SyncError && error.code === 'halo-answer-unreadable')
  );
}
