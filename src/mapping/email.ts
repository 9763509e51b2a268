/** E-mail addresses: what of a value is an address, and how addresses are compared. Pure. */

/** RFC 5321 has 254; what comes around an address is never much longer. */
const MAX_ADDRESS = 320;
const MAX_VALUE = 1_000;

/** Zero-width blanks, soft hyphens, marks of direction, control characters: nobody sees them, and no address means them. */
const INVISIBLE = /[\p{Cf}\p{Cc}]/gu;

/** One address and nothing else: no blanks, no list, no quotes, no comment. */
const PLAIN = /^[^\s@<>()[\]\\,;:"]+@[^\s@<>()[\]\\,;:"]+$/u;

/**
 * The one address that a value holds, in its letter case: `jane@x.example`, `mailto:jane@x.example`, `Jane <jane@x.example>`. Null for
 * anything else, also for several addresses: whose they are cannot be known.
 */
export function plainEmail(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > MAX_VALUE) return null;
  const visible = value.normalize('NFC').replace(INVISIBLE, '').trim();
  const inner = /^[^<>]*<([^<>]*)>$/u.exec(visible)?.[1] ?? visible;
  const address = inner.trim().replace(/^mailto:\s*/iu, '');
  return address.length <= MAX_ADDRESS && PLAIN.test(address) ? address : null;
}

/** For comparing, the same on every machine; null when the value is not one address. */
export function foldEmail(value: unknown): string | null {
  return plainEmail(value)?.toLowerCase() ?? null;
}
