/** What the directory keeps of a field's value in place of the value: 32 bits, enough to see whether it is the one wanted. Pure. */
import { hash32 as saltedHash } from '../../hash.js';
import { ADDRESS_LINES, type HaloValue, type MappedAddress } from '../../mapping/types.js';
import { isBlank } from '../fields/blank.js';
import { instantOf } from '../fields/instant.js';
import { bareText } from '../fields/text-form.js';
import { ShownValue } from './known-user.js';

/** Hashes of nothing at all and of a blank value; never those of a value. */
export const UNKNOWN_HASH = 0;
export const BLANK_HASH = 1;

/**
 * A value of which only hashes are known: of what is stored, and of what is shown where that is something else. Another value passes for the
 * wanted one once in a thousand million; one that only looks different is read before anything is written.
 */
export class HashedValue {
  constructor(
    readonly stored: number,
    /** {@link UNKNOWN_HASH} when nothing else is shown. */
    readonly shown: number,
  ) {}

  /** What was kept, as far as it tells: nothing, a blank, or hashes. */
  static of(stored: number, shown: number): HashedValue | null | undefined {
    if (stored === UNKNOWN_HASH) return undefined;
    return stored === BLANK_HASH && shown <= BLANK_HASH ? null : new HashedValue(stored, shown);
  }

  /** Whether it is surely what is stored, rather than only what is shown for it. */
  isStored(wanted: HaloValue): boolean {
    return looksLike(wanted, (hash) => hash === this.stored);
  }

  /** Whether a name differs from the wanted one in nothing but form (`bareText`). */
  isFormOfName(wanted: string): boolean {
    return this.shown === hashName(wanted);
  }

  /** As `isSameValue` has it for the value itself, or stricter. */
  isSame(wanted: HaloValue): boolean {
    return looksLike(wanted, (hash) => hash === this.stored || hash === this.shown);
  }
}

/** The hash of a value that Halo answered. Numbers and flags are told from texts that read the same. */
export function hashValue(value: unknown): number {
  if (isBlank(value)) return BLANK_HASH;
  if (typeof value === 'string') return hashText(value);
  return hash32(typeof value === 'number' || typeof value === 'boolean' ? `#${value}` : `*${JSON.stringify(value)}`);
}

/** The hash of a name's bare text, kept in the place of what is shown: a name is shown as it is stored. */
export function hashName(name: string): number {
  return hash32(`~${bareText(name)}`);
}

/** The hash of what is stored, of whatever kind it is known. */
export function storedHash(value: unknown): number {
  if (value instanceof HashedValue) return value.stored;
  return hashValue(value instanceof ShownValue ? value.value : value);
}

/** The hash of an address as `isSameAddress` compares it; none at all is the same as one without a line. */
export function hashAddress(address: MappedAddress | null): number {
  return hash32(ADDRESS_LINES.map((line) => (address?.[line] ?? '').trim()).join('\n'));
}

const TRUE_HASHES = ['#true', '#1', '"true', '"True', '"1'].map(hash32);
const FALSE_HASHES = [BLANK_HASH, ...['#false', '#0', '"false', '"False', '"0'].map(hash32)];
const NOTHING_HASHES = [BLANK_HASH, hash32('#0'), hash32('#false')];

/** Whether one of the hashes fits of all that means the same as `wanted`, as far as it can be listed. */
function looksLike(wanted: HaloValue, fits: (hash: number) => boolean): boolean {
  if (wanted === null || wanted === '') return NOTHING_HASHES.some(fits);
  if (typeof wanted === 'boolean') return (wanted ? TRUE_HASHES : FALSE_HASHES).some(fits);
  if (typeof wanted === 'number') return fits(hash32(`#${wanted}`)) || fits(hashText(String(wanted)));
  return fits(hashText(wanted)) || bareForms(wanted).some((form) => fits(hash32(`#${form}`)));
}

/** The number or flag that a text reads as. */
function bareForms(text: string): string[] {
  const [number, flag] = [Number(text), text.toLowerCase()];
  return [
    ...(text.trim() === '' || Number.isNaN(number) ? [] : [String(number)]),
    ...(flag === 'true' || flag === 'false' ? [flag] : []),
  ];
}

function hashText(text: string): number {
  const instant = instantOf(text);
  return hash32(instant === undefined ? `"${text}` : `@${instant}`);
}

function hash32(text: string): number {
  const hash = saltedHash(text);
  return hash <= BLANK_HASH ? hash + 2 : hash;
}
