/** In which form Halo keeps what was sent (`StoredForms`), as far as a write tells. Pure. */
import { BLANK_HASH, hashAddress, storedHash } from '../directory/hashed-value.js';
import { shownIn, storedOf, primaryAddress, type KnownUser } from '../directory/known-user.js';
import type { Form } from '../fields/stored-forms.js';
import type { Targets } from '../fields/targets.js';
import { isFormOf } from '../fields/text-form.js';
import { formOfAddress, isFormOfAddress, storedAddressHash } from '../plan/diff.js';
import { isSameValue } from '../plan/same-value.js';
import type { PlannedWrite, WriteResult } from './writer.js';

type Write = Pick<PlannedWrite, 'person' | 'changes'>;
type Written = Extract<WriteResult, { kind: 'written' }>;

/**
 * What Halo keeps in place of what was sent: the answer shows it, or it was read. What was there before (undefined: not known) may be there for
 * another reason, so it counts only where nothing but its form differs. `before` is undefined for a new user.
 */
export function learntForms(write: Write, before: KnownUser | undefined, result: Written, targets: Targets): Form[] {
  return [...formsOfFields(write, before, result, targets), ...formsOfAddress(write, before, result)];
}

function formsOfFields(
  { changes }: Write,
  before: KnownUser | undefined,
  { userId, shown, kept }: Written,
  { all, seatgeekId }: Targets,
): Form[] {
  return changes.fields.flatMap(({ place, value }) => {
    const target = all[place];
    if (target === undefined || place === seatgeekId) return [];
    const was = before === undefined ? null : before.values[place];
    const answered = (shown === undefined ? undefined : shownIn(shown, target)) ?? kept?.values[place];
    const stored = answered === undefined ? was : answered;
    if (stored === undefined || isSameValue(stored, value)) return [];
    const isForm = isFormOf(storedOf(stored), value);
    if (!isForm && !isNew(storedHash(stored), was === undefined ? undefined : storedHash(was))) return [];
    return [{ userId, to: target.to, sent: value, stored }];
  });
}

function formsOfAddress({ person, changes }: Write, before: KnownUser | undefined, { userId, shown }: Written): Form[] {
  if (changes.address === null) return [];
  const was = before === undefined ? hashAddress(null) : storedAddressHash(before);
  const own = shown === undefined ? null : primaryAddress(shown);
  const answered = own === null ? was : hashAddress(own);
  const form = formOfAddress(person, { id: userId }, answered);
  if (form === null || form.sent === form.stored) return [];
  return isNew(form.stored, was) || isFormOfAddress(before?.address, person.address) ? [form] : [];
}

/** Whether something is stored now that was not before, by their hashes. */
function isNew(stored: unknown, before: number | undefined): boolean {
  return stored !== BLANK_HASH && before !== undefined && stored !== before;
}
