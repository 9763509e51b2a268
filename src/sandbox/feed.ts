/** SeatGeek's change log of `clients`: numbers for made-up people, whole rows for what a test adds. Positions never change. */
import type { FeedRow } from '../seatgeek/types.js';
import { partOf } from './cast.js';
import type { SeatGeekDialect } from './dialects.js';
import { personRow, type Population } from './person.js';
import { hex } from './random.js';

export type Operation = 'U' | 'D' | 'X';

/** One event of a made-up person. `sequence` 0 is the snapshot's, -1 one that can't be compared. */
export interface PersonEvent {
  readonly person: number;
  readonly revision: number;
  readonly operation: Operation;
  readonly sequence: number;
}

export interface Feed {
  readonly population: Population;
  /** Positions in the log, compacted-away ones included. */
  readonly length: number;
  /** Rows as a reader of the whole feed gets them, in feed order. */
  rows(): Generator<FeedRow>;
  /** Up to `limit` rows from a position, and the position after them. */
  read(from: number, limit: number): { rows: FeedRow[]; next: number; hasMore: boolean };
  /** Adds an event of a made-up person at the end. */
  push(event: PersonEvent): void;
  /** Adds any row at the end; `_ringside_sequence` (a newer one) and `_ringside_operation` (U) are filled in when left out. */
  append(row: FeedRow): FeedRow;
  /** Adds a new image of a person of history with some columns changed. */
  change(person: number, columns: FeedRow): FeedRow;
  /** Adds a D row for a person of history. */
  remove(person: number): void;
  /** The person's newest row among made-up events, whatever was appended by hand. */
  person(person: number): FeedRow;
  /** How often the made-up person has changed so far. */
  revision(person: number): number;
  /** A sequence newer than all given so far. */
  nextSequence(): number;
  /** The feed is built anew: every row, of before and of what comes, is served as `change` makes it, and all cursors expire. */
  rebuild(change: (row: FeedRow) => FeedRow): void;
  /** From now on cursors given so far are refused as expired, as the dialect says. */
  expireCursors(): void;
  /** Cursors of an older generation are expired. */
  readonly generation: number;
}

/** Printed form of two log sequence numbers (`reference/seatgeek.md` 1.5). Sorts as text in order of `n`. */
export function sequenceText(n: number): string {
  const part = (slot: string): string =>
    `${hex(0x0019a1c3 + Math.floor(n / 0x10000), 8)}:${hex((n % 0x10000) * 8 + 16, 8)}:${slot}`;
  return `${part('0004')}/${part('0003')}`;
}

export function createFeed(population: Population, dialect: SeatGeekDialect): Feed {
  return new ChangeLog(population, dialect);
}

/** Of a fixed-width column, in characters. */
const ID_COLUMN_WIDTH = 40;

const OPERATIONS: readonly Operation[] = ['U', 'D', 'X'];

class ChangeLog implements Feed {
  readonly #persons: number[] = [];
  readonly #revisions: number[] = [];
  readonly #operations: number[] = [];
  readonly #sequences: number[] = [];
  readonly #byHand = new Map<number, FeedRow>();
  /** Where each key's newest event stands; kept only when the log is compacted. */
  readonly #newest = new Map<string | number, number>();
  readonly #revisionOf = new Map<number, number>();
  #sequence = 0;
  #generation = 0;
  #change = (row: FeedRow): FeedRow => row;

  constructor(
    readonly population: Population,
    private readonly dialect: SeatGeekDialect,
  ) {}

  get length(): number {
    return this.#persons.length;
  }

  get generation(): number {
    return this.#generation;
  }

  *rows(): Generator<FeedRow> {
    for (let at = 0; at < this.length; at += 1) if (this.#isServed(at)) yield this.#row(at);
  }

  read(from: number, limit: number): { rows: FeedRow[]; next: number; hasMore: boolean } {
    const rows: FeedRow[] = [];
    let at = from;
    for (; at < this.length && rows.length < limit; at += 1) if (this.#isServed(at)) rows.push(this.#row(at));
    while (at < this.length && !this.#isServed(at)) at += 1;
    return { rows, next: at, hasMore: at < this.length };
  }

  push({ person, revision, operation, sequence }: PersonEvent): void {
    if (this.dialect.log === 'compacted') this.#newest.set(person, this.length);
    if (revision > 0) this.#revisionOf.set(person, Math.max(revision, this.#revisionOf.get(person) ?? 0));
    this.#add(person, revision, OPERATIONS.indexOf(operation), sequence);
  }

  append(row: FeedRow): FeedRow {
    const whole = {
      _ringside_sequence: sequenceText(this.nextSequence()),
      _ringside_operation: 'U',
      ...row,
    };
    const key = row[this.dialect.idColumn];
    if (this.dialect.log === 'compacted' && typeof key === 'string') this.#newest.set(key, this.length);
    this.#byHand.set(this.length, whole);
    this.#add(-1, 0, 0, 0);
    return whole;
  }

  change(person: number, columns: FeedRow): FeedRow {
    const columnsNow = Object.entries(this.person(person)).filter(([name]) => !name.startsWith('_ringside_'));
    return this.append({ ...Object.fromEntries(columnsNow), ...columns });
  }

  remove(person: number): void {
    this.push({ person, revision: this.revision(person), operation: 'D', sequence: this.nextSequence() });
  }

  person(person: number): FeedRow {
    return this.#image(person, this.revision(person), 0, this.#sequence);
  }

  nextSequence(): number {
    return (this.#sequence += 1);
  }

  revision(person: number): number {
    return this.#revisionOf.get(person) ?? 0;
  }

  rebuild(change: (row: FeedRow) => FeedRow): void {
    this.#change = change;
    this.expireCursors();
  }

  expireCursors(): void {
    this.#generation += 1;
  }

  #add(person: number, revision: number, operation: number, sequence: number): void {
    this.#persons.push(person);
    this.#revisions.push(revision);
    this.#operations.push(operation);
    this.#sequences.push(sequence);
  }

  #isServed(at: number): boolean {
    if (this.dialect.log === 'full') return true;
    const person = this.#persons[at] ?? -1;
    const key = person === -1 ? this.#byHand.get(at)?.[this.dialect.idColumn] : person;
    return typeof key !== 'string' && typeof key !== 'number' ? true : this.#newest.get(key) === at;
  }

  #row(at: number): FeedRow {
    const row =
      this.#byHand.get(at) ??
      this.#image(
        this.#persons[at] ?? 0,
        this.#revisions[at] ?? 0,
        this.#operations[at] ?? 0,
        this.#sequences[at] ?? 0,
      );
    return this.#change(this.#padded(row));
  }

  #padded(row: FeedRow): FeedRow {
    const { idColumn, paddedIds } = this.dialect;
    const id = row[idColumn];
    return paddedIds && typeof id === 'string' ? { ...row, [idColumn]: id.padEnd(ID_COLUMN_WIDTH) } : row;
  }

  #image(person: number, revision: number, operation: number, sequence: number): FeedRow {
    const { idColumn, deletedRow, quotedColumns } = this.dialect;
    const envelope = {
      ...this.#sequenceColumn(sequence, person, revision),
      ...this.#operationColumn(operation, revision),
    };
    if (operation === 1 && deletedRow !== 'full') return { ...envelope, ...this.#deletedColumns(person) };
    const { id, culture, ...columns } = personRow(this.population, person, revision);
    const key = partOf(person, this.population) === 'without-key' ? null : id;
    return { ...envelope, [idColumn]: key, ...columns, [quotedColumns ? '"culture"' : 'culture']: culture };
  }

  /** The key alone, or all columns with nothing in them. */
  #deletedColumns(person: number): FeedRow {
    const { idColumn, deletedRow } = this.dialect;
    const { id, ...columns } = personRow(this.population, person, 0);
    const blank: [string, null][] = deletedRow === 'blank' ? Object.keys(columns).map((name) => [name, null]) : [];
    return { [idColumn]: id, ...Object.fromEntries(blank) };
  }

  #sequenceColumn(sequence: number, person: number, revision: number): FeedRow {
    switch (this.dialect.sequence) {
      case 'absent':
        return {};
      case 'null':
        return { _ringside_sequence: null };
      case 'opaque':
        return { _ringside_sequence: `v2.${person}.${revision}` };
      case 'given':
        return { _ringside_sequence: sequence < 0 ? `backfill-${person}-${revision}` : sequenceText(sequence) };
    }
  }

  #operationColumn(operation: number, revision: number): FeedRow {
    if (operation !== 0) return { _ringside_operation: OPERATIONS[operation] };
    if (revision > 0) return { _ringside_operation: 'U' };
    const { firstOperation } = this.dialect;
    return firstOperation === 'absent' ? {} : { _ringside_operation: firstOperation };
  }
}
