/** Days and instants as feeds write them. A day is a day: it has no time and no zone. Pure. */
import { z } from 'zod';

const DATE = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.(\d{1,3})\d*)?\s?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/i;

/**
 * `2026-11-23` stays as it is. With a time it becomes ISO 8601 in UTC, in milliseconds: fractions of any length; without a zone it is
 * UTC already (`reference/seatgeek.md` 6.17). Undefined for anything else.
 */
export function readDate(text: string): string | undefined {
  const [, day = '', time, fraction = '0', zone = 'Z'] = DATE.exec(text) ?? [];
  if (!isDay(day)) return undefined;
  if (time === undefined) return day;
  const seconds = time.length === 5 ? `${time}:00` : time;
  const at = new Date(`${day}T${seconds}.${fraction.padEnd(3, '0')}${isoZone(zone)}`);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

/** Seconds since 1970 as ISO 8601; undefined beyond the years that have four digits. */
export function readSeconds(seconds: number): string | undefined {
  const at = new Date(seconds * 1_000);
  if (Number.isNaN(at.getTime())) return undefined;
  const text = at.toISOString();
  return /^\d{4}-/.test(text) ? text : undefined;
}

/** How a day is written: `DD/MM/YYYY`, with year, month and day once each, or fewer where a day is only written. */
export interface DayPicture {
  /** The day in ISO 8601; undefined where the text is not of this form or there is no such day. */
  read(text: string): string | undefined;
  /** `day` in ISO 8601. */
  write(day: string): string;
  /** Whether year, month and day are all there, so that a day can be read. */
  readonly isWhole: boolean;
}

const MAX_PICTURE = 64;
const PARTS = /YYYY|MM|DD/g;

/** Undefined when the picture holds none of YYYY, MM and DD, or one of them twice. */
export function dayPicture(picture: string): DayPicture | undefined {
  const parts: readonly string[] = picture.length <= MAX_PICTURE ? (picture.match(PARTS) ?? []) : [];
  if (parts.length === 0 || new Set(parts).size < parts.length) return undefined;
  const literal = picture.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  const form = literal.replace(PARTS, (part) => `(?<${part}>\\d{${part === 'YYYY' ? '4' : '1,2'}})`);
  const pattern = new RegExp(`^${form}$`, 'u');
  return {
    isWhole: parts.length === 3,
    read: (text) => {
      const { YYYY = '', MM = '', DD = '' } = pattern.exec(text)?.groups ?? {};
      const day = `${YYYY}-${MM.padStart(2, '0')}-${DD.padStart(2, '0')}`;
      return isDay(day) ? day : undefined;
    },
    write: (day) => picture.replace(PARTS, (part) => partOf(day, part)),
  };
}

function partOf(day: string, part: string): string {
  if (part === 'YYYY') return day.slice(0, 4);
  return part === 'MM' ? day.slice(5, 7) : day.slice(8, 10);
}

/** `Date` would take the 30th of February for the 2nd of March. */
function isDay(day: string): boolean {
  return ISO_DAY.safeParse(day).success;
}

const ISO_DAY = z.iso.date();

/** PostgreSQL writes `+00` and `+0000` where ISO 8601 has `+00:00`. */
function isoZone(zone: string): string {
  if (zone.toUpperCase() === 'Z') return 'Z';
  return `${zone.slice(0, 3)}:${zone.replace(':', '').slice(3) || '00'}`;
}
