/** What each reason code of a rejected person means and what to do about it. `docs/rejected.md` has the same; a test compares. Pure. */
import type { RejectionCode } from '../mapping/types.js';
import type { RejectedUser } from '../workflows/rejected.js';

export interface RejectionReason {
  /** What is wrong, in a plain sentence. */
  readonly sentence: string;
  /** The way out. */
  readonly hint: string;
}

export const REJECTION_REASONS: Readonly<Record<RejectionCode, RejectionReason>> = {
  'id-missing': {
    sentence: 'The row has no SeatGeek ID, so nobody can say whose it is.',
    hint: 'Check that seatgeek.columns.id names the column that holds the ID; if it does, ask SeatGeek about the row.',
  },
  'id-unsafe': {
    sentence:
      'The row has an ID that might be personal data (an address, a sentence) and must not be shown or stored as an ID.',
    hint: 'Check that seatgeek.columns.id names the column that holds the ID, not an e-mail address or a name.',
  },
  'operation-unknown': {
    sentence: 'SeatGeek marks the change with an operation that is not known, and it is never taken for a delete.',
    hint: 'Report the operation: this program must learn it. The next change of the person may settle it.',
  },
  'name-missing': {
    sentence: 'The person is new to Halo and the mapping gives no name, without which Halo creates nobody.',
    hint: 'Enter the name in SeatGeek, or map a name that is always there, like a company or the client code.',
  },
  'expression-failed': {
    sentence: "An expression of the mapping failed on this person's row.",
    hint: 'Correct the expression that the message names and send the file with configure.',
  },
  'value-unusable': {
    sentence: 'A mapped value does not fit its field in Halo.',
    hint: 'Correct the value in SeatGeek, or the mapping that the message names, and send the file with configure.',
  },
  'email-shared': {
    sentence:
      "Several Halo users have the person's e-mail address, or several people come with one user's; none is guessed.",
    hint: 'Write the SeatGeek ID on the right one in Halo, or set users.onSharedEmail to create.',
  },
  'email-taken': {
    sentence: "The Halo user with the person's e-mail address belongs to another SeatGeek ID.",
    hint: 'Correct the address of one of the two people, or set users.onSharedEmail to create.',
  },
  'id-shared': {
    sentence: "Several Halo users carry the person's SeatGeek ID.",
    hint: 'Leave the ID on one of them in Halo and clear it on the others.',
  },
  'halo-refused': {
    sentence: 'Halo refused to save the person; the message quotes its reason.',
    hint: 'Correct in SeatGeek, in Halo or in the mapping what the message names.',
  },
};

const PAGE_GONE =
  'The person is no longer on its page of the feed, so a retry does not find it: its next change, or clear-cursor, reads it again.';

const UNKNOWN: RejectionReason = {
  sentence: 'A reason that this version of the program does not know.',
  hint: 'Another version of the program wrote this entry: the next retry says it anew.',
};

/** Of any code, also one that another version wrote. */
export function reasonOf(code: string): RejectionReason {
  return new Map<string, RejectionReason>(Object.entries(REJECTION_REASONS)).get(code) ?? UNKNOWN;
}

/** What to do about one rejected person. */
export function hintFor({ code, pageGone }: Pick<RejectedUser, 'code' | 'pageGone'>): string {
  const { hint } = reasonOf(code);
  return pageGone ? `${hint} ${PAGE_GONE}` : hint;
}

/** The entry as the query `rejected` answers it: the hint is not carried, it is derived when asked. */
export interface ShownRejectedUser extends RejectedUser {
  readonly hint: string;
}

export function showRejected(users: readonly RejectedUser[]): ShownRejectedUser[] {
  return users.map((user) => ({ ...user, hint: hintFor(user) }));
}
