/**
 * What a Halo was seen to do where its documentation is silent (`reference/halo.md` 8), as plain JSON: a connection carries it, so that another
 * worker, or the same after a restart, need not find it out again. Each fact is dated with the day it was seen and tried again after a week, and
 * none counts for another Halo. A wrong habit costs requests, never a person.
 */
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { HaloInstance } from './instance.js';
import { createArrayHabits, type ArrayHabits } from './write/array-habits.js';

/** Custom fields of which it is carried how lists show them. */
const MAX_FIELDS = 400;

const factsSchema = z.object({
  arrays: z.object({
    /** Most users that one array may hold; null for no limit seen. */
    limit: z.int().min(1).nullable(),
    isCreateAnswerTrusted: z.boolean(),
    isUpdateAnswerTrusted: z.boolean(),
    takesManyUpdates: z.boolean(),
    refusesWhole: z.boolean(),
    /** What an older version carried lacks these; see `ArrayHabits`. */
    createsNamed: z.enum(['unknown', 'all', 'few']).optional(),
    updatesNamed: z.enum(['unknown', 'all', 'few', 'alone']).optional(),
    badOnes: z.enum(['unknown', 'refused', 'left-out']).optional(),
    takesMixed: z.boolean().optional(),
  }),
  /** What `advanced_search` does, by name of the field. */
  search: z.record(z.string(), z.enum(['many', 'one', 'none'])),
  /** Whether `GET /Address` tells whose the addresses are. */
  isAddressListUseful: z.boolean(),
  addressPlace: z.enum(['unknown', 'with-user', 'apart']),
  addressWithoutId: z.enum(['unknown', 'replaces', 'adds']),
  /** See `AddressHabits`. What an older version carried lacks this and what follows. */
  addressesRefused: z.boolean().optional(),
  secondAddressOf: z.int().min(1).nullable().optional(),
  /** See `HaloInstance`. */
  listedUpTo: z
    .record(z.string().regex(/^\d+$/), z.int().min(0).nullable())
    .refine((fields) => Object.keys(fields).length <= MAX_FIELDS)
    .optional(),
});

const habitsSchema = factsSchema.extend({
  /** The Halo of which this was seen: `HaloInstance.place`. */
  host: z.string().optional(),
  /** Day (`2026-11-27`) on which each fact that was seen was first seen so, by its name: `arrays.limit`, `search.emailaddress`, `addressPlace`. */
  seen: z.record(z.string(), z.iso.date()).optional(),
  /** Users that the connection's agent was last shown. */
  usersShown: z.int().min(0).optional(),
  /** `HaloInstance.newestTold` at the end of the connection's last step; left out where that user is gone. */
  newestUser: z.int().min(1).optional(),
});

export type TenantHabits = Readonly<z.output<typeof habitsSchema>>;

type Facts = Readonly<z.output<typeof factsSchema>>;

const NOTHING_SEEN: Facts = {
  arrays: carriedArrays(createArrayHabits()),
  search: {},
  isAddressListUseful: true,
  addressPlace: 'unknown',
  addressWithoutId: 'unknown',
  addressesRefused: false,
  secondAddressOf: null,
  listedUpTo: {},
};

const DAY_MS = 24 * 3_600_000;
const WEEK_DAYS = 7;

/** What this process has seen so far. */
export function habitsOf(instance: HaloInstance): TenantHabits {
  const today = dayOf(instance.clock.now());
  const facts = factsOf(instance);
  for (const [name, value] of namedFacts(facts)) {
    const isSeen = !isDeepStrictEqual(value, NONE_SEEN.get(name));
    const before = instance.seen.get(name);
    if (!isSeen) instance.seen.delete(name);
    else if (!isDeepStrictEqual(before?.value, value)) instance.seen.set(name, { value, day: today });
  }
  const seen = Object.fromEntries([...instance.seen].map(([name, { day }]) => [name, day] as const));
  return { ...facts, host: instance.place, seen };
}

function factsOf({ arrays, search, addresses, listedUpTo }: HaloInstance): Facts {
  return {
    arrays: carriedArrays(arrays),
    search: Object.fromEntries([...search].sort(([a], [b]) => (a < b ? -1 : 1))),
    isAddressListUseful: addresses.isListUseful,
    addressPlace: addresses.place,
    addressWithoutId: addresses.withoutId,
    addressesRefused: addresses.isRefused,
    secondAddressOf: addresses.secondOf,
    listedUpTo: Object.fromEntries(
      [...listedUpTo]
        .sort(([a], [b]) => a - b)
        .slice(0, MAX_FIELDS)
        .map(([id, length]) => [id, Number.isFinite(length) ? length : null]),
    ),
  };
}

function namedFacts({ arrays, search, ...others }: Facts): ReadonlyMap<string, unknown> {
  const under = (part: string, facts: Readonly<Record<string, unknown>>): [string, unknown][] =>
    Object.entries(facts).map(([name, value]) => [`${part}.${name}`, value]);
  return new Map([...under('arrays', arrays), ...under('search', search), ...Object.entries(others)]);
}

const NONE_SEEN = namedFacts(NOTHING_SEEN);

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** With the words of older versions, which are in histories and carried states. */
function carriedArrays({ limit, ...habits }: ArrayHabits): TenantHabits['arrays'] {
  return {
    limit: Number.isFinite(limit) ? limit : null,
    isCreateAnswerTrusted: habits.createsNamed === 'all',
    isUpdateAnswerTrusted: habits.updatesNamed === 'all',
    takesManyUpdates: habits.updatesNamed !== 'alone',
    ...habits,
  };
}

function restoredArrays(carried: TenantHabits['arrays']): ArrayHabits {
  const { limit, isCreateAnswerTrusted, isUpdateAnswerTrusted, takesManyUpdates, refusesWhole } = carried;
  // An older version took a Halo that names one of many for one that heeds one of many.
  const updatesNamed = isUpdateAnswerTrusted && takesManyUpdates ? 'all' : 'unknown';
  return {
    limit: limit ?? Infinity,
    createsNamed: carried.createsNamed ?? (isCreateAnswerTrusted ? 'all' : 'unknown'),
    updatesNamed: carried.updatesNamed ?? updatesNamed,
    badOnes: carried.badOnes ?? 'unknown',
    takesMixed: carried.takesMixed ?? true,
    refusesWhole,
  };
}

/**
 * Takes what was carried as long as this process has seen nothing itself, and the newest user in any case; what is not readable, or was seen of another Halo, is left out. What
 * anybody saw more than a week ago is forgotten, to be found out anew.
 */
export function adoptHabits(instance: HaloInstance, carried: unknown): void {
  const now = instance.clock.now();
  const own = new Map([...instance.seen].map(([name, { day }]) => [name, day]));
  restore(instance, withoutOld(factsOf(instance), own, now));
  for (const [name, day] of own) if (isOld(day, now)) instance.seen.delete(name);
  const parsed = habitsSchema.safeParse(carried);
  if (!parsed.success || (parsed.data.host ?? instance.place) !== instance.place) return;
  instance.newestTold = Math.max(instance.newestTold, parsed.data.newestUser ?? 0);
  if (!isDeepStrictEqual(factsOf(instance), NOTHING_SEEN)) return;
  const { seen = {} } = parsed.data;
  const days = new Map(Object.entries(seen));
  restore(instance, withoutOld(parsed.data, days, now));
  for (const [name, value] of namedFacts(factsOf(instance)))
    if (!isDeepStrictEqual(value, NONE_SEEN.get(name)))
      instance.seen.set(name, { value, day: days.get(name) ?? dayOf(now) });
}

function isOld(day: string | undefined, now: number): boolean {
  return Date.parse(day ?? '') < Date.parse(dayOf(now)) - WEEK_DAYS * DAY_MS;
}

function withoutOld(facts: Facts, days: ReadonlyMap<string, string>, now: number): Facts {
  const fresh = (part: Readonly<Record<string, unknown>>, under = ''): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(part).map(([name, value]) =>
        isOld(days.get(under + name), now) ? [name, NONE_SEEN.get(under + name)] : [name, value],
      ),
    );
  return factsSchema.parse({
    ...fresh(facts),
    arrays: fresh(facts.arrays, 'arrays.'),
    search: Object.fromEntries(
      Object.entries(facts.search).filter(([name]) => !isOld(days.get(`search.${name}`), now)),
    ),
  });
}

function restore(instance: HaloInstance, facts: Facts): void {
  const {
    arrays,
    search,
    isAddressListUseful,
    addressPlace,
    addressWithoutId,
    addressesRefused = false,
    secondAddressOf = null,
    listedUpTo = {},
  } = facts;
  Object.assign(instance.arrays, restoredArrays(arrays));
  Object.assign(instance.addresses, {
    isListUseful: isAddressListUseful,
    place: addressPlace,
    withoutId: addressWithoutId,
    isRefused: addressesRefused,
    secondOf: secondAddressOf,
  });
  instance.search.clear();
  for (const [name, support] of Object.entries(search)) instance.search.set(name, support);
  instance.listedUpTo.clear();
  for (const [id, length] of Object.entries(listedUpTo)) instance.listedUpTo.set(Number(id), length ?? Infinity);
}
