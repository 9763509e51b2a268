/** Fits a value to the type of its target in Halo. Pure. */
import type { UserFieldType } from '../halo/fields/user-fields.js';

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

const TRUE: ReadonlySet<unknown> = new Set([true, 1, 'true', '1', 'yes']);
const FALSE: ReadonlySet<unknown> = new Set([false, 0, 'false', '0', 'no']);

/** Undefined when the value doesn't fit. */
export function fitValue(value: string | number | boolean, type: TargetType): string | number | boolean | undefined {
  switch (type) {
    case 'custom':
      return value;
    case 'string':
      return String(value);
    case 'boolean':
      return fitBoolean(typeof value === 'string' ? value.toLowerCase() : value);
    case 'integer':
      return fitNumber(value, Number.isSafeInteger);
    case 'number':
      return fitNumber(value, Number.isFinite);
    case 'date':
      return fitDate(value);
  }
}

function fitBoolean(value: string | number | boolean): boolean | undefined {
  if (TRUE.has(value)) return true;
  return FALSE.has(value) ? false : undefined;
}

function fitNumber(value: string | number | boolean, fits: (parsed: number) => boolean): number | undefined {
  const isText = typeof value === 'string' && /^[+-]?\d+(\.\d+)?$/.test(value);
  const parsed = typeof value === 'number' ? value : isText ? Number(value) : Number.NaN;
  return fits(parsed) ? parsed : undefined;
}

const DATE = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.(\d+))?\s?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/i;

/** Fractions of any length; without a zone it is UTC (`reference/seatgeek.md` 6.17). Answers ISO 8601 in UTC, in milliseconds. */
function fitDate(value: string | number | boolean): string | undefined {
  const parts = typeof value === 'string' ? DATE.exec(value) : null;
  const day = parts?.[1];
  if (parts === null || day === undefined || !isDay(day)) return undefined;
  const [, , time = '00:00', fraction = '0', zone = 'Z'] = parts;
  const seconds = time.length === 5 ? `${time}:00` : time;
  const at = new Date(`${day}T${seconds}.${fraction.padEnd(3, '0').slice(0, 3)}${isoZone(zone)}`);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

/** `Date` takes the 30th of February for the 2nd of March. */
function isDay(day: string): boolean {
  const at = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(day);
}

/** PostgreSQL writes `+00` and `+0000` where ISO 8601 has `+00:00`. */
function isoZone(zone: string): string {
  if (zone.toUpperCase() === 'Z') return 'Z';
  return `${zone.slice(0, 3)}:${zone.replace(':', '').slice(3) || '00'}`;
}
