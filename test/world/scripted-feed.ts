/** Activities over a feed in memory: events are numbers, pages are slices, and what is written is a list. For tests of the workflow alone. */
import { ApplicationFailure, Context } from '@temporalio/activity';
import type {
  ConnectionActivities,
  ConnectionSettings,
  FollowingResult,
  PageResult,
  UpsertRequest,
  UpsertResult,
} from '../../src/activities/types.js';
import { personKey } from '../../src/contract/person-key.js';

export const PAGE_SIZE = 10;

const SETTINGS: ConnectionSettings = {
  name: 'arena',
  seatgeekHost: 'ringside.example',
  haloHost: 'halo.example',
  pageSize: PAGE_SIZE,
  integratorEnabled: true,
  intervalMs: 900_000,
};

export class ScriptedFeed {
  /** Every person written, in order, as `person-<n>`. */
  readonly written: string[] = [];
  /** Names of the activities called, in order. */
  readonly calls: string[] = [];
  /** People Halo refuses. */
  readonly refused = new Set<string>();
  /** With how many further pages a step goes on that may. */
  goesOn = 0;
  /** Called before a page is written; may wait or throw. */
  beforeWrite: (request: UpsertRequest) => Promise<void> = () => Promise.resolve();
  beforeFetch: () => Promise<void> = () => Promise.resolve();

  constructor(
    public events: number,
    readonly settings: Partial<ConnectionSettings> = {},
  ) {}

  readonly activities: ConnectionActivities = {
    readConnection: () => {
      this.calls.push('readConnection');
      return Promise.resolve({ ...SETTINGS, ...this.settings });
    },
    fetchChangeEvents: async ({ page }) => {
      this.calls.push('fetchChangeEvents');
      await this.beforeFetch();
      const { start, end } = this.#slice(page);
      return {
        page,
        nextCursor: end === 0 ? null : `c${end}`,
        hasMore: end < this.events,
        events: end - start,
        seatgeekRequests: 1,
      };
    },
    mapUsers: ({ page }) => {
      this.calls.push('mapUsers');
      const { start, end } = this.#slice(page);
      return Promise.resolve({ people: end - start, rejected: 0, seatgeekRequests: 0 });
    },
    upsertUsers: async (request) => {
      this.calls.push('upsertUsers');
      await this.beforeWrite(request);
      const result = this.#write(request);
      const following = this.#goOn(request, result);
      return following.length === 0 ? result : { ...result, following };
    },
    configureConnection: () => {
      this.calls.push('configureConnection');
      const settings = { ...SETTINGS, ...this.settings };
      return Promise.resolve({ settings, answer: { changes: [], effects: [], reimport: false } });
    },
    previewUsers: () => Promise.reject(failure('site-missing')),
    previewRun: () => Promise.reject(failure('site-missing')),
    traceUser: () => Promise.reject(failure('site-missing')),
    validateConnection: () => Promise.resolve({ ok: true, lines: [{ check: 'file', ok: true, message: 'is fine' }] }),
  };

  #slice({ cursor, limit }: { cursor: string | null; limit: number }): { start: number; end: number } {
    const start = cursor === null ? 0 : Number(cursor.slice(1));
    return { start, end: Math.min(this.events, start + limit) };
  }

  #goOn(request: UpsertRequest, first: PageResult): FollowingResult[] {
    const following: FollowingResult[] = [];
    let last = first;
    while (request.goesOn === true && last.hasMore && following.length < this.goesOn) {
      const page = { cursor: last.settledCursor, limit: request.page.limit };
      last = this.#write({ ...request, page });
      following.push({ ...last, page });
    }
    return following;
  }

  #write({ page, takeEvents, only, watch }: UpsertRequest): UpsertResult {
    const { start, end } = this.#slice(page);
    const all = Array.from(
      { length: Math.min(end - start, takeEvents ?? Infinity) },
      (_, index) => `person-${start + index}`,
    );
    const people = only === undefined ? all : all.filter((person) => only.includes(person));
    const accepted = people.filter((person) => !this.refused.has(person));
    const refused = people.filter((person) => this.refused.has(person));
    const created = accepted.filter((person) => !this.written.includes(person));
    this.written.push(...accepted);
    return {
      settledCursor: `c${end}`,
      hasMore: end < this.events,
      events: people.length,
      counts: {
        people: accepted.length,
        created: created.length,
        matchedByEmail: 0,
        updated: 0,
        unchanged: accepted.length - created.length,
        deactivated: 0,
        skipped: 0,
        rejected: refused.length,
      },
      rejected: refused.map((seatgeekId) => ({ seatgeekId, code: 'halo-refused', message: 'refused' })),
      resolved: accepted.filter((person) => (watch ?? '').includes(personKey(person))),
      missing: (only ?? []).filter((person) => !people.includes(person)),
      haloRequests: people.length,
      seatgeekRequests: 0,
    };
  }
}

/** A gate that activities wait at until a test opens it; the activity keeps its heartbeat and may be cancelled meanwhile. */
export class Gate {
  #open: () => void = () => undefined;
  #arrived: () => void = () => undefined;
  readonly opened = new Promise<void>((resolve) => (this.#open = resolve));
  /** Resolves when somebody waits. */
  readonly arrived = new Promise<void>((resolve) => (this.#arrived = resolve));

  open(): void {
    this.#open();
  }

  /** Waits without heartbeat: no cancellation gets here. */
  async reached(): Promise<void> {
    this.#arrived();
    await this.opened;
  }

  async pass(): Promise<void> {
    this.#arrived();
    const context = Context.current();
    const beat = setInterval(() => context.heartbeat(), 50);
    try {
      await Promise.race([this.opened, context.cancelled]);
    } finally {
      clearInterval(beat);
    }
  }
}

/** An error as the real activities throw it. */
export function failure(type: string, nonRetryable = true, ...kept: readonly object[]): ApplicationFailure {
  const details = ['do this', ...kept];
  return ApplicationFailure.create({ type, message: `scripted ${type}`, details, nonRetryable });
}
