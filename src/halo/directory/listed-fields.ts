/** What is learnt of how a Halo's lists show fields (`reference/halo.md` 3.3): all of them, and as they are stored. */
import type { WireCustomField, WireUser } from '../api/wire.js';
import { isBlank } from '../fields/blank.js';
import { isSameValue } from '../plan/same-value.js';
import type { Targets } from '../fields/targets.js';
import type { HaloInstance } from '../instance.js';
import { HashedValue } from './hashed-value.js';
import { customValues, shownIn, type KnownUser } from './known-user.js';

type ListHabits = Pick<HaloInstance, 'listedUpTo' | 'listsAllFields' | 'usersWithoutOthers'>;

/** Where blank fields are left out, so many users must have none that lists lack: one may just have it blank. */
const ENOUGH_USERS = 3;

/** So many users with nothing in a field that no row shows are no chance any more, where one in four has something. */
const ENOUGH_WITHOUT = 10;

/**
 * Fields of the user itself that rows lack: a Halo may not list them, or it leaves out those that are blank. Where some row has shown the field it is
 * the second; else the details of users tell. Of one run, as whoever is written may be the first to have something there.
 */
export class LackingFields {
  /** By place of the field, users whose details have nothing where their row lacks it: -Infinity once somebody's had something, Infinity once a row showed it. */
  readonly #without: Map<number, number>;

  constructor({ all }: Targets) {
    this.#without = new Map(
      all.flatMap((target, place) => (target.inListRow && !target.inEachRow ? [[place, 0]] : [])),
    );
  }

  noteRow({ values }: KnownUser): void {
    for (const place of this.#without.keys()) if (values[place] !== undefined) this.#without.set(place, Infinity);
  }

  /** `before`: the user as known before its details were read. */
  noteDetails(before: KnownUser | undefined, { values }: KnownUser): void {
    if (before === undefined) return;
    for (const [place, users] of this.#without) {
      if (before.values[place] !== undefined || users === Infinity) continue;
      this.#without.set(place, isSameValue(values[place], null) ? users + 1 : -Infinity);
    }
  }

  /** The user with blanks for what its row leaves out as such. */
  withBlanks(user: KnownUser): KnownUser {
    const isLeftOut = (value: unknown, place: number): boolean =>
      value === undefined && (this.#without.get(place) ?? 0) >= ENOUGH_WITHOUT;
    if (!user.values.some(isLeftOut)) return user;
    return { ...user, values: user.values.map((value, place) => (isLeftOut(value, place) ? null : value)) };
  }
}

/**
 * Whether details lack the SeatGeek ID of a user who has one, all custom fields, or what can't be sent back as it is known (a label): the person
 * would be taken for somebody new, or fields emptied.
 */
export function isBare(details: WireUser, known: KnownUser | undefined, targets: Targets): boolean {
  const id = targets.all[targets.seatgeekId];
  if (known === undefined || id?.custom == null) return false;
  if (known.seatgeekId !== null && shownIn(details, id) === undefined) return true;
  if (details.customfields.length === 0) return customValues(known, targets).size > 0;
  const isOwn = (field: number): boolean => targets.all.some(({ custom }) => custom?.id === field);
  const isSound = ([field, value]: [number, unknown]): boolean =>
    known.customFields === 'all' || isOwn(field) || targets.textIds.has(field) || typeof value === 'boolean';
  return !unshown(details, known, targets).every(isSound);
}

/** With the fields that the details lack and that the user has as far as it is known. */
export function withUnshown(
  user: KnownUser,
  details: WireUser,
  known: KnownUser | undefined,
  targets: Targets,
): KnownUser {
  if (known === undefined) return user;
  const lacking = new Set(unshown(details, known, targets).map(([field]) => field));
  if (lacking.size === 0) return user;
  const isLacking = (field: number | undefined): boolean => field !== undefined && lacking.has(field);
  return {
    ...user,
    values: user.values.map((value, at) => (isLacking(targets.all[at]?.custom?.id) ? known.values[at] : value)),
    others: [...user.others, ...known.others.filter(({ id }) => isLacking(id))],
  };
}

/** Where blank fields are left out, one that is lacking may have been emptied since. */
function unshown({ customfields }: WireUser, known: KnownUser, targets: Targets): [number, unknown][] {
  if (!customfields.some(({ value }) => isBlank(value))) return [];
  const shown = new Set(customfields.map(({ id, name }) => id ?? name));
  const fields = [...known.others, ...targets.all.flatMap(({ custom }) => custom ?? [])];
  const lacking = new Set(fields.filter(({ id, name }) => !shown.has(id) && !shown.has(name)).map(({ id }) => id));
  return [...customValues(known, targets)].filter(([field]) => lacking.has(field));
}

/** `row`: the user as known before, from a list or otherwise. */
export function learnListedFields(
  habits: ListHabits,
  targets: Targets,
  row: KnownUser | undefined,
  details: KnownUser,
  { customfields }: WireUser,
): void {
  if (row?.customFields === 'as-listed') learnLabels(habits, targets, row, details, customfields);
  if (!targets.hasAllCustomFields) return;
  // The definitions may lack a field that users have. Once seen so, it stays; not to see it tells little where blank fields are left out.
  const shown = new Set(customfields.flatMap(({ id }) => id ?? []));
  if (![...shown].every((id) => targets.customIds.includes(id))) habits.listsAllFields = false;
  else if (targets.customIds.every((id) => shown.has(id)) || (habits.usersWithoutOthers += 1) >= ENOUGH_USERS)
    habits.listsAllFields ??= true;
}

/**
 * What differs may be a label, or somebody's edit since; as long as nobody's is the same, the field counts as one of labels. An option that is
 * shown as its own label proves nothing for others.
 */
function learnLabels(
  { listedUpTo }: ListHabits,
  targets: Targets,
  row: KnownUser,
  details: KnownUser,
  customfields: readonly WireCustomField[],
): void {
  const stored = customValues(details, targets);
  const labelled = new Set(customfields.filter(hasLabel).map(({ id }) => id));
  for (const [id, value] of customValues(row, targets)) {
    if (value instanceof HashedValue) continue;
    const isText = targets.textIds.has(id);
    const proved = isText ? Math.max(listedUpTo.get(id) ?? 0, String(value).length) : Infinity;
    if (String(value) !== String(stored.get(id))) listedUpTo.delete(id);
    else if (isText || typeof value === 'boolean' || labelled.has(id)) listedUpTo.set(id, proved);
  }
}

function hasLabel({ value, display }: WireCustomField): boolean {
  return !isBlank(display) && String(display) !== String(value);
}
