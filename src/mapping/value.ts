/** Fits a value to the type of its target in Halo. Pure. */
import type { UserFieldType } from '../halo/fields/user-fields.js';
import { readDate } from './dates.js';
import { flagOf } from './expression-value.js';

/** A custom field takes what comes: its type is known to Halo only. */
export type TargetType = UserFieldType | 'custom';

/** What a target takes, in words. */
export const NEEDS: Readonly<Record<TargetType, string>> = {
  string: 'a text',
  boolean: 'true or false',
  integer: 'a whole number',
  number: 'a number',
  date: 'a date like 2026-11-23 or 2026-11-23T14:15:02Z',
  custom: 'a text, a number, true or false',
};

/** Undefined when the value doesn't fit. */
export function fitValue(value: string | number | boolean, type: TargetType): string | number | boolean | undefined {
  switch (type) {
    case 'custom':
      return value;
    case 'string':
      return String(value);
    case 'boolean':
      return flagOf(value);
    case 'integer':
      return fitNumber(value, Number.isSafeInteger);
    case 'number':
      return fitNumber(value, Number.isFinite);
    case 'date':
      return typeof value === 'string' ? readDate(value) : undefined;
  }
}

function fitNumber(value: string | number | boolean, fits: (parsed: number) => boolean): number | undefined {
  const parsed = typeof value === 'string' && /^[+-]?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
  return typeof parsed === 'number' && fits(parsed) ? parsed : undefined;
}
