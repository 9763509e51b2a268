/** The contract of whatever sends users to Halo. */
import type { MappedPerson } from '../../mapping/types.js';
import type { CallOptions } from '../api/client.js';
import type { Changes } from '../plan/diff.js';
import type { HaloRefusalError, LostAnswerError } from '../api/errors.js';
import type { Payload } from '../plan/payload.js';

export interface PlannedWrite {
  readonly person: MappedPerson;
  /** Null for a new user. */
  readonly userId: number | null;
  readonly changes: Changes;
  readonly payload: Payload;
}

/**
 * `lost`: Halo may or may not have done it, so that it is looked for, after a pause, before anything is sent again. `unsent`: surely not in
 * Halo as things stand, to be planned again; `error` when an answer was lost on the way. `failed`: something that concerns everybody; those
 * after it were not sent.
 */
export type WriteResult =
  | { readonly kind: 'written'; readonly userId: number }
  | { readonly kind: 'refused'; readonly error: HaloRefusalError }
  | { readonly kind: 'lost'; readonly error: LostAnswerError }
  | { readonly kind: 'unsent'; readonly error: LostAnswerError | null }
  | { readonly kind: 'failed'; readonly error: unknown };

export interface UserWriter {
  /** One result per write, in the same order. No person and no Halo user occurs twice in a group. Never throws for what became of a write. */
  write(group: readonly PlannedWrite[], call: CallOptions): Promise<readonly WriteResult[]>;
}
