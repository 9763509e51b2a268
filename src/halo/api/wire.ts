/** What Halo answers, as zod schemas. Unknown members pass through: Halo adds some with every version. */
import { z } from 'zod';

const roughNumber = z
  .union([z.number(), z.string().trim().min(1).transform(Number)])
  .pipe(z.number().transform(Math.round))
  .pipe(z.int());
const wholeNumber = z.union([z.int(), roughNumber]);

/** A custom field as it stands on a user (`reference/halo.md` 3.7). */
const customFieldSchema = z.looseObject({
  id: wholeNumber.nullish(),
  name: z.string().nullish(),
  value: z.unknown().optional(),
  display: z.unknown().optional(),
});

const customFields = z
  .array(customFieldSchema)
  .nullish()
  .transform((fields) => fields ?? []);

/** `AddressStore` (3.9). */
export const addressSchema = z.looseObject({
  id: wholeNumber.nullish(),
  line1: z.string().nullish(),
  line2: z.string().nullish(),
  line3: z.string().nullish(),
  line4: z.string().nullish(),
  postcode: z.string().nullish(),
  primary: z.boolean().nullish(),
  user_id: wholeNumber.nullish(),
});

/** `site_id` comes as a double (18.0) with an integer twin. */
const checkedFields = z.object({
  id: wholeNumber,
  name: z.string().nullish(),
  emailaddress: z.string().nullish(),
  inactive: z.boolean().nullish(),
  site_id: wholeNumber.nullish(),
  site_id_int: wholeNumber.nullish(),
  customfields: customFields,
  primary_address: addressSchema.nullish(),
});

type CheckedUser = z.output<typeof checkedFields> & Record<string, unknown>;

const members = z.custom<Record<string, unknown>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'expected an object',
);

/** A user, whole or as a thin list row (3.3, 3.6). The hundreds of members that are not checked pass through uncopied. */
export const userSchema = members.transform((user, context): CheckedUser => {
  const checked = checkedFields.safeParse(user);
  if (checked.success) return Object.assign(user, checked.data);
  for (const { path, message } of checked.error.issues) context.addIssue({ code: 'custom', path: [...path], message });
  return z.NEVER;
});

export const userListSchema = z.looseObject({
  record_count: wholeNumber,
  users: z
    .array(userSchema)
    .nullish()
    .transform((users) => users ?? []),
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
  usage: wholeNumber.nullish(),
  type: z.unknown(),
  characterlimit: z.unknown(),
  readonly: z.unknown(),
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

/** 4: an OAuth answer; `expires_in` in seconds. */
export const tokenSchema = z.looseObject({
  access_token: z.string().min(1),
  expires_in: z.coerce.number().positive().default(3_600),
});

export type WireUser = z.output<typeof userSchema>;
export type WireAddress = z.output<typeof addressSchema>;
export type WireCustomField = z.output<typeof customFieldSchema>;
export type WireFieldInfo = z.output<typeof fieldInfoSchema>;
