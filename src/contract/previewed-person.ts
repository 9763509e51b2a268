/** What an import would do with one person, field by field. Holds people: it leaves the worker sealed only (`activities/sealed-answers.ts`). */
import type { HaloValue, RejectionCode } from '../mapping/types.js';

/** One value in Halo; an address line is `address.line1`, `address.postcode` and so on. Null stands for blank. */
export interface ValueChange {
  readonly field: string;
  readonly before: HaloValue;
  readonly after: HaloValue;
}

/** What an import would do with a person. A deactivation is an update of `inactive`. */
export const PREVIEW_OUTCOMES = ['create', 'update', 'unchanged', 'skip', 'rejected'] as const;

/** One person, and what would become of it. */
export interface PreviewedPerson {
  readonly seatgeekId: string;
  readonly outcome: (typeof PREVIEW_OUTCOMES)[number];
  readonly matchedBy: 'id' | 'email' | null;
  readonly haloUserId: number | null;
  /** As it would be in Halo. */
  readonly name: string | null;
  readonly changes: readonly ValueChange[];
  readonly rejection: { readonly code: RejectionCode; readonly message: string } | null;
}
