/** What an import would do with one person, field by field. Holds people: it leaves the worker sealed only (`activities/sealed-answers.ts`). */
import type { HaloValue, RejectionCode } from '../mapping/types.js';

/** One value in Halo; an address line is `address.line1`, `address.postcode` and so on. Null stands for blank. */
export interface ValueChange {
  readonly field: string;
  readonly before: HaloValue;
  readonly after: HaloValue;
}

/** A deactivation is an update of `inactive`. */
export interface PreviewedPerson {
  readonly seatgeekId: string;
  readonly outcome: 'create' | 'update' | 'unchanged' | 'skip' | 'rejected';
  readonly matchedBy: 'id' | 'email' | null;
  readonly haloUserId: number | null;
  /** As it would be in Halo. */
  readonly name: string | null;
  readonly changes: readonly ValueChange[];
  readonly rejection: { readonly code: RejectionCode; readonly message: string } | null;
}
