/** What the details of users tell of how a Halo's lists show custom fields (`reference/halo.md` 3.3): all of them, and as they are stored. */
import type { WireCustomField, WireUser } from '../api/wire.js';
import { isBlank } from '../fields/blank.js';
import type { Targets } from '../fields/targets.js';
import type { HaloInstance } from '../instance.js';
import { HashedValue } from './hashed-value.js';
import { customValues, type KnownUser } from './known-user.js';

type ListHabits = Pick<HaloInstance, 'listedAsStored' | 'listsAllFields'>;

/** Whether details show no custom field at all of a user who has a SeatGeek ID in one: it would be lost, and the others emptied. */
export function isBare({ customfields }: WireUser, known: KnownUser | undefined, targets: Targets): boolean {
  const isCustom = targets.all[targets.seatgeekId]?.custom != null;
  return isCustom && customfields.length === 0 && known?.seatgeekId != null;
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
  // The definitions may lack a field that users have. Once seen so, it stays.
  const isListed = customfields.every(({ id }) => id == null || targets.customIds.includes(id));
  habits.listsAllFields = habits.listsAllFields !== false && isListed;
}

/**
 * What differs may be a label, or somebody's edit since; as long as nobody's is the same, the field counts as one of labels. An option that is
 * shown as its own label proves nothing for others.
 */
function learnLabels(
  { listedAsStored }: ListHabits,
  targets: Targets,
  row: KnownUser,
  details: KnownUser,
  customfields: readonly WireCustomField[],
): void {
  const stored = customValues(details, targets);
  const labelled = new Set(customfields.filter(hasLabel).map(({ id }) => id));
  for (const [id, value] of customValues(row, targets)) {
    if (value instanceof HashedValue) continue;
    const isProof = targets.textIds.has(id) || typeof value === 'boolean' || labelled.has(id);
    if (String(value) !== String(stored.get(id))) listedAsStored.delete(id);
    else if (isProof) listedAsStored.add(id);
  }
}

function hasLabel({ value, display }: WireCustomField): boolean {
  return !isBlank(display) && String(display) !== String(value);
}
