/** The custom fields of a user as one text, which takes less memory than objects do. Pure. */
import { z } from 'zod';
import { HashedValue } from './hashed-value.js';
import { ShownValue, type KnownUser } from './known-user.js';
import type { Targets } from '../fields/targets.js';

/** Values of ours by place (a pair where something else is shown), the fields of others, and when they were read. */
const packed = z.object({
  values: z.array(z.tuple([z.number(), z.unknown(), z.unknown().optional()])),
  others: z.array(z.object({ id: z.number(), name: z.string().optional(), value: z.unknown() })),
  customFields: z.enum(['all', 'as-listed']),
  readAt: z.number(),
});

/** Null when not all custom fields of the user are known. */
export function packCustom({ values, others, customFields, readAt }: KnownUser, targets: Targets): string | null {
  const own = targets.all.flatMap(({ custom }, place) => (custom === null ? [] : [{ place, value: values[place] }]));
  if (customFields === 'some' || own.some(({ value }) => value instanceof HashedValue)) return null;
  const pairs = own.map(({ place, value }) =>
    value instanceof ShownValue ? [place, value.value, value.display] : [place, value ?? null],
  );
  return JSON.stringify({ values: pairs, others, customFields, readAt });
}

/** The user with its custom fields as they were. */
export function unpackCustom(text: string, user: KnownUser, targets: Targets): KnownUser {
  const { values: pairs, others, customFields, readAt } = packed.parse(JSON.parse(text));
  const values = [...user.values];
  for (const [place, value, display] of pairs) {
    if (targets.all[place]?.custom != null)
      values[place] = display === undefined ? value : new ShownValue(value, display);
  }
  const known = others.map(({ id, name, value }) => ({ id, name, value }));
  return { ...user, values, others: known, customFields, readAt };
}
