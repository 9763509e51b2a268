/** Names of rows that have no id that can be shown. */
import { createHmac } from 'node:crypto';
import type { Rejection } from '../mapping/types.js';
import { imageText } from '../seatgeek/survey.js';
import type { FeedRow } from '../seatgeek/types.js';
import type { ConnectionContext } from './connection-contexts.js';

const ROW = 'row:';

/**
 * Names rows without an id, given by their place among `rows`, by eight digits made of all that they hold: one row has one name however pages are
 * cut. A sequence would not do, which all rows of a snapshot share (`reference/seatgeek.md` 1.6). The key makes the digits say nothing to anybody
 * but who may read the feed itself.
 */
export async function nameRows(
  { seatgeekCredentials }: Pick<ConnectionContext, 'seatgeekCredentials'>,
  rejected: readonly Rejection[],
  rows: readonly FeedRow[],
): Promise<readonly Rejection[]> {
  if (!rejected.some(({ seatgeekId }) => isRowName(seatgeekId))) return rejected;
  const { clientSecret } = await seatgeekCredentials();
  return rejected.map((rejection) => {
    const { seatgeekId } = rejection;
    if (!isRowName(seatgeekId)) return rejection;
    const row = rows[Number(seatgeekId.slice(ROW.length)) - 1] ?? {};
    const digits = createHmac('sha256', clientSecret).update(imageText(row)).digest('hex').slice(0, 8);
    return { ...rejection, seatgeekId: ROW + digits };
  });
}

/** No id begins so. */
export function isRowName(seatgeekId: string): boolean {
  return seatgeekId.startsWith(ROW);
}
