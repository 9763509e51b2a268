/** What reading all history again costs in Halo's requests, told before it is asked for. Pure. */
import { connectionSchema } from '../../connection/schema.js';
import { costInWords, priceOfFields, requestsToReadAgain, requestsToWrite } from '../../halo/cost.js';
import type { Status } from '../../workflows/status.js';
import { count } from '../text.js';

/** A connection of an older version does not say how many it has imported. */
type Known = Pick<Status, 'lastRun'> & { readonly importedPeople?: number | null };

const UNKNOWN_PEOPLE = 10_000;

/** No line for a file that this version can't read. */
export function readAgainCostLines(file: unknown, { importedPeople, lastRun }: Known): string[] {
  const { data } = connectionSchema.safeParse(file);
  if (data === undefined) return [];
  const known = importedPeople ?? (lastRun?.people || null);
  const people = known ?? UNKNOWN_PEOPLE;
  const again = costInWords(requestsToReadAgain(people, data), data.halo);
  const write = costInWords(requestsToWrite(people, data), data.halo);
  const price = priceOfFields(data.users);
  return [
    `Halo requests for ${count(people)} people${known === null ? ' (how many there are is not known yet)' : ''}: ${again}, if nothing differs.`,
    `If everybody differs, on top: ${write}, where Halo takes arrays.`,
    ...(price === undefined ? [] : [price]),
  ];
}
