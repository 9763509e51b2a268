/** E-mail addresses: what of a value is an address, and how addresses are compared. Pure. */

/** RFC 5321 has 254; what comes around an address is never much longer. */
const MAX_ADDRESS = 320;
const MAX_VALUE = 1_000;

/** Blanks, zero-width blanks, marks of direction, control characters: what copying leaves around an address. */
const AROUND = /^[\s\p{Cf}\p{Cc}]+|[\s\p{Cf}\p{Cc}]+$/gu;

/** One address and nothing else: no blanks, no list, no quotes, no comment, nothing invisible. */
const PLAIN = /^[^\s\p{Cf}\p{Cc}@<>()[\]\\,;:"]+@[^\s\p{Cf}\p{Cc}@<>()[\]\\,;:"]+$/u;

/**
 * The one address that a value holds, in its letter case: `jane@x.example`, `mailto:jane@x.example`, `Jane <jane@x.example>`. Null for
 * anything else, also for several addresses: whose they are cannot be known.
 */
export function plainEmail(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > MAX_VALUE) return null;
  const visible = value.replace(AROUND, '');
  const inner = /^[^<>]*<([^<>]*)>$/u.exec(visible)?.[1] ?? visible;
  const address = inner.replace(AROUND, '').replace(/^mailto:\s*/i, '');
  return address.length <= MAX_ADDRESS && PLAIN.test(address) ? address : null;
}

/**
 * For comparing, the same on every machine; null when the value is not one address. Only ASCII letters lose their case: a mail server may give
 * addresses that differ in any other way, be it Unicode's two ways to write one letter, to two people.
 */
export function foldEmail(value: unknown): string | null {
  return plainEmail(value)?.replace(/[A-Z]/g, (letter) => letter.toLowerCase()) ?? null;
}
