/** How deep JSON from outside may be nested. Workflow code imports this file: nothing else. */

/** Deeper JSON overflows the stack of whoever walks it. */
export const MAX_DEPTH = 50;

/** Whether objects and lists are nested deeper than `most`. Walks without recursion, and no further than needed. */
export function depthBeyond(value: unknown, most: number): boolean {
  if (!isContainer(value)) return false;
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    const inner: unknown[][] = level.flatMap((entry) => (isContainer(entry) ? [Object.values(entry)] : []));
    if (inner.length > 0 && depth >= most) return true;
    level = inner.flat();
  }
  return false;
}

function isContainer(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
