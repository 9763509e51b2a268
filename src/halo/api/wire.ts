/** What Halo answers, as zod schemas. Unknown members pass through: Halo adds some with every version. */
import { z } from 'zod';
import { isObject } from '../../json.js';

const roughNumber = z
  .union([z.number(), z.string().trim().min(1).transform(Number)])
  .pipe(z.number().transform(Math.round))
  .pipe(z.int());
const wholeNumber = z.union([z.int(), roughNumber]);
const text = z.union([z.string(), z.number().transform(String)]);
const flag = z.union([
  z.boolean(),
  z.coerce.string().pipe(z.stringbool({ truthy: ['true', '1'], falsy: ['false', '0'] })),
]);

/** Nothing may come as an empty text. */
function orEmpty<T>(schema: z.ZodType<T>): z.ZodType<T | null | undefined> {
  return z.preprocess((value) => (value === '' ? null : value), schema.nullish()).optional();
}

function orNothing<T>(schema: z.ZodType<T>): z.ZodType<T | null | undefined> {
  return schema.nullish();
}

/** A custom field as it stands on a user (`reference/halo.md` 3.7). */
const customFieldSchema = z.object({
  id: wholeNumber.nullish(),
  name: text.nullish(),
  value: z.unknown().optional(),
  display: z.unknown().optional(),
});

const customFields = orEmpty(z.array(customFieldSchema.nullable())).transform(
  (fields) => fields?.filter((field) => field !== null) ?? [],
);

/** `AddressStore` (3.9). */
export const addressSchema = z.object({
  id: wholeNumber.nullish(),
  line1: text.nullish(),
  line2: text.nullish(),
  line3: text.nullish(),
  line4: text.nullish(),
  postcode: text.nullish(),
  primary: flag.nullish(),
  inactive: flag.nullish().catch(undefined),
  user_id: wholeNumber.nullish(),
});

/** `site_id` comes as a double (18.0) with an integer twin. */
const checkedFields = z.object({
  id: wholeNumber,
  name: text.nullish(),
  emailaddress: text.nullish(),
  inactive: flag.nullish(),
  site_id: orEmpty(wholeNumber),
  site_id_int: orEmpty(wholeNumber),
  customfields: customFields,
  primary_address: orEmpty(addressSchema),
});

/** The same of a user of whom all has the form that it should have, as nearly all have: that takes a third of the time. */
const usualFields = z.object({
  id: z.int(),
  name: z.string().nullish(),
  emailaddress: z.string().nullish(),
  inactive: z.boolean().nullish(),
  site_id: orNothing(z.int()),
  site_id_int: orNothing(z.int()),
  customfields: z.array(
    z.object({
      id: z.int().nullish(),
      name: z.string().nullish(),
      value: z.unknown().optional(),
      display: z.unknown().optional(),
    }),
  ),
  primary_address: orNothing(
    z.object({
      id: z.int().nullish(),
      line1: z.string().nullish(),
      line2: z.string().nullish(),
      line3: z.string().nullish(),
      line4: z.string().nullish(),
      postcode: z.string().nullish(),
      primary: z.boolean().nullish(),
      inactive: z.boolean().nullish(),
      user_id: z.int().nullish(),
    }),
  ),
});

function check(user: unknown): z.ZodSafeParseResult<z.output<typeof checkedFields>> {
  const usual = usualFields.safeParse(user);
  return usual.success ? usual : checkedFields.safeParse(user);
}

/** `askedAt`: when it was asked for (epoch ms), put in by whoever did so. */
type CheckedUser = z.output<typeof checkedFields> & Record<string, unknown> & { askedAt?: number | undefined };

/** `oddAt`: where it has something that can't be read, and that counts as not shown. */
type CheckedRow = CheckedUser & { oddAt?: readonly PropertyKey[] };

const members = z.custom<Record<string, unknown>>(isObject, 'expected an object');

/** A user, whole or as a thin list row (3.3, 3.6). The hundreds of members that are not checked pass through uncopied. */
export const userSchema = members.transform((user, context): CheckedUser => {
  const checked = check(user);
  if (checked.success) return Object.assign(user, checked.data);
  for (const { path, message } of checked.error.issues) context.addIssue({ code: 'custom', path: [...path], message });
  return z.NEVER;
});

/** Whether a row does not tell whose it is: what users are matched by can't be read. */
export function hidesWho({ oddAt: [name] = [] }: Pick<CheckedRow, 'oddAt'>): boolean {
  return name === 'customfields' || name === 'emailaddress';
}

/** Rows of one list that may be odd before it counts as one of another shape. */
const MAX_ODD_ROWS = 3;

const userRow = members.transform((row, context): CheckedRow => {
  const checked = check(row);
  if (checked.success) return Object.assign(row, checked.data);
  const { issues } = checked.error;
  const odd = new Set(issues.map(({ path }) => String(path[0])));
  const rest = checkedFields.safeParse(Object.fromEntries(Object.entries(row).filter(([name]) => !odd.has(name))));
  const oddAt = (issues.find(({ path: [name] }) => hidesWho({ oddAt: [name ?? ''] })) ?? issues[0])?.path ?? [];
  if (rest.success) {
    for (const name of odd) row[name] = undefined;
    return Object.assign(row, rest.data, { oddAt });
  }
  context.addIssue({ code: 'custom', path: ['id'], message: 'no user without an id' });
  return z.NEVER;
});

/** A list of users. One odd member of a row stops nobody; what many rows have is Halo's new way, and must be understood first. */
export const userListSchema = z.looseObject({
  record_count: wholeNumber,
  users: z
    .array(userRow)
    .nullish()
    .transform((users, context) => {
      const odd = (users ?? []).flatMap(({ oddAt }, place) => (oddAt === undefined ? [] : [[place, ...oddAt]]));
      const [first] = odd;
      if (first !== undefined && odd.length > MAX_ODD_ROWS)
        context.addIssue({ code: 'custom', path: first, message: 'several rows have another shape' });
      return users ?? [];
    }),
});

/** The answer to `POST /Users`: one object, a list, or `{users: []}` (3.5). */
export const writtenUsersSchema = z
  .union([
    z.array(userSchema),
    z.looseObject({ users: z.array(userSchema) }).transform(({ users }) => users),
    userSchema.transform((user) => [user]),
  ])
  .refine((users) => users.every(({ id }) => id > 0), 'a user without an id');

const addressList = z.array(addressSchema);

/** The answer to `GET /Address`: a list, bare or in an object. */
export const addressListSchema = z.union([
  addressList,
  z.looseObject({ addresses: addressList }).transform(({ addresses }) => addresses),
]);

/** The same with the total, where the answer has one. */
export const addressListingSchema = z.union([
  addressList.transform((addresses) => ({ addresses, total: null })),
  z
    .looseObject({ addresses: addressList, record_count: wholeNumber.nullish() })
    .transform(({ addresses, record_count }) => ({ addresses, total: record_count ?? null })),
]);

/** A custom field's definition (`GET /FieldInfo`). */
const fieldInfoSchema = z.looseObject({
  id: wholeNumber,
  name: z.string().nullish(),
  usage: wholeNumber.nullish().catch(undefined),
  type: z.unknown().optional(),
  characterlimit: z.unknown().optional(),
  readonly: z.unknown().optional(),
});

export const fieldInfoListSchema = z.union([
  z.array(fieldInfoSchema),
  z.looseObject({ fields: z.array(fieldInfoSchema) }).transform(({ fields }) => fields),
]);

export const siteSchema = z.looseObject({ id: wholeNumber });

const siteRow = siteSchema.extend({ name: z.string().nullish(), client_name: z.string().nullish() });
const siteRows = z.array(siteRow);

/** The answer to `GET /Site` (schema `Site_List` of Halo's OpenAPI file): a list, bare or in an object. */
export const siteListSchema = z.union([
  siteRows.transform((sites) => ({ sites, record_count: null })),
  z.looseObject({ sites: siteRows, record_count: wholeNumber.nullish() }),
]);

/** 4: an OAuth answer; `expires_in` in seconds. One that tells no life is used for an hour: a 401 renews it anyway. */
export const tokenSchema = z.looseObject({
  access_token: z.string().min(1),
  expires_in: z.coerce.number().positive().catch(3_600),
});

/** A user, or a row of a list. */
export type WireUser = CheckedRow;
export type WireAddress = z.output<typeof addressSchema>;
export type WireCustomField = z.output<typeof customFieldSchema>;
export type WireFieldInfo = z.output<typeof fieldInfoSchema>;
