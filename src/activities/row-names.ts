/** Names of rows that have no id that can be shown. */
import type { Rejection } from '../mapping/types.js';
import { personKey } from '../contract/person-key.js';
import type { PageName } from './types.js';

/** Rows without an id are named by their page too, so that two pages' rows are not taken for one person. */
export function nameRows(rejected: readonly Rejection[], { cursor }: PageName): Rejection[] {
  return rejected.map((rejection) =>
    rejection.seatgeekId.startsWith('row:')
      ? { ...rejection, seatgeekId: `${rejection.seatgeekId}@${personKey(cursor ?? '')}` }
      : rejection,
  );
}
