/** In which form Halo keeps what was sent (`StoredForms`), as far as a write tells. Pure. */
import type { HaloValue } from '../../mapping/types.js';
import { BLANK_HASH, hashAddress, HashedValue, storedHash, UNKNOWN_HASH } from '../directory/hashed-value.js';
import type { WireUser } from '../api/wire.js';
import { shownIn, storedOf, primaryAddress, type KnownUser } from '../directory/known-user.js';
import type { Form, StoredForms } from '../fields/stored-forms.js';
import type { Target, Targets } from '../fields/targets.js';
import { isFormOf } from '../fields/text-form.js';
import { formOfAddress, isFormOfAddress, storedAddressHash } from '../plan/diff.js';
import { isSameValue } from '../plan/same-value.js';
import type { PlannedWrite, WriteResult } from './writer.js';

type Write = Pick<PlannedWrite, 'person' | 'changes'>;
type Written = Extract<WriteResult, { kind: 'written' }>;

/**
 * Notes what Halo keeps in place of what was sent: the answer shows it, or it was read. What was there before (undefined: not known) may be there
 * for another reason, so it counts where nothing but its form differs, or where it is shown so a second time. `before` is undefined for a new user.
 */
export function noteForms(
  write: Write,
  before: KnownUser | undefined,
  result: Written,
  targets: Targets,
  forms: StoredForms,
): void {
  noteFields(write, before, result, targets, forms);
  for (const form of formsOfAddress(write, before, result)) forms.note(form);
}

function noteFields(
  { changes }: Write,
  before: KnownUser | undefined,
  { userId, shown, kept }: Written,
  { all, seatgeekId }: Targets,
  forms: StoredForms,
): void {
  for (const { place, value } of changes.fields) {
    const target = all[place];
    if (target === undefined || place === seatgeekId) continue;
    const was = before === undefined ? null : before.values[place];
    const told = answeredFor(target, shown);
    const answered = told === undefined ? kept?.values[place] : told;
    const stored = answered === undefined ? was : answered;
    if (stored === undefined || looksSame(stored, value)) continue;
    const form = { userId, to: target.to, sent: value, stored };
    const isForm = isSameValue(stored, value) || isFormOf(storedOf(stored), value);
    if (isForm || isNew(storedHash(stored), was === undefined ? undefined : storedHash(was))) forms.note(form);
    else if (answered !== undefined) forms.suspect(form);
  }
}

/** Undefined where the answer tells nothing of it; among other custom fields, one without a value may be left out. */
function answeredFor(target: Target, shown: WireUser | undefined): unknown {
  if (shown === undefined) return undefined;
  const value = shownIn(shown, target);
  return value === undefined && target.custom !== null && shown.customfields.length > 0 ? null : value;
}

/** Whether it will look the same where only its hash is kept, too. */
function looksSame(stored: unknown, wanted: HaloValue): boolean {
  const isBare = typeof stored !== 'object' || stored === null;
  return isSameValue(isBare ? HashedValue.of(storedHash(stored), UNKNOWN_HASH) : stored, wanted);
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
