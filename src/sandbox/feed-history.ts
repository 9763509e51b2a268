/**
 * The feed's past: a snapshot in key order under one sequence, then the log of changes (`reference/seatgeek.md` 1.6), with what a
 * robust reader must bear (section 6): rows repeated, an older image on a later page than the newer one, deletes, comebacks, deletes of
 * people never seen.
 */
import { mayBeDeleted, mayChange, partOf } from './cast.js';
import type { SeatGeekDialect } from './dialects.js';
import { createFeed, type Feed } from './feed.js';
import type { Population } from './person.js';
import { chance, hex } from './random.js';

export interface HistoryOptions extends Population {
  /** Images per person on average, at least 1. */
  readonly images: number;
}

/** What befalls a person after the snapshot. A stale event repeats the snapshot's image under its old sequence. */
type Happening = 'change' | 'delete' | 'stale' | 'odd-change';

interface Planned {
  readonly when: number;
  readonly person: number;
  readonly what: Happening;
}

/** Separate dice for separate questions. */
const DIE = { when: 101, count: 102, fate: 103, stale: 104 } as const;

export function createHistory({ images, ...population }: HistoryOptions, dialect: SeatGeekDialect): Feed {
  const { people } = population;
  const feed = createFeed(population, dialect);
  for (let person = 0; person < people; person += 1) pushSnapshot(feed, person);
  const planned = plan({ ...population, images }, dialect.log === 'full' && dialect.sequence === 'given');
  pushLog(feed, planned);
  for (let n = 0; n < Math.min(3, people); n += 1) pushUnknownDelete(feed, n, dialect);
  return feed;
}

function pushSnapshot(feed: Feed, person: number): void {
  const part = partOf(person, feed.population);
  feed.push({
    person,
    revision: 0,
    operation: part === 'unknown-operation' ? 'X' : 'U',
    sequence: part === 'odd-sequence' ? -1 : 0,
  });
}

/** Stale images only where sequences tell them apart; nobody could order them otherwise. */
function plan({ images, ...population }: HistoryOptions, isOrdered: boolean): Planned[] {
  const { seed, people } = population;
  const planned: Planned[] = [];
  const add = (person: number, what: Happening, when: number): void => void planned.push({ when, person, what });
  for (let person = 0; person < people; person += 1) {
    const part = partOf(person, population);
    if (part === 'odd-sequence') add(person, 'odd-change', chance(seed, person, DIE.when));
    if (!mayChange(part)) continue;
    const more = Math.max(0, images - 1);
    const count = Math.floor(more) + (chance(seed, person, DIE.count) < more % 1 ? 1 : 0);
    for (let turn = 0; turn < count; turn += 1) add(person, 'change', chance(seed, person, DIE.when, turn));
    const fate = chance(seed, person, DIE.fate);
    if (mayBeDeleted(part) && fate < 0.015) add(person, 'delete', 0.9 + chance(seed, person, DIE.when, 1_001) / 20);
    if (mayBeDeleted(part) && fate < 0.004) add(person, 'change', 0.96 + chance(seed, person, DIE.when, 1_002) / 50);
    if (isOrdered && chance(seed, person, DIE.stale) < 0.015)
      add(person, 'stale', 0.5 + chance(seed, person, DIE.when, 1_003) / 2);
  }
  return planned.sort((a, b) => a.when - b.when || a.person - b.person);
}

function pushLog(feed: Feed, planned: readonly Planned[]): void {
  const revisions = new Map<number, number>();
  for (const { person, what } of planned) {
    const revision = revisions.get(person) ?? 0;
    switch (what) {
      case 'change':
        revisions.set(person, revision + 1);
        feed.push({ person, revision: revision + 1, operation: 'U', sequence: feed.nextSequence() });
        break;
      case 'odd-change':
        revisions.set(person, revision + 1);
        feed.push({ person, revision: revision + 1, operation: 'U', sequence: -1 });
        break;
      case 'delete':
        feed.push({ person, revision, operation: 'D', sequence: feed.nextSequence() });
        break;
      case 'stale':
        feed.push({ person, revision: 0, operation: 'U', sequence: 0 });
        break;
    }
  }
}

function pushUnknownDelete(feed: Feed, n: number, { idColumn }: SeatGeekDialect): void {
  feed.append({ [idColumn]: `ffffffff-0000-4000-8000-${hex(n, 12)}`, _ringside_operation: 'D' });
}
