/** The fields of Halo that a connection writes: each has a place in what the directory keeps of a user. Pure. */
import type { MappedField, MappedPerson } from '../../mapping/types.js';
import { isInListRow, userFieldType } from './user-fields.js';

export interface CustomField {
  readonly id: number;
  readonly name: string;
}

export interface Target {
  /** As the connection file names it, and as Halo spells it. */
  readonly to: string;
  /** Null for a field of the user itself. */
  readonly custom: CustomField | null;
  /** False when only `GET /Users/{id}` shows it. */
  readonly inListRow: boolean;
  /** Whether what a row lacks of it is blank: matching needs it, or it was asked for by its id. Of other fields a Halo may list some only. */
  readonly inEachRow: boolean;
  /** Cleared by an empty text rather than by null, which Halo may take for "not sent". */
  readonly isText: boolean;
}

export interface Targets {
  readonly all: readonly Target[];
  /** Place of a field in `all`. Throws when the connection does not write it. */
  indexOf(to: string): number;
  /** The field at a place of `all`. */
  to(place: number): string;
  /** What the person's mapping gives the field at a place of `all`. Undefined: what Halo has stays. */
  mapped(person: Pick<MappedPerson, 'fields'>, place: number): MappedField | undefined;
  /** Place of the field that keeps the SeatGeek ID. */
  readonly seatgeekId: number;
  readonly name: number;
  readonly email: number;
  readonly inactive: number;
  /** Ids to ask for with list rows. */
  readonly customIds: readonly number[];
  /** Whether notes are to be asked for with list rows. */
  readonly withNotes: boolean;
  /** Whether list rows asked for with `customIds` hold every custom field a user may have. */
  readonly hasAllCustomFields: boolean;
  /** Ids of custom fields that hold any text, so that a list can't show a label in place of what is stored. */
  readonly textIds: ReadonlySet<number>;
}

/** The custom fields of a tenant: those named by the connection, and the ids of all that users have, if they are known. */
export interface TenantCustomFields {
  readonly named: ReadonlyMap<string, CustomField>;
  readonly allIds: readonly number[] | null;
  readonly textIds: readonly number[];
}

/** Halo's numbers of the kinds of field that hold any text (`reference/halo.md` 3.7: one line, and a memo). */
const TEXT_TYPES: readonly unknown[] = [0, 1];

export function isTextType(type: unknown): boolean {
  return TEXT_TYPES.includes(type);
}

/** Fields that matching needs, mapped or not. */
const ALWAYS_KEPT = ['name', 'emailaddress', 'inactive'];

/** `names` are all targets of the connection; custom fields among them must be in `known`. */
export function createTargets(names: readonly string[], seatgeekIdField: string, known: TenantCustomFields): Targets {
  const matched = [seatgeekIdField, ...ALWAYS_KEPT];
  const unique = [...new Set([...matched, ...names])];
  const all = unique.map((to) => toTarget(to, known.named.get(to) ?? null, matched.includes(to)));
  const places = new Map(unique.map((to, place) => [to, place]));
  const indexOf = (to: string): number => {
    const place = places.get(to);
    if (place === undefined) throw new Error(`the connection does not write the field ${to}`);
    return place;
  };
  return {
    all,
    indexOf,
    to: (place) => all[place]?.to ?? '',
    mapped: ({ fields }, place) => fields.find(({ to }) => to === all[place]?.to),
    seatgeekId: indexOf(seatgeekIdField),
    name: indexOf('name'),
    email: indexOf('emailaddress'),
    inactive: indexOf('inactive'),
    customIds: known.allIds ?? all.flatMap(({ custom }) => (custom === null ? [] : [custom.id])),
    withNotes: unique.includes('notes'),
    hasAllCustomFields: known.allIds !== null,
    textIds: new Set(known.textIds),
  };
}

function toTarget(to: string, custom: CustomField | null, isMatched: boolean): Target {
  const type = userFieldType(to);
  return {
    to,
    custom,
    inListRow: isInListRow(to),
    inEachRow: custom !== null || isMatched,
    isText: type === undefined || type === 'string',
  };
}
