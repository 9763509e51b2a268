/** What counts as no value. Pure. */
export function isBlank(value: unknown): boolean {
  return value === null || value === undefined || value === '';
}
