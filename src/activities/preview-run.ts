/**
 * Activity: what the run that is next, or held, would do in Halo: in numbers, and its first people field by field. Surveys the feed as the run does,
 * then looks for everybody in Halo. Writes nothing. Its answer is sealed to whoever asks.
 */
import { BrakeError, DriftError } from '../errors.js';
import { adoptHabits } from '../halo/habits.js';
import { openRehearsal, type RehearsalRun } from '../halo/preview/preview.js';
import type { Outlook } from '../halo/types.js';
import type { MappedPage, MappedPerson } from '../mapping/types.js';
import type { PageRead } from '../seatgeek/page-reader.js';
import type { FeedPage } from '../seatgeek/types.js';
import type { PreviewReply, RunOutlook } from './answers.js';
import type { PreviewedPerson } from '../contract/previewed-person.js';
import { assertWithin, pastOf } from './brake.js';
import type { ConnectionContext, ConnectionContexts } from './connection-contexts.js';
import { Deactivated } from './deactivated.js';
import { feedKnowledge } from './feed-knowledge.js';
import { FeedSurvey } from './feed-survey.js';
import { withHeartbeat, type Running } from './heartbeat.js';
import { rejectedPerson } from './preview-users.js';
import { nameRows } from './row-names.js';
import { sealedPreview } from './sealed-answers.js';
import { eachCount, type CountName } from '../contract/counts.js';
import type { PreviewRunRequest } from './types.js';

/** As many as other previews show. */
const MOST_SHOWN = 100;

/** Throws as an import does. */
export function previewRun(contexts: ConnectionContexts) {
  return (request: PreviewRunRequest): Promise<PreviewReply> =>
    withHeartbeat(async (running) => {
      const context = contexts.open(request.config);
      adoptHabits(context.instance, request.habits);
      const work = new RunPreview(context, request, running);
      const answer = await work.answer();
      running.log('preview of the next run made', { events: answer.events, haloRequests: answer.haloRequests });
      return sealedPreview(answer, { asker: request.asker ?? null, what: { of: 'next-run' } });
    });
}

class RunPreview {
  readonly #survey: FeedSurvey;
  readonly #halo: RehearsalRun;
  readonly #counts = new Map<Outlook | CountName, number>();
  readonly #first: MappedPerson[] = [];
  readonly #refused: PreviewedPerson[] = [];
  #superseded = 0;
  #haloRequests = 0;
  #seatgeekRequests = 0;

  constructor(
    private readonly context: ConnectionContext,
    private readonly request: PreviewRunRequest,
    private readonly running: Running,
  ) {
    const { connection, halo, instance } = context;
    this.#survey = new FeedSurvey(context, request.cursor);
    const call = {
      signal: running.signal,
      onRequest: () => void (this.#haloRequests += 1),
      onWait: (waitingUntil: number | null) => running.progress({ surveyed: this.#survey.events, waitingUntil }),
    };
    const { claims } = request;
    const deactivated = new Deactivated(request.deactivated, new Set());
    // Known from the survey and from earlier runs, as when the run is written.
    const feed = feedKnowledge({ people: this.#survey.people, claims, deactivated });
    this.#halo = openRehearsal({ client: halo, connection, instance, call, feed });
  }

  async answer(): Promise<Parameters<typeof sealedPreview>[0]> {
    // A small run has no more than this page: it is not read twice.
    const first = await this.#read(this.request.cursor, false);
    await this.#surveyFeed(first.page);
    await this.#lookAtPages(first);
    const shown = await this.#halo.preview([this.#first]);
    const people = [...shown, ...this.#refused].slice(0, MOST_SHOWN);
    return {
      connection: this.context.connection.name,
      events: this.#survey.events,
      people,
      run: await this.#outlook(),
      haloRequests: this.#haloRequests,
      seatgeekRequests: this.#seatgeekRequests,
    };
  }

  async #surveyFeed(page: FeedPage): Promise<void> {
    this.#survey.noteNewer(this.request.newer);
    this.#seatgeekRequests += await this.#survey.readOn(page, {
      signal: this.running.signal,
      until: Infinity,
      onPage: () => {
        this.running.progress({ surveyed: this.#survey.events });
        return Promise.resolve();
      },
    });
  }

  /** Up to where the survey came: what is new since belongs to a later run. */
  async #lookAtPages(first: PageRead): Promise<void> {
    let events = 0;
    for (let read: PageRead | null = first; read !== null;) {
      const { page }: PageRead = read;
      await this.#lookAt(read);
      events += page.rows.length;
      if (!page.hasMore || events >= this.#survey.events) return;
      read = await this.#readOn(page.nextCursor);
    }
  }

  async #lookAt({ page }: PageRead): Promise<void> {
    const { mapper } = this.context;
    const mapped = await mapper.mapPage(page, { select: (events) => this.#survey.newestOf(page, events) });
    this.#superseded += mapped.superseded;
    await this.#noteRefused(mapped, page);
    const outlooks = await this.#halo.outlook(mapped.people);
    const forecasts = await this.#halo.forecast(mapped.people);
    mapped.people.forEach((person, at) => {
      const ahead = outlooks[at] ?? 'unread';
      const outlook = this.#survey.people.isFirstLook(person.seatgeekId) ? ahead : onceMore(ahead);
      this.#count(outlook);
      if (outlook !== 'unchanged' && outlook !== 'skipped' && this.#first.length < MOST_SHOWN) this.#first.push(person);
      const forecast = forecasts[at] ?? 'other';
      this.#survey.people.mark(person.seatgeekId, forecast === 'other' ? null : forecast);
    });
    this.running.progress({ surveyed: this.#survey.events, looked: this.#looked });
  }

  async #noteRefused({ rejected }: MappedPage, { rows }: FeedPage): Promise<void> {
    for (const rejection of await nameRows(this.context, rejected, rows)) {
      this.#count('rejected');
      if (this.#refused.length < MOST_SHOWN) this.#refused.push(rejectedPerson(rejection));
    }
  }

  #count(outlook: Outlook): void {
    this.#counts.set(outlook, this.#counted(outlook) + 1);
  }

  #counted(outlook: Outlook | CountName): number {
    return this.#counts.get(outlook) ?? 0;
  }

  get #looked(): number {
    return [...this.#counts.values()].reduce((sum, people) => sum + people, 0);
  }

  async #outlook(): Promise<RunOutlook> {
    return {
      events: this.#survey.events,
      ...eachCount((name) => this.#counted(name)),
      people: this.#looked,
      superseded: this.#superseded,
      unread: this.#counted('unread'),
      brake: await this.#brake(),
    };
  }

  /** In the words that the connection would show. */
  async #brake(): Promise<string | null> {
    const past = pastOf(this.context, this.request);
    if (past === undefined) return null;
    try {
      const check = { context: this.context, halo: this.#halo, survey: this.#survey, running: this.running };
      await assertWithin(check, past);
      return null;
    } catch (error) {
      if (error instanceof BrakeError) return error.message;
      throw error;
    }
  }

  /** Null at a row that is broken alone, where the run would stop. */
  async #readOn(cursor: string | null): Promise<PageRead | null> {
    try {
      return await this.#read(cursor, true);
    } catch (error) {
      if (error instanceof DriftError && error.code === 'row-unreadable') return null;
      throw error;
    }
  }

  async #read(cursor: string | null, isMorePromised: boolean): Promise<PageRead> {
    const { reader, connection } = this.context;
    const { signal } = this.running;
    const limit = connection.seatgeek.pageSize;
    const read = await reader.read({ cursor, limit, signal, isMorePromised, isPatient: true });
    this.#seatgeekRequests += read.requests;
    return read;
  }
}

/** Of somebody whose newest image the feed serves again: once written, it is as wanted. */
function onceMore(outlook: Outlook): Outlook {
  return outlook === 'rejected' || outlook === 'skipped' ? outlook : 'unchanged';
}
