/** Work that needs a promise only now and then: there are many people, and a promise for each costs more than mapping its fields does. */

/** Maps one after the other; a promise only where `map` answers one. Stops at the first that throws or rejects. */
export function mapInOrder<T, U>(items: readonly T[], map: (item: T) => U | Promise<U>): U[] | Promise<U[]> {
  const done: U[] = [];
  for (const item of items) {
    const mapped = map(item);
    if (mapped instanceof Promise) return mapRest(done, mapped, items.slice(done.length + 1), map);
    done.push(mapped);
  }
  return done;
}

async function mapRest<T, U>(
  done: readonly U[],
  next: Promise<U>,
  rest: readonly T[],
  map: (item: T) => U | Promise<U>,
): Promise<U[]> {
  const mapped = await next;
  return [...done, mapped, ...(await mapInOrder(rest, map))];
}

/** `use` of the value: at once when it is there already. */
export function whenThere<T, U>(value: T | Promise<T>, use: (value: T) => U | Promise<U>): U | Promise<U> {
  return value instanceof Promise ? value.then(use) : use(value);
}
