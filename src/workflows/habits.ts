/** What the connection knows of its Halo goes with every write, and what was newly seen comes back. */
import type { UpsertRequest } from '../activities/types.js';
import type { TenantHabits } from '../halo/habits.js';
import { opaque } from './shape.js';
import type { State } from './state.js';

export const readHabits = opaque<TenantHabits>(10_000);

export function habitsOf({ habits }: State): Pick<UpsertRequest, 'habits'> {
  return habits === null ? {} : { habits };
}

/** What was seen of a Halo, for people to read. */
export function habitsInWords({
  arrays,
  search,
  isAddressListUseful,
  addressPlace,
  addressWithoutId,
  addressesRefused = false,
  secondAddressOf = null,
}: TenantHabits): string[] {
  return [
    ...arraysInWords(arrays),
    ...Object.entries(search).map(([field, support]) => `search by ${field}: ${SUPPORT[support]}`),
    ...(addressPlace === 'unknown'
      ? []
      : [`addresses are kept ${addressPlace === 'apart' ? 'only when sent apart' : 'with the user'}`]),
    ...(addressWithoutId === 'adds' ? ['an address without its id makes a second one'] : []),
    ...(addressesRefused
      ? ['it refuses addresses, so that people are written without: its agent may lack a right']
      : []),
    ...(secondAddressOf === null
      ? []
      : [`user ${secondAddressOf} has a second address, which could not be deleted: take it away by hand`]),
    ...(isAddressListUseful ? [] : ['its list of addresses does not tell whose they are']),
  ];
}

const SUPPORT = { many: 'many in one request', one: 'one in a request', none: 'not supported' } as const;

function arraysInWords({
  limit,
  isCreateAnswerTrusted,
  takesManyUpdates,
  refusesWhole,
}: TenantHabits['arrays']): string[] {
  if (limit === 1) return ['takes or heeds one user in a request'];
  return [
    limit === null ? 'takes arrays of users' : `takes arrays of up to ${limit} users`,
    ...(isCreateAnswerTrusted ? [] : ['its answer to new users is checked each time']),
    ...(takesManyUpdates ? [] : ['one change in a request']),
    ...(refusesWhole ? ['one bad user has the whole array refused'] : []),
  ];
}
