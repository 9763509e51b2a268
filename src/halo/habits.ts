/**
 * What a Halo was seen to do where its documentation is silent (`reference/halo.md` 8), as plain JSON: a connection carries it, so that another
 * worker, or the same after a restart, need not find it out again. A wrong habit costs requests, never a person.
 */
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { HaloInstance } from './instance.js';
import { createArrayHabits, type ArrayHabits } from './write/array-habits.js';

const habitsSchema = z.object({
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
});

export type TenantHabits = Readonly<z.output<typeof habitsSchema>>;

const NOTHING_SEEN: TenantHabits = {
  arrays: carriedArrays(createArrayHabits()),
  search: {},
  isAddressListUseful: true,
  addressPlace: 'unknown',
  addressWithoutId: 'unknown',
};

/** What this process has seen so far. */
export function habitsOf({ arrays, search, addresses }: HaloInstance): TenantHabits {
  return {
    arrays: carriedArrays(arrays),
    search: Object.fromEntries([...search].sort(([a], [b]) => (a < b ? -1 : 1))),
    isAddressListUseful: addresses.isListUseful,
    addressPlace: addresses.place,
    addressWithoutId: addresses.withoutId,
  };
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

/** Takes what was carried as long as this process has seen nothing itself. What is not readable is left out. */
export function adoptHabits(instance: HaloInstance, carried: unknown): void {
  const parsed = habitsSchema.safeParse(carried);
  if (!parsed.success || !isDeepStrictEqual(habitsOf(instance), NOTHING_SEEN)) return;
  const { arrays, search, isAddressListUseful, addressPlace, addressWithoutId } = parsed.data;
  Object.assign(instance.arrays, restoredArrays(arrays));
  Object.assign(instance.addresses, {
    isListUseful: isAddressListUseful,
    place: addressPlace,
    withoutId: addressWithoutId,
  });
  for (const [name, support] of Object.entries(search)) instance.search.set(name, support);
}
