/**
 * Whom this process has written lately, and by which run. What one run has read of a user before another wrote it is not true any more: the other
 * connection may have given the user away, or filled custom fields that would be sent back empty.
 */
import type { Clock } from './clock.js';
import type { KnownUser } from './directory/known-user.js';
import { MAX_ROW_AGE_MS } from './plan/match.js';

/** What is known of a user, and since when. */
export type ReadUser = Pick<KnownUser, 'id' | 'readAt'>;

/** Times are epoch milliseconds. */
interface Note {
  readonly run: number;
  readonly at: number;
  /** When a run other than `run` wrote last. */
  readonly byOthersAt: number;
}

interface UnderWay {
  readonly run: number;
  readonly userIds: ReadonlySet<number>;
}

/** About as many as Halo's limit lets anybody write while rows count. They take some 15 MB. */
const MAX_NOTES = 100_000;
const NEVER: Note = { run: 0, at: -Infinity, byOthersAt: -Infinity };
const LOOK_AGAIN_MS = 100;

/** Of one Halo. */
export class RecentWrites {
  /** By user id, those written longest ago first. */
  readonly #notes = new Map<number, Note>();
  readonly #underWay = new Set<UnderWay>();
  /** Stands for all who are forgotten though their time has not come. */
  #forgotten = NEVER;
  #runs = 0;

  constructor(
    readonly clock: Clock,
    private readonly maxNotes = MAX_NOTES,
  ) {}

  /** As a run sees them that begins now. */
  ofNewRun(): WritesOfOthers {
    this.#runs += 1;
    return new WritesOfOthers(this, this.#runs);
  }

  /** These users are about to be sent. Answers what is to be called once that is over, whatever became of it. */
  begin(run: number, userIds: readonly number[]): () => void {
    const underWay = { run, userIds: new Set(userIds) };
    this.#underWay.add(underWay);
    return () => {
      this.#underWay.delete(underWay);
      const at = this.clock.now();
      for (const id of userIds) {
        const note = noted(this.#notes.get(id), run, at);
        this.#notes.delete(id);
        this.#notes.set(id, note);
      }
      this.#forget(at);
    };
  }

  /** Whether another run is sending the user. */
  isUnderWay(run: number, userId: number): boolean {
    for (const other of this.#underWay) if (other.run !== run && other.userIds.has(userId)) return true;
    return false;
  }

  /** When another run wrote the user last, as far as that is not long ago. */
  byOthersAt(run: number, userId: number): number {
    return Math.max(byOthersThan(run, this.#notes.get(userId)), byOthersThan(run, this.#forgotten));
  }

  #forget(now: number): void {
    for (const [id, { run, at, byOthersAt }] of this.#notes) {
      const isOver = now > at + MAX_ROW_AGE_MS;
      if (!isOver && this.#notes.size <= this.maxNotes) break;
      this.#notes.delete(id);
      if (isOver) continue;
      const all = noted(this.#forgotten, run, at);
      this.#forgotten = { ...all, byOthersAt: Math.max(all.byOthersAt, byOthersAt) };
    }
  }
}

function noted(before: Note | undefined, run: number, at: number): Note {
  return { run, at, byOthersAt: byOthersThan(run, before) };
}

function byOthersThan(run: number, note: Note = NEVER): number {
  return note.run === run ? note.byOthersAt : note.at;
}

/** As one run sees them: what it has written itself is known to it. */
export class WritesOfOthers {
  constructor(
    private readonly all: RecentWrites,
    private readonly run: number,
  ) {}

  /** Whether what was read of a user counts no more: it must be read again before anybody takes it by e-mail, or its custom fields are sent back. */
  isOld(user: ReadUser): boolean {
    return this.all.clock.now() > user.readAt + MAX_ROW_AGE_MS || this.isOutdated(user);
  }

  /** Whether another run may have written the user since it was read. */
  isOutdated({ id, readAt }: ReadUser): boolean {
    return this.all.byOthersAt(this.run, id) > readAt || this.all.isUnderWay(this.run, id);
  }

  /** See `RecentWrites.begin`. */
  begin(userIds: readonly number[]): () => void {
    return this.all.begin(this.run, userIds);
  }

  /** Waits until no other run is sending the user: what was read of it now would count for nothing. Throws the signal's reason. */
  async settled(userId: number, signal: AbortSignal | undefined): Promise<void> {
    while (this.all.isUnderWay(this.run, userId)) await this.all.clock.sleep(LOOK_AGAIN_MS, signal);
  }
}
