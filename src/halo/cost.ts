/** What reading and writing people costs in Halo's requests, told before it is paid. Pure. Estimates: `bench/results.md` has what was measured. */
import type { Connection } from '../connection/schema.js';
import { PAGE_SIZE } from './directory/users-reader.js';
import { isInListRow } from './fields/user-fields.js';

type Priced = Pick<Connection, 'halo' | 'users'>;

/** Mapped fields that Halo's lists do not show, where each person who is otherwise unchanged must be read to compare them. */
export function fieldsOutsideLists({ fieldMappings, staticMappings }: Priced['users']): string[] {
  const mapped = [...fieldMappings, ...staticMappings].filter(({ when }) => when === 'always');
  return mapped.map(({ to }) => to).filter((to) => !isInListRow(to));
}

/** Requests to read so many people again of whom nobody has changed. */
export function requestsToReadAgain(people: number, { users }: Priced): number {
  const listed = Math.ceil(people / PAGE_SIZE) + FEW;
  return fieldsOutsideLists(users).length === 0 ? listed : listed + people;
}

/** Requests to write so many people whom Halo does not have, or has with other values. */
export function requestsToWrite(people: number, { halo }: Priced): number {
  const arrays = Math.ceil(people / halo.writeBatch);
  return arrays + Math.ceil(arrays / ASIDE) + FEW;
}

/** Site, fields, newest users, addresses. */
const FEW = 5;
/** Of so many arrays one is cut up for a person whom Halo refuses, or looked after. */
const ASIDE = 10;

/** `1,020 requests, about 17 min at 300 in 300 s`. */
export function costInWords(requests: number, { rateLimit }: Priced['halo']): string {
  const { requests: most, perSeconds } = rateLimit;
  const limit = `${most.toLocaleString('en')} in ${perSeconds.toLocaleString('en')} s`;
  const many = `${requests.toLocaleString('en')} requests`;
  const seconds = ((requests - most) / most) * perSeconds;
  return seconds <= 0 ? `${many}, within the limit of ${limit}` : `${many}, about ${time(seconds)} at ${limit}`;
}

function time(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return seconds < 5_400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3_600).toFixed(1)} h`;
}

/** What makes reading again dear, and the way out; undefined where nothing does. */
export function priceOfFields(users: Priced['users']): string | undefined {
  const fields = fieldsOutsideLists(users);
  if (fields.length === 0) return undefined;
  const only = fields.length === 1 ? 'is' : 'are';
  return (
    `${fields.join(', ')} ${only} not in Halo's lists, so each unchanged person who is read again costs a request. ` +
    'Leave out what you can do without, or map it with "when": "create".'
  );
}
