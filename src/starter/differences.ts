/** What differs between two connection files, place by place. Pure. */
import { z } from 'zod';

export interface Difference {
  /** `users.fieldMappings[CFLoyaltyTier].when`: mappings are named by their target, so that a moved one is no difference. */
  readonly place: string;
  /** Undefined where the file has nothing at that place. */
  readonly before: unknown;
  readonly after: unknown;
}

const record = z.record(z.string(), z.unknown());
const mappings = z.array(z.looseObject({ to: z.string() })).min(1);

/** Editors' `$schema` is none. */
export function differences(before: unknown, after: unknown): Difference[] {
  return differencesAt('', before, after).filter(({ place }) => place !== '$schema');
}

function differencesAt(place: string, before: unknown, after: unknown): Difference[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  const [left, right] = [membersOf(before), membersOf(after)];
  if (left === null || right === null) return [{ place, before, after }];
  const names = [...new Set([...Object.keys(left.members), ...Object.keys(right.members)])];
  return names.flatMap((name) =>
    differencesAt(memberPlace(place, name, right.isList), left.members[name], right.members[name]),
  );
}

function memberPlace(place: string, name: string, isList: boolean): string {
  if (isList) return `${place}[${name}]`;
  return place === '' ? name : `${place}.${name}`;
}

function membersOf(value: unknown): { members: Readonly<Record<string, unknown>>; isList: boolean } | null {
  const list = mappings.safeParse(value);
  if (list.success) return { members: Object.fromEntries(list.data.map((one) => [one.to, one])), isList: true };
  const object = Array.isArray(value) ? undefined : record.safeParse(value).data;
  return object === undefined ? null : { members: object, isList: false };
}
