/** E-mail addresses for matching; what is written to Halo stays as SeatGeek has it. */

/** Trimmed and lower-cased, the same on every machine; null when blank or without an @. */
export function foldEmail(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const folded = value.trim().normalize('NFC').toLowerCase();
  return folded.includes('@') ? folded : null;
}
