/** What this worker learnt in a run about Halo, and in a pass about the order of images. Any other worker learns it anew. */
import type { HaloRun } from '../halo/types.js';
import type { MappedPerson } from '../mapping/types.js';
import { createSequenceIndex, type SequenceIndex } from '../seatgeek/sequence-index.js';
import { checkBrake } from './brake.js';
import type { ConnectionContext } from './connection-contexts.js';
import type { FeedPages, MappedPageInHand } from './feed-pages.js';
import type { Running } from './heartbeat.js';
import { startScout, type Scout } from './scout.js';
import type { NewerImage, PageName, RunName } from './types.js';

/** Runs and passes kept at a time; the least recently used go first. A run that comes back fills its memory anew. */
const MAX_RUNS = 32;

interface Pass {
  readonly from: string | null;
  readonly index: SequenceIndex;
  /** The feed was read to its end: every image there was is known. */
  drained: boolean;
  /** Only in a pass over all history. */
  scout: Scout | null;
}

interface Run {
  readonly halo: HaloRun;
  /** The brake let it pass. */
  isWithinPast: boolean;
}

export interface RunMemory {
  readonly halo: HaloRun;
  /** Once per run and worker, after `cover`. Answers the feed requests it took. Throws as `checkBrake` does. */
  brake(page: MappedPageInHand, past: number, running: Running): Promise<number>;
  /** Learns the images of the page, and of every page of the pass before it that this worker has not seen. Answers the feed requests it took. */
  cover(page: MappedPageInHand, signal: AbortSignal): Promise<number>;
  /** Sends a scout ahead of a pass over all history, once per worker. Answers the feed requests it has sent since last asked. */
  scout(page: MappedPageInHand, running: Running): Promise<number>;
  /** The newest image known of the person. */
  newest(person: MappedPerson): NewerImage | null;
  /** Whether a strictly newer image of the person is known. */
  isSuperseded(person: MappedPerson): boolean;
}

/** Memories by run and pass; shared by all activities of a worker. */
export class RunMemories {
  readonly #passes = new Map<string, Pass>();
  readonly #runs = new Map<string, Run>();

  constructor(readonly pages: FeedPages) {}

  /** `newer`: images known from an earlier run. */
  open(context: ConnectionContext, run: RunName, newer: readonly NewerImage[] = []): RunMemory {
    const pass = keep(this.#passes, `${context.key}${run.pass}`, () => ({
      from: run.from,
      index: createSequenceIndex(),
      drained: false,
      scout: null,
    }));
    for (const [seatgeekId, sequence] of newer) pass.index.note(seatgeekId, sequence);
    const kept = keep(this.#runs, `${context.key}${run.id}`, () => ({
      halo: context.startHaloRun(),
      isWithinPast: false,
    }));
    return {
      halo: kept.halo,
      brake: (page, past, running) => this.#brake(context, pass, kept, { page, past, running }),
      cover: (page, signal) => this.#cover(context, pass, page, signal),
      scout: (page, running) => this.#scout(context, pass, kept, page, running),
      newest: ({ seatgeekId }) => {
        const sequence = pass.index.newest(seatgeekId);
        return sequence === null ? null : [seatgeekId, sequence];
      },
      isSuperseded: ({ seatgeekId, sequence }) => pass.index.isSuperseded(seatgeekId, sequence),
    };
  }

  /** Afterwards every image up to the end of the feed is known, so that no scout and no covering is needed. */
  async #brake(
    context: ConnectionContext,
    pass: Pass,
    run: Run,
    { page, past, running }: { page: MappedPageInHand; past: number; running: Running },
  ): Promise<number> {
    if (run.isWithinPast) return 0;
    const check = { context, halo: run.halo, index: pass.index, past, running };
    const requests = await checkBrake(check, page.page, page.name.limit);
    run.isWithinPast = true;
    pass.drained = true;
    return requests;
  }

  /** Its head start is spent on learning who is in Halo, which has to come first anyway. */
  async #scout(
    context: ConnectionContext,
    pass: Pass,
    { halo }: Run,
    { name, page, mapped }: MappedPageInHand,
    running: Running,
  ): Promise<number> {
    const isWanted = pass.from === null && page.hasMore && !pass.drained;
    if (isWanted && pass.scout === null) {
      pass.scout = startScout(context, pass.index, { cursor: page.nextCursor, limit: name.limit });
      await halo.forecast(mapped.people, {
        signal: running.signal,
        onProgress: ({ waitingUntil }) => running.progress({ waitingUntil }),
      });
    }
    await pass.scout?.headStart;
    return pass.scout?.takeRequests() ?? 0;
  }

  /**
   * Reads on from where this worker's knowledge ends up to the page. Pages cut otherwise may step over the page's beginning: then the feed is
   * read to its end, and knowing more images than needed does no harm, because the newest of each will be written when its page comes.
   */
  async #cover(context: ConnectionContext, pass: Pass, target: MappedPageInHand, signal: AbortSignal): Promise<number> {
    let requests = 0;
    const { cursor, limit } = target.name;
    let at = pass.index.coveredTo === undefined ? pass.from : pass.index.coveredTo;
    while (at !== cursor && !pass.drained) {
      const page = await this.#note(context, pass, { cursor: at, limit }, signal);
      requests += page.requests;
      pass.drained = !page.page.hasMore || page.page.nextCursor === at;
      at = page.page.nextCursor;
    }
    for (const person of target.mapped.people) pass.index.note(person.seatgeekId, person.sequence);
    if (!pass.drained) pass.index.coverTo(target.page.nextCursor);
    return requests;
  }

  async #note(context: ConnectionContext, pass: Pass, name: PageName, signal: AbortSignal): Promise<MappedPageInHand> {
    const page = await this.pages.readMapped(context, name, signal);
    for (const person of page.mapped.people) pass.index.note(person.seatgeekId, person.sequence);
    pass.index.coverTo(page.page.nextCursor);
    return page;
  }
}

function keep<T>(map: Map<string, T>, key: string, make: () => T): T {
  const value = map.get(key) ?? make();
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > MAX_RUNS && oldest !== undefined) map.delete(oldest);
  return value;
}
