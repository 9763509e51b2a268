/**
 * What a Halo was seen to do where its documentation is silent (`reference/halo.md` 8), as plain JSON: a connection carries it, so that another
 * worker, or the same after a restart, need not find it out again. A wrong habit costs requests, never a person.
 */
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { HaloInstance } from './instance.js';

const habitsSchema = z.object({
  arrays: z.object({
    /** Most users that one array may hold; null for no limit seen. */
    limit: z.int().min(1).nullable(),
    isCreateAnswerTrusted: z.boolean(),
    isUpdateAnswerTrusted: z.boolean(),
    takesManyUpdates: z.boolean(),
    refusesWhole: z.boolean(),
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
  arrays: {
    limit: null,
    isCreateAnswerTrusted: false,
    isUpdateAnswerTrusted: false,
    takesManyUpdates: true,
    refusesWhole: false,
  },
  search: {},
  isAddressListUseful: true,
  addressPlace: 'unknown',
  addressWithoutId: 'unknown',
};

/** What this process has seen so far. */
export function habitsOf({ arrays, search, addresses }: HaloInstance): TenantHabits {
  const { limit, ...flags } = arrays;
  return {
    arrays: { ...flags, limit: Number.isFinite(limit) ? limit : null },
    search: Object.fromEntries([...search].sort(([a], [b]) => (a < b ? -1 : 1))),
    isAddressListUseful: addresses.isListUseful,
    addressPlace: addresses.place,
    addressWithoutId: addresses.withoutId,
  };
}

/** Takes what was carried as long as this process has seen nothing itself. What is not readable is left out. */
export function adoptHabits(instance: HaloInstance, carried: unknown): void {
  const parsed = habitsSchema.safeParse(carried);
  if (!parsed.success || !isDeepStrictEqual(habitsOf(instance), NOTHING_SEEN)) return;
  const { arrays, search, isAddressListUseful, addressPlace, addressWithoutId } = parsed.data;
  Object.assign(instance.arrays, arrays, { limit: arrays.limit ?? Infinity });
  Object.assign(instance.addresses, {
    isListUseful: isAddressListUseful,
    place: addressPlace,
    withoutId: addressWithoutId,
  });
  for (const [name, support] of Object.entries(search)) instance.search.set(name, support);
}
