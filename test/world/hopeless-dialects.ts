/** Values of dialects with which nothing can be imported, which is another test's matter (`test/faults/core-net/custom-fields.test.ts`, `outages.test.ts`). */
const HOPELESS: Readonly<Record<string, readonly unknown[]>> = {
  rights: ['read-only', 'sees-nothing', 'no-users'],
  idField: ['cut', 'not-writable', 'number'],
};

export function isHopeless(name: string, value: unknown): boolean {
  return HOPELESS[name]?.includes(value) ?? false;
}
