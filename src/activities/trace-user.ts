/** Activity: one person's way from the feed through the mapping to Halo. Writes nothing. Its answer is sealed to whoever asks. */
import { CursorExpiredError, SyncError, TransientError } from '../errors.js';
import { adoptHabits } from '../halo/habits.js';
import { previewPages } from '../halo/preview/preview.js';
import { findIds, findPerson, type FoundPerson, type Walk } from '../mapping/find-person.js';
import type { MappedPerson } from '../mapping/types.js';
import { Survey } from '../seatgeek/survey.js';
import type { TraceAnswer, TraceReply, TraceStep } from './answers.js';
import type { PreviewedPerson } from '../contract/previewed-person.js';
import type { ConnectionContext, ConnectionContexts } from './connection-contexts.js';
import { feedKnowledge } from './feed-knowledge.js';
import { withHeartbeat, type Running } from './heartbeat.js';
import { rejectedPerson } from './preview-users.js';
import { sealedTrace } from './sealed-answers.js';
import {
  absentStep,
  differenceStep,
  feedStep,
  mappingStep,
  matchStep,
  outcomeStep,
  rejectedMappingStep,
  type Reached,
} from './trace-steps.js';
import type { TraceRequest } from './types.js';

/** SeatGeek is fast: so long reads a feed of a million events. */
const READING_MS = 8 * 60_000;
const BY_EMAIL = 'email:';

/** Throws what reading the feed throws. */
export function traceUser(contexts: ConnectionContexts) {
  return (request: TraceRequest): Promise<TraceReply> =>
    withHeartbeat(async (running) => {
      const context = contexts.open(request.config);
      adoptHabits(context.instance, request.habits);
      const answer = await new Trace(context, request, running).follow();
      return sealedTrace(answer, { asker: request.asker ?? null, what: request.person });
    });
}

class Trace {
  #seatgeekRequests = 0;
  #haloRequests = 0;
  readonly #walk: Walk;

  constructor(
    private readonly context: ConnectionContext,
    private readonly request: TraceRequest,
    private readonly running: Running,
  ) {
    const { columns, pageSize } = context.connection.seatgeek;
    this.#walk = {
      reader: context.reader,
      columns,
      limit: pageSize,
      signal: running.signal,
      until: Date.now() + READING_MS,
      onPage: (pages) => running.progress({ pages }),
    };
  }

  async follow(): Promise<TraceAnswer> {
    const { id, others } = await this.#seatgeekId();
    if (id === null) return this.#answer(null, [absentStep(0, true)], null);
    const found = await findPerson(this.#walk, id, null, this.request.cursor);
    this.#seatgeekRequests += found.requests;
    if (found.newest === null) return this.#answer(null, [absentStep(found.pages, found.isWholeFeed)], null);
    const reached = await this.#reached(found, id);
    const known = this.request.rejected.find(({ seatgeekId }) => seatgeekId === id);
    const { steps, person } = await this.#throughHalo(found);
    return this.#answer(id, [feedStep(found, others), ...steps, outcomeStep(person, reached, known)], person);
  }

  async #seatgeekId(): Promise<{ id: string | null; others: readonly string[] }> {
    const { person } = this.request;
    if (!person.startsWith(BY_EMAIL)) return { id: person, others: [] };
    const { ids, requests } = await findIds(this.#walk, person.slice(BY_EMAIL.length));
    this.#seatgeekRequests += requests;
    return { id: ids.at(-1) ?? null, others: ids.slice(0, -1) };
  }

  /** Where no page ends at the cursor, as after a change of page size, the feed is read on from the cursor. */
  async #reached({ newest, cursorAfterPage }: FoundPerson, id: string): Promise<Reached> {
    const { cursor } = this.request;
    if (cursor === null || newest === null) return 'no';
    if (cursorAfterPage !== null) return newest.page <= cursorAfterPage ? 'yes' : 'no';
    try {
      const ahead = await findPerson(this.#walk, id, cursor);
      this.#seatgeekRequests += ahead.requests;
      return ahead.images > 0 ? 'no' : ahead.isWholeFeed ? 'yes' : 'unknown';
    } catch (error) {
      if (error instanceof CursorExpiredError) return 'unknown';
      throw error;
    }
  }

  /** What stops everybody stops this person too, and is told as the step where it happens. */
  async #throughHalo({ newest }: FoundPerson): Promise<{ steps: TraceStep[]; person: PreviewedPerson | null }> {
    if (newest === null) return { steps: [], person: null };
    const steps: TraceStep[] = [];
    try {
      const { people, rejected } = await this.context.mapper.mapPage(newest.alone);
      steps.push(...rejected.map(rejectedMappingStep), ...people.map(mappingStep));
      const [rejection] = rejected;
      if (rejection !== undefined) return { steps, person: rejectedPerson(rejection) };
      const [person] = await this.#preview(people);
      if (person === undefined) return { steps, person: null };
      return { steps: [...steps, matchStep(person), ...differenceStep(person)], person };
    } catch (error) {
      if (!(error instanceof SyncError) || error instanceof TransientError) throw error;
      const step = steps.length === 0 ? 'mapping' : 'match';
      return { steps: [...steps, { step, ok: false, text: `${error.message} ${error.hint}` }], person: null };
    }
  }

  #preview(people: readonly MappedPerson[]): Promise<PreviewedPerson[]> {
    const { connection, halo, instance } = this.context;
    const call = {
      signal: this.running.signal,
      onRequest: () => void (this.#haloRequests += 1),
      onWait: (waitingUntil: number | null) => this.running.progress({ waitingUntil }),
    };
    const feed = feedKnowledge({ people: new Survey(), claims: this.request.claims });
    return previewPages([people], { client: halo, connection, instance, call, feed });
  }

  #answer(seatgeekId: string | null, steps: readonly TraceStep[], person: PreviewedPerson | null): TraceAnswer {
    return {
      connection: this.context.connection.name,
      seatgeekId,
      steps,
      person,
      seatgeekRequests: this.#seatgeekRequests,
      haloRequests: this.#haloRequests,
    };
  }
}
