/**
 * Who stands in the feed, read with nothing of the program under test: every image of every person, and which of them is the newest.
 * Newest: by `_ringside_sequence` where both can be compared, else by feed order (`reference/seatgeek.md` 6.12).
 */

export type Row = Readonly<Record<string, unknown>>;

export interface Image {
  /** Place in the whole feed. */
  readonly position: number;
  readonly isDelete: boolean;
  readonly sequence: string | null;
  readonly row: Row;
}

export interface FeedPerson {
  readonly id: string;
  readonly images: readonly Image[];
  readonly newest: Image;
}

const UPSERTS = ['U', 'I', 'C', 'R', undefined, null];
const COMPARABLE = /^[0-9a-f]{8}:[0-9a-f]{8}:[0-9a-f]{4}\/[0-9a-f]{8}:[0-9a-f]{8}:[0-9a-f]{4}$/i;

/** People by SeatGeek ID, in order of their first image. Rows without a usable ID and unknown operations lead to nobody. */
export function feedPeople(rows: Iterable<Row>, idColumn: string): Map<string, FeedPerson> {
  const people = new Map<string, { images: Image[]; newest: Image }>();
  let position = -1;
  for (const row of rows) {
    position += 1;
    const told = row[idColumn];
    const id = typeof told === 'string' ? told.trim() : told;
    const operation = row['_ringside_operation'];
    const isDelete = operation === 'D';
    if (typeof id !== 'string' || id === '' || /[\s@]/.test(id)) continue;
    if (!isDelete && !UPSERTS.includes(operation as string | null | undefined)) continue;
    const image = { position, isDelete, sequence: sequenceOf(row), row };
    const person = people.get(id);
    if (person === undefined) people.set(id, { images: [image], newest: image });
    else {
      person.images.push(image);
      if (!isStrictlyOlder(image, person.newest)) person.newest = image;
    }
  }
  return new Map([...people].map(([id, person]) => [id, { id, ...person }]));
}

function sequenceOf(row: Row): string | null {
  const sequence = row['_ringside_sequence'];
  return typeof sequence === 'string' ? sequence.toLowerCase() : null;
}

function isStrictlyOlder(image: Image, than: Image): boolean {
  if (image.sequence === null || than.sequence === null) return false;
  return COMPARABLE.test(image.sequence) && COMPARABLE.test(than.sequence) && image.sequence < than.sequence;
}
