/** Whether two values mean the same to Halo. Pure. */
import type { HaloValue } from '../../mapping/types.js';
import { isBlank } from '../fields/blank.js';
import { HashedValue } from '../directory/hashed-value.js';
import { instantOf } from '../fields/instant.js';
import { ShownValue } from '../directory/known-user.js';

/** `current` is what Halo answered, of any shape. A list-like custom field may be wanted by its stored value or by the text it shows. */
export function isSameValue(current: unknown, wanted: HaloValue): boolean {
  if (current instanceof HashedValue) return current.isSame(wanted);
  if (current instanceof ShownValue) return isSameBare(current.value, wanted) || isSameBare(current.display, wanted);
  return isSameBare(current, wanted);
}

function isSameBare(current: unknown, wanted: HaloValue): boolean {
  // Halo answers 0 and false for what nobody ever set.
  if (isBlank(wanted)) return isBlank(current) || current === 0 || current === false;
  if (typeof wanted === 'boolean') return toBoolean(current) === wanted;
  if (typeof wanted === 'number') return toNumber(current) === wanted;
  if (typeof current === 'number') return toNumber(wanted) === current;
  if (typeof current === 'boolean') return toBoolean(wanted) === current;
  return (
    typeof current === 'string' && typeof wanted === 'string' && (current === wanted || isSameDay(current, wanted))
  );
}

/** A flag that was never set counts as false. */
function toBoolean(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (isBlank(value)) return false;
  const text = String(value).toLowerCase();
  return text === 'true' || text === '1' ? true : text === 'false' || text === '0' ? false : undefined;
}

function toNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : undefined;
}

function isSameDay(current: string, wanted: string): boolean {
  const instant = instantOf(current);
  return instant !== undefined && instant === instantOf(wanted);
}
