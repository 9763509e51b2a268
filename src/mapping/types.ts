/** What mapping hands to matching and writing. These objects hold people: they live in the worker's memory and never enter Temporal. */

/** A value as Halo's API takes it. Null clears the field. */
export type HaloValue = string | number | boolean | null;

/** One target field of one person. `create` fields are sent only with a new user. */
export interface MappedField {
  readonly to: string;
  readonly value: HaloValue;
  readonly when: 'always' | 'create';
}

/** The lines of Halo's `AddressStore` (`reference/halo.md` 3.9). */
export const ADDRESS_LINES = ['line1', 'line2', 'line3', 'line4', 'postcode'] as const;

/** An empty text empties the line; a line that is not there is left as Halo has it. */
export type MappedAddress = Readonly<Partial<Record<(typeof ADDRESS_LINES)[number], string>>>;

/** What a person is looked for by in Halo. */
export interface Identity {
  readonly seatgeekId: string;
  readonly deleted: boolean;
  /** E-mail address for matching: as `foldEmail` has it; null when it is not one address. */
  readonly matchEmail: string | null;
}

/** A SeatGeek person, mapped to Halo's fields. `fields` lacks what the mapping says to keep when blank. */
export interface MappedPerson extends Identity {
  readonly fields: readonly MappedField[];
  /** Null when addresses are not imported or every line is blank. */
  readonly address: MappedAddress | null;
}

/**
 * Why a person was not written. `message` is safe to show: it holds field names and codes, never the person's values.
 * `seatgeekId` is the row's id; for a row whose id can't be shown or is missing it is `row:<number>` (1-based in its page), until `nameRows` names it.
 */
export interface Rejection {
  readonly seatgeekId: string;
  readonly code: RejectionCode;
  readonly message: string;
  /** The Halo user whose e-mail address the person claims along with others; 0 where it is not known who that user is. */
  readonly claims?: number;
}

/** Stable reason codes, in carried state and docs. */
export type RejectionCode =
  | 'id-missing'
  | 'id-unsafe'
  | 'operation-unknown'
  | 'name-missing'
  | 'expression-failed'
  | 'value-unusable'
  | 'email-shared'
  | 'email-taken'
  | 'id-shared'
  | 'halo-refused';

/** A page, mapped, in feed order. */
export interface MappedPage {
  readonly events: number;
  /** Events that were left out for a newer image of the same person. */
  readonly superseded: number;
  readonly people: readonly MappedPerson[];
  readonly rejected: readonly Rejection[];
}
