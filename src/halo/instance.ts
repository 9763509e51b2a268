/** What all connections into one Halo share in this process: its request limit, the lock around creating, what it was seen to support. */
import { LRUCache } from 'lru-cache';
import { createAddressHabits, type AddressHabits } from './address/address-habits.js';
import { createArrayHabits, type ArrayFact, type ArrayHabits } from './write/array-habits.js';
import { createBudget, type Budget } from './limit/budget.js';
import { systemClock, type Clock } from './clock.js';
import { StoredForms } from './fields/stored-forms.js';
import { Mutex } from './mutex.js';
import type { SearchSupport } from './directory/search-support.js';
import type { Changes } from './plan/diff.js';
import { RecentWrites } from './recent-writes.js';

/** A rule of Halo may take the ID from everybody; who is forgotten may be created once more. */
const MAX_WITHOUT_ID = 10_000;

export interface HaloInstance {
  /** See `placeOf`. */
  readonly place: string;
  readonly clock: Clock;
  readonly budget: Budget;
  /** Held from reading the newest users until the new ones are written, so that two connections never create the same person at once. */
  readonly creating: Mutex;
  /** Counts what this process set out to create: whoever has not seen the last must read the newest users before creating. */
  creations: number;
  /** Epoch milliseconds: a create whose answer was lost may be at work until then, so that nobody creates before. 0: none was lost. */
  createsNotBefore: number;
  /** The same of creates that are on their way; 0 when none is. */
  createsUnderWayUntil: number;
  /** By Halo id, changes whose answer was lost. */
  readonly lostUpdates: Map<number, LostUpdate>;
  /** Whom this process has written, of all connections. */
  readonly recentWrites: RecentWrites;
  /** Milliseconds after which it is over with a request that it was sent, answered or not. */
  readonly settlingMs: number;
  /** Longest SeatGeek ID that was seen to be kept, by field and kind of ID. */
  readonly keptIds: Map<string, number>;
  /** By field, or by field and ID where others keep theirs: a new user left without its ID, who may still be there. Never leaves the process. */
  readonly usersWithoutId: LRUCache<string, UserWithoutId>;
  /** In which form it keeps values. */
  readonly forms: StoredForms;
  /**
   * By id of a custom field that lists were seen to show as it is stored, rather than by a label: the longest text that was seen so, for a list may
   * cut longer ones; Infinity for what is no text.
   */
  readonly listedUpTo: Map<number, number>;
  /** Whether lists asked for all fields that are defined show all custom fields; null before a user's details were seen. */
  listsAllFields: boolean | null;
  /** Users whose details had no custom field that such lists lack, though blank ones may have been left out. */
  usersWithoutOthers: number;
  /** Whether the newest come first where they are asked for (`order=id`, `orderdesc`); false once rows came otherwise. */
  isListOrdered: boolean;
  /** Id of the newest user of ours, by what answers told, also those that another process got; 0 for none. */
  newestTold: number;
  /** Nobody up to this id is expected in lists: the newest of them was deleted, or no list showed it. */
  newestGone: number;
  /** Whether lists were last seen to show new users at once, or only later; null before. */
  listsAtOnce: boolean | null;
  /** By name of the field searched; learnt once per process, from answers. */
  readonly search: Map<string, SearchSupport>;
  /** A value of each that somebody had when last seen, to prove a search with where none of the newest users has one. Never leaves the process. */
  readonly controls: Map<string, string>;
  /** The same of users who are inactive, whom a search might leave out. */
  readonly inactiveControls: Map<string, string>;
  /** What it does with addresses. */
  readonly addresses: AddressHabits;
  /** What it does with arrays of users. */
  readonly arrays: ArrayHabits;
  /** When this process last saw that it is so, in epoch milliseconds. */
  readonly arraysProvenAt: Map<ArrayFact, number>;
  /** Since which day a fact is seen as it is, by its name: see `TenantHabits`. */
  readonly seen: Map<string, { readonly value: unknown; readonly day: string }>;
}

export interface UserWithoutId {
  readonly userId: number;
  /** The ID that was sent. */
  readonly seatgeekId: string;
  /** Whether it surely is the user who was sent with it. */
  readonly isTheirs: boolean;
  /** Nothing shows it at all. */
  readonly isUnshown?: boolean;
}

export interface LostUpdate {
  readonly changes: Changes;
  /** Epoch milliseconds: it may be at work until then. */
  readonly until: number;
}

/** What names an instance: its address, without what is only a way to spell it. */
export interface HaloAddress {
  readonly url: string;
}

export interface HaloInstances {
  /** The same object for the same address. Requests are counted per host: several Halos below one share a budget. */
  open(halo: HaloAddress): HaloInstance;
}

/** Host and path, without what is only a way to spell them: a full name may end in a dot. Throws TypeError for what is no address. */
export function placeOf(url: string): string {
  const { host, pathname } = new URL(url);
  return host.replace(/\.(?=:|$)/, '') + pathname.replace(/\/+$/, '');
}

/** So long after it was sent, a web server or database of the usual settings has ended a request itself. */
export const SETTLING_MS = 120_000;

export function createHaloInstances(clock: Clock = systemClock, settlingMs = SETTLING_MS): HaloInstances {
  const instances = new Map<string, HaloInstance>();
  const budgets = new Map<string, Budget>();
  return {
    open: ({ url }) => {
      const place = placeOf(url);
      const [host = ''] = place.split('/');
      const budget = budgets.get(host) ?? createBudget(clock);
      budgets.set(host, budget);
      const instance: HaloInstance = instances.get(place) ?? {
        place,
        clock,
        budget,
        creating: new Mutex(),
        creations: 0,
        createsNotBefore: 0,
        createsUnderWayUntil: 0,
        lostUpdates: new Map<number, LostUpdate>(),
        recentWrites: new RecentWrites(clock),
        settlingMs,
        keptIds: new Map<string, number>(),
        usersWithoutId: new LRUCache<string, UserWithoutId>({ max: MAX_WITHOUT_ID }),
        forms: new StoredForms(),
        listedUpTo: new Map<number, number>(),
        listsAllFields: null,
        usersWithoutOthers: 0,
        isListOrdered: true,
        newestTold: 0,
        newestGone: 0,
        listsAtOnce: null,
        search: new Map<string, SearchSupport>(),
        controls: new Map<string, string>(),
        inactiveControls: new Map<string, string>(),
        addresses: createAddressHabits(),
        arrays: createArrayHabits(),
        arraysProvenAt: new Map(),
        seen: new Map(),
      };
      instances.set(place, instance);
      return instance;
    },
  };
}
