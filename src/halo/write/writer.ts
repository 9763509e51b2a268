/** The contract of whatever sends users to Halo, or rehearses it. */
import type { MappedPerson } from '../../mapping/types.js';
import type { CallOptions } from '../api/client.js';
import type { HaloRefusalError } from '../api/errors.js';
import type { WireUser } from '../api/wire.js';
import type { KnownUser } from '../directory/known-user.js';
import type { Changes } from '../plan/diff.js';
import type { Payload } from '../plan/payload.js';
import type { ReadUser } from '../recent-writes.js';

export interface PlannedWrite {
  readonly person: MappedPerson;
  /** Null for a new user. */
  readonly userId: number | null;
  readonly changes: Changes;
  readonly payload: Payload;
  /** It may be sent only as long as this is not old; null where it may be in any case. */
  readonly reliesOn: ReadUser | null;
}

/** A write of a user that is there. */
export type PlannedUpdate = PlannedWrite & { readonly userId: number };

export function isUpdate(write: PlannedWrite): write is PlannedUpdate {
  return write.userId !== null;
}

/** `again`: not done as planned, because Halo is not as it was thought to be; to be planned anew. */
export type WriteResult =
  /** `shown`: the user in the answer, where it has one. `kept`: the user as read afterwards, whose changed texts are in Halo in another form. */
  | {
      readonly kind: 'written';
      readonly userId: number;
      readonly shown?: WireUser | undefined;
      readonly kept?: KnownUser;
    }
  | { readonly kind: 'refused'; readonly error: HaloRefusalError }
  | { readonly kind: 'again' };

export type WriteResults = ReadonlyMap<PlannedWrite, WriteResult>;

export interface WriteContext {
  readonly call: CallOptions;
  /** Whether somebody who was to be created still is, by what is known of Halo now. */
  readonly isStillNew: (write: PlannedWrite) => boolean;
  /** SeatGeek IDs that were sent before and are in Halo: the field keeps such IDs. */
  readonly keptIds: readonly string[];
  /** Told how many of the layer have a result by now. */
  readonly onProgress: (settled: number) => void;
}

export interface Sent {
  readonly results: WriteResults;
  /** Whom Halo was sent and may have taken, whatever their result. */
  readonly sent: ReadonlySet<PlannedWrite>;
  /** What concerns everybody and ended it: those without a result were not settled. Undefined when all have one. */
  readonly failure: Error | undefined;
}

export interface UserWriter {
  /** Nobody's outcome may depend on another's (`conflictKeys`): no person and no Halo user occurs twice. Never throws. */
  write(layer: readonly PlannedWrite[], context: WriteContext): Promise<Sent>;
}
