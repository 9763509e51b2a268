/** Cuts people into layers: nobody's outcome depends on another's of the same layer, so that it may be written in any order. Pure. */

/**
 * An item's layer is one more than the highest layer of anybody before it with whom it shares a key (an e-mail address, a Halo user). The
 * order within a layer is that of the items.
 */
export function cutIntoLayers<T>(items: readonly T[], keysOf: (item: T) => readonly string[]): T[][] {
  const layers: T[][] = [];
  const highest = new Map<string, number>();
  for (const item of items) {
    const keys = keysOf(item);
    const layer = keys.reduce((above, key) => Math.max(above, (highest.get(key) ?? -1) + 1), 0);
    for (const key of keys) highest.set(key, layer);
    (layers[layer] ??= []).push(item);
  }
  return layers;
}
