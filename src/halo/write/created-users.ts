/** Reads back which new users of a group are in Halo by now: they stand among the newest. */
import { foldEmail } from '../../mapping/email.js';
import type { CallOptions } from '../api/client.js';
import type { Directory } from '../directory/directory.js';
import type { PlannedWrite } from './writer.js';

export interface Found {
  /** Who is in Halo with the SeatGeek ID, by Halo's id of the user. */
  readonly present: ReadonlyMap<PlannedWrite, number>;
  readonly absent: readonly PlannedWrite[];
  /** Somebody without a SeatGeek ID has got the person's e-mail since the group was planned: by hand, or ours without its ID. */
  readonly taken: readonly PlannedWrite[];
}

export class CreatedUsers {
  /** Users above it are newer than the plan of the group. */
  readonly #plannedUpTo: number;

  constructor(private readonly directory: Directory) {
    this.#plannedUpTo = directory.readUpTo ?? 0;
  }

  /** Reads the newest users: one request for up to a hundred of them. Throws as `HaloClient.get` does. */
  async find(writes: readonly PlannedWrite[], call: CallOptions): Promise<Found> {
    await this.directory.readNewest(call);
    const present = new Map<PlannedWrite, number>();
    const absent: PlannedWrite[] = [];
    const taken: PlannedWrite[] = [];
    for (const write of writes) {
      const id = this.#idOf(write);
      if (id !== undefined) present.set(write, id);
      else if (this.#isTaken(write)) taken.push(write);
      else absent.push(write);
    }
    return { present, absent, taken };
  }

  /** Whether Halo has the user, whatever its lists say: they may lag behind. */
  async isThere(userId: number, call: CallOptions): Promise<boolean> {
    if (this.directory.index.get(userId) !== undefined) return true;
    return (await this.directory.readDetails(userId, call)) !== null;
  }

  #idOf({ person }: PlannedWrite): number | undefined {
    return this.directory.index.bySeatgeekId(person.seatgeekId).find(({ id }) => id > this.#plannedUpTo)?.id;
  }

  #isTaken({ payload }: PlannedWrite): boolean {
    const email = foldEmail(payload['emailaddress']);
    if (email === null) return false;
    const users = this.directory.index.byEmail(email);
    return users.some(({ id, seatgeekId }) => id > this.#plannedUpTo && seatgeekId === null);
  }
}
