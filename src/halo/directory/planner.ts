/** Decides how the directory learns who is in Halo: page through everybody once, or look up the people at hand. Pure. */
import type { SearchSupport } from './search-support.js';
import { PAGE_SIZE } from './users-reader.js';

/** Values in one look-up, beside the one that proves the answer: their users fit on one page, and the address stays below 4 KB. */
export const VALUES_PER_LOOK_UP = 49;

export interface PlanInput {
  /** Users in Halo. */
  readonly users: number;
  /** People nothing is known of yet. */
  readonly people: number;
  /** Those of them with an e-mail address. */
  readonly emails: number;
  /** Look-ups already paid for in this run. */
  readonly spent: number;
  readonly byId: SearchSupport;
  readonly byEmail: SearchSupport;
}

export type Plan = 'list' | 'look-up';

/**
 * The cheaper sound way. Without a search by SeatGeek ID everybody must be listed: a person whose e-mail address has changed can be found in
 * no other way, and would be created twice. Since nobody knows how many pages the run has, look-ups go on until they have cost what
 * listing costs; so the two together never cost more than twice the better one.
 */
export function planDirectory(input: PlanInput): Plan {
  return input.spent + lookUpRequests(input) < listRequests(input.users) ? 'look-up' : 'list';
}

/** Both ways and what they would take, for people to read. */
export function explainPlan(input: PlanInput): string {
  const lookUp = lookUpRequests(input);
  const cost = Number.isFinite(lookUp)
    ? `would take ${lookUp}`
    : "can't be done: Halo's search does not find SeatGeek IDs";
  return `looking up ${input.people} people ${cost}, listing ${input.users} users ${listRequests(input.users)}`;
}

export function listRequests(users: number): number {
  return Math.max(1, Math.ceil(users / PAGE_SIZE));
}

/** At most: people found by ID need no look-up by e-mail. Infinity when look-ups alone can't be sound. */
export function lookUpRequests({ people, emails, byId, byEmail }: Omit<PlanInput, 'users' | 'spent'>): number {
  if (byId === 'none') return Infinity;
  return requestsFor(people, byId) + requestsFor(emails, byEmail);
}

function requestsFor(values: number, support: SearchSupport): number {
  return support === 'many' ? Math.ceil(values / VALUES_PER_LOOK_UP) : values;
}
