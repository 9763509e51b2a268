/**
 * A few people in SeatGeek, a Halo, and the program's own activities between them, over HTTP. Only what goes in by HTTP and what comes out
 * (Halo's users, the list of rejected, the outcome of runs) is looked at, so that these tests stand whatever the program is made of.
 */
import assert from 'node:assert/strict';
import { systemClock, type Clock } from '../../../src/halo/clock.js';
import type { ConnectionOverrides } from '../../../src/sandbox/connection-file.js';
import type { Fault, PlacedFault } from '../../../src/sandbox/faults.js';
import { customValue, type HaloUser, type UserDraft } from '../../../src/sandbox/halo-store.js';
import type { RequestLog } from '../../../src/sandbox/request-log.js';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../../src/sandbox/start.js';
import { Pipeline, type PipelineOptions } from '../../matrix/pipeline.js';
import { compare, expectedHaloUsers } from '../../oracle/index.js';

export interface SceneOptions extends SandboxOptions {
  readonly connection?: ConnectionOverrides;
  /** Milliseconds until a request counts as unanswered. */
  readonly timeoutMs?: number;
  /** How many times as fast as the real one the program's and the sandbox's clock goes. Default 100. */
  readonly faster?: number;
  /** See `PipelineOptions`. */
  readonly isOlder?: boolean;
  readonly goesOn?: PipelineOptions['goesOn'];
  readonly dies?: PipelineOptions['dies'];
}

export type Columns = Readonly<Record<string, unknown>>;

export const POST_USERS = { method: 'POST', path: '/api/Users' } as const;
export const GET_USERS = { method: 'GET', path: '/api/Users' } as const;
export const FEED = { path: '/v1/clients' } as const;

/** A clock much faster than the real one, which a test may set forward. */
class FastClock implements Clock {
  readonly #start = Date.now();
  #ahead = 0;
  /** Milliseconds of the longest wait that was asked for. */
  longestSleepMs = 0;

  constructor(private readonly faster: number) {}

  now(): number {
    return this.#start + (Date.now() - this.#start) * this.faster + this.#ahead;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    this.longestSleepMs = Math.max(this.longestSleepMs, ms);
    return systemClock.sleep(ms / this.faster, signal);
  }

  setForward(ms: number): void {
    this.#ahead += ms;
  }
}

export class Scene {
  readonly #before: readonly HaloUser[];

  private constructor(
    readonly sandbox: Sandbox,
    readonly pipeline: Pipeline,
    readonly clock: FastClock,
  ) {
    this.#before = sandbox.halo.users();
  }

  /** Nobody in the feed, and in Halo whom `users` makes. Arrays of ten and pages of a hundred unless said otherwise. */
  static async open(
    { connection, timeoutMs, isOlder = false, faster = 100, goesOn, dies, ...options }: SceneOptions = {},
    users: readonly UserDraft[] = [],
  ): Promise<Scene> {
    const clock = new FastClock(faster);
    const time = { now: () => clock.now(), sleep: (ms: number) => clock.sleep(ms) };
    const sandbox = await startSandbox({ people: 0, existing: 0, ...time, ...options });
    for (const draft of users) sandbox.halo.store.create(draft);
    const sized = {
      ...connection,
      seatgeek: { pageSize: 100, ...connection?.seatgeek },
      halo: { writeBatch: 10, ...connection?.halo },
    };
    const limit = timeoutMs === undefined ? {} : { timeoutMs };
    const plays = { ...(goesOn !== undefined && { goesOn }), ...(dies !== undefined && { dies }) };
    return new Scene(sandbox, new Pipeline(sandbox, { connection: sized, clock, isOlder, ...limit, ...plays }), clock);
  }

  get requests(): RequestLog {
    return this.sandbox.halo.requests;
  }

  /** Adds an image of a person. */
  add(id: string, columns: Columns = {}): void {
    this.sandbox.seatgeek.feed.append({ ...rowOf(id), ...columns });
  }

  /** Adds `count` people `p0`, `p1` …, or from `from` on. */
  addMany(count: number, columns: (n: number) => Columns = () => ({}), from = 0): void {
    for (let n = from; n < from + count; n += 1) this.add(`p${n}`, columns(n));
  }

  fault(fault: Fault): PlacedFault {
    return this.sandbox.faults.add(fault);
  }

  /** A run, or as many as it takes until one comes to its end; throws when none does. */
  sync(): Promise<void> {
    return this.pipeline.sync();
  }

  /** What the worker had in memory is lost. */
  restart(): void {
    this.pipeline.restartWorker();
  }

  /** One run; how it ended. */
  async run(): Promise<string> {
    await this.pipeline.run();
    return this.pipeline.state.lastRun?.outcome ?? 'none';
  }

  /** Users written by a run over all history. */
  async updatedAgain(): Promise<number> {
    const { writes } = this.sandbox.halo;
    const before = writes.updated;
    this.pipeline.clearCursor();
    await this.sync();
    return writes.updated - before;
  }

  /** Users with this SeatGeek ID. */
  users(seatgeekId: string): HaloUser[] {
    return this.sandbox.halo.users().filter((user) => customValue(user, 'CFSeatGeekID') === seatgeekId);
  }

  user(seatgeekId: string): HaloUser {
    const [user, ...more] = this.users(seatgeekId);
    assert.ok(
      user !== undefined && more.length === 0,
      `${seatgeekId} is in Halo ${user === undefined ? 0 : more.length + 1} times`,
    );
    return user;
  }

  tier(seatgeekId: string): unknown {
    return customValue(this.user(seatgeekId), 'CFLoyaltyTier');
  }

  rejected(): string[] {
    return this.pipeline.state.rejected.users.map(({ seatgeekId }) => seatgeekId).sort();
  }

  /**
   * Halo is as the feed says, nobody is there twice, and the list of rejected holds exactly `rejected`, of whom nothing else is asked.
   * `byOthers`: Halo ids that the test made or changed itself.
   */
  assertRight({
    rejected = [],
    byOthers = [],
  }: { rejected?: readonly string[]; byOthers?: readonly number[] } = {}): void {
    const rows = [...this.sandbox.seatgeek.feed.rows()];
    const expected = expectedHaloUsers({ rows, before: this.#before });
    const differences = compare(this.sandbox, expected, { except: byOthers });
    assert.deepEqual(
      differences.filter((line) => !rejected.some((id) => line.startsWith(`${id}: `))),
      [],
    );
    assert.deepEqual(this.rejected(), [...rejected].sort());
  }

  /** Nobody has the SeatGeek ID or e-mail address of another user. */
  assertNobodyDoubled(): void {
    const users = this.sandbox.halo.users().filter(({ name }) => name !== 'General User');
    for (const of of [
      (user: HaloUser) => customValue(user, 'CFSeatGeekID'),
      (user: HaloUser) => user.emailaddress.toLowerCase(),
    ]) {
      const values = users.map(of).filter((value) => value !== null && value !== '');
      const twice = values.filter((value, at) => values.indexOf(value) !== at);
      assert.deepEqual(twice, []);
    }
  }

  async close(): Promise<void> {
    await this.pipeline.close();
    await this.sandbox.close();
  }
}

/** Opens a scene, plays it and closes it. */
export async function play(
  options: SceneOptions,
  users: readonly UserDraft[],
  body: (scene: Scene) => Promise<void>,
): Promise<void> {
  const scene = await Scene.open(options, users);
  try {
    await body(scene);
  } finally {
    await scene.close();
  }
}

/** A plain person; e-mail `<id>@example.org`. */
export function rowOf(id: string): Columns {
  return {
    id,
    first_name: 'Ada',
    last_name: `Name ${id}`,
    email: `${id}@example.org`,
    home_phone: null,
    mobile_phone: null,
    loyalty_tier: 'Gold',
    creation_datetime: '2020-01-01 00:00:00',
    address_line_1: null,
    address_line_2: null,
    city: null,
    state: null,
    country: null,
    postal_code: null,
  };
}

/** A user of Halo who is not in SeatGeek. */
export function stranger(n: number): UserDraft {
  return { name: `Stranger ${n}`, emailaddress: `stranger.${n}@example.org` };
}

/** A user of Halo who has the e-mail address of a person of the feed and no SeatGeek ID yet. */
export function namesake(id: string): UserDraft {
  return { name: `Old ${id}`, firstname: 'Old', surname: id, emailaddress: `${id.toUpperCase()}@example.org` };
}
