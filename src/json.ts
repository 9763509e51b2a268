/** JSON from outside: what it is, and how deep it may be nested. Workflow code imports this file, which imports nothing. */

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return isContainer(value) && !Array.isArray(value);
}

/** Undefined when the text is no JSON. */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Of JSON text, the place after the quote that ends the string that begins at `start`; the end of the text when there is none. */
export function endOfString(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); end >= 0; end = json.indexOf('"', end + 1)) {
    let escapes = 0;
    while (json.charAt(end - 1 - escapes) === '\\') escapes += 1;
    if (escapes % 2 === 0) return end + 1;
  }
  return json.length;
}

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

function isContainer(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null;
}
