/** What a first connection file may map, from the columns there are and the custom fields there are. Pure. */
import type { DiscoveredField } from '../../contract/discovery.js';
import type { ConnectionFile } from '../../connection/schema.js';
import { isInListRow } from '../../halo/fields/user-fields.js';
import { columnExpression, columnOperand } from '../../mapping/expression.js';
import { columnsByKind, folded, type ColumnKind } from './column-kinds.js';

export type Mapping = ConnectionFile['users']['fieldMappings'][number];
export type AddressLines = NonNullable<ConnectionFile['users']['primaryAddress']>;

export interface Proposal {
  /** Null where no column looks like one. */
  readonly idColumn: string | null;
  readonly emailColumn: string | null;
  /** The custom field that looks made for the SeatGeek ID. */
  readonly idField: string | null;
  readonly mappings: readonly Mapping[];
  /** Null where there are no columns for it. */
  readonly address: AddressLines | null;
}

type Columns = Partial<Record<ColumnKind, string>>;

export function propose(columns: readonly string[], customFields: readonly DiscoveredField[]): Proposal {
  const kinds = columnsByKind(columns);
  const idField = customFields.find(({ name }) => /seatgeek/i.test(name) && /id/i.test(name))?.name ?? null;
  const used = new Set([...Object.values(kinds)]);
  return {
    idColumn: kinds.id ?? null,
    emailColumn: kinds.email ?? null,
    idField,
    mappings: [
      ...nameMappings(kinds),
      ...plainMappings(kinds),
      ...customMappings(
        columns.filter((column) => !used.has(column)),
        customFields.filter(({ name }) => name !== idField),
      ),
    ],
    address: addressOf(kinds),
  };
}

/** Without a name Halo creates nobody. */
function nameMappings({ firstName, lastName, fullName }: Columns): Mapping[] {
  const parts = [firstName, lastName].filter((column) => column !== undefined);
  const [only] = fullName === undefined ? parts : [fullName];
  if (only === undefined) return [];
  const isOne = fullName !== undefined || parts.length === 1;
  return [{ from: isOne ? columnExpression(only) : parts.map(columnOperand).join(" + ' ' + "), to: 'name' }];
}

/** Halo's field for each kind of column that simply has one. */
const FIELDS: readonly (readonly [ColumnKind, string])[] = [
  ['firstName', 'firstname'],
  ['middleName', 'middle_name'],
  ['lastName', 'surname'],
  ['email', 'emailaddress'],
  ['mobilePhone', 'mobilenumber'],
  ['birthday', 'date_of_birth'],
];

function plainMappings(kinds: Columns): Mapping[] {
  return [
    ...FIELDS.flatMap(([kind, to]) => mappingOf(kinds[kind], to)),
    ...mappingOf(kinds.businessPhone ?? kinds.homePhone, 'phonenumber'),
    ...(kinds.businessPhone === undefined ? [] : mappingOf(kinds.homePhone, 'homenumber')),
  ];
}

/** `loyalty_tier` goes into `CFLoyaltyTier`. */
function customMappings(columns: readonly string[], customFields: readonly DiscoveredField[]): Mapping[] {
  return columns.flatMap((column) => {
    const field = customFields.find(({ name }) => folded(name) === `cf${folded(column)}`);
    return mappingOf(field === undefined ? undefined : column, field?.name ?? '');
  });
}

/** Only for new people where Halo's lists lack the field: to compare it costs a request for each person (`halo/cost.ts`). */
function mappingOf(column: string | undefined, to: string): Mapping[] {
  if (column === undefined) return [];
  const mapping = { from: columnExpression(column), to };
  return [isInListRow(to) ? mapping : { ...mapping, when: 'create' }];
}

/** Halo's addresses have four lines and a postcode, and neither city nor country (`reference/halo.md` 3.9). */
function addressOf({ line1, line2, city, state, country, postcode }: Columns): AddressLines | null {
  if (line1 === undefined && city === undefined && postcode === undefined) return null;
  return {
    ...lineOf('line1', line1),
    ...lineOf('line2', line2),
    ...lineOf('line3', city),
    ...regionOf([state, country].filter((column) => column !== undefined)),
    ...lineOf('postcode', postcode),
  };
}

function lineOf(line: keyof AddressLines, column: string | undefined): AddressLines {
  return column === undefined ? {} : { [line]: columnExpression(column) };
}

function regionOf(columns: readonly string[]): AddressLines {
  if (columns.length < 2) return lineOf('line4', columns[0]);
  return { line4: `join([${columns.map(columnOperand).join(', ')}], ', ')` };
}
