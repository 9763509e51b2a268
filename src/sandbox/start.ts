/** SeatGeek and Halo on loopback, speaking the wire formats of `reference/`: for the demo, for tests, for trying a mapping. */
import { setTimeout as pauseFor } from 'node:timers/promises';
import { createFaults, type Fault, type Faults } from './faults.js';
import { haloDialect, type HaloDialect, seatGeekDialect, type SeatGeekDialect } from './dialects.js';
import type { Feed } from './feed.js';
import { createHistory } from './feed-history.js';
import { haloErrorBody, limitText } from './halo-errors.js';
import { moreSites, SITES, seedHalo } from './halo-seed.js';
import { HALO_TOKEN_PATH, serveHalo } from './halo-server.js';
import { HaloStore, type HaloUser } from './halo-store.js';
import { createUserLister } from './halo-user-list.js';
import { createLiveChanges } from './live-changes.js';
import { listen } from './loopback-server.js';
import { sequenceOfChance } from './random.js';
import { createRequestLog, type RequestLog } from './request-log.js';
import { createRollingWindow } from './rolling-window.js';
import { SEATGEEK_TOKEN_PATH, seatGeekErrorBody, serveSeatGeek } from './seatgeek-server.js';
import { createTokens } from './tokens.js';
import { createWriteLog, type WriteLog } from './write-log.js';

export interface SandboxOptions {
  readonly seed?: number;
  /** People in SeatGeek's history. Default 5,000. */
  readonly people?: number;
  readonly host?: '127.0.0.1';
  /** Any free port by default. */
  readonly seatgeekPort?: number;
  readonly haloPort?: number;
  readonly seatgeek?: Partial<SeatGeekDialect>;
  readonly halo?: Partial<HaloDialect>;
  readonly faults?: readonly Fault[];
  /** Adds `changes` change events every `everyMs` milliseconds until closed. */
  readonly live?: { readonly everyMs: number; readonly changes: number };
  /** Users in Halo whom SeatGeek does not know. Default 200. */
  readonly existing?: number;
  /** Sites in Halo beside the four that have names. Default none. */
  readonly moreSites?: number;
  /** Images per person in history, on average, at least 1. Default 1.15. */
  readonly images?: number;
  /** False: nobody in history is odd (without a name, with an e-mail that is taken, with sequences that can't be compared …). Default true. */
  readonly oddities?: boolean;
  /** Epoch milliseconds; `Date.now` by default. */
  readonly now?: () => number;
  /** Passes milliseconds of that time; real ones by default. */
  readonly sleep?: (ms: number) => Promise<unknown>;
}

export interface Sandbox {
  readonly options: {
    readonly seed: number;
    readonly people: number;
    readonly seatgeek: SeatGeekDialect;
    readonly halo: HaloDialect;
  };
  readonly seatgeek: {
    /** `http://127.0.0.1:PORT/v1` */
    readonly apiUrl: string;
    readonly tokenUrl: string;
    readonly audience: string;
    readonly clientId: string;
    readonly clientSecret: string;
    /** API requests; token requests apart. */
    readonly requests: RequestLog;
    readonly tokenRequests: RequestLog;
    readonly feed: Feed;
  };
  readonly halo: {
    readonly url: string;
    readonly clientId: string;
    readonly clientSecret: string;
    /** API requests; token requests apart. */
    readonly requests: RequestLog;
    readonly tokenRequests: RequestLog;
    /** All users with every detail, by ascending id. */
    users(): HaloUser[];
    readonly writes: WriteLog;
    readonly store: HaloStore;
  };
  readonly faults: Faults;
  addLiveChanges(count: number): void;
  close(): Promise<void>;
}

const AUDIENCE = 'https://ringside.seatgeek.com';
const SEATGEEK_CREDENTIALS = { clientId: 'sandbox-seatgeek-client', clientSecret: 'sandbox-seatgeek-secret' };
const HALO_CREDENTIALS = { clientId: 'sandbox-halo-client', clientSecret: 'sandbox-halo-secret' };

/** Starts both servers. Throws an Error when a port is in use. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { seed = 1, people = 5_000, now = Date.now, live } = options;
  const dialects = { seatgeek: seatGeekDialect(options.seatgeek), halo: haloDialect(options.halo) };
  const faults = createFaults(options.faults ?? [], sequenceOfChance(seed + 2));
  const population = { seed, people, oddities: options.oddities };
  const feed = createHistory({ ...population, images: options.images ?? 1.15 }, dialects.seatgeek);
  const store = new HaloStore([...SITES, ...moreSites(options.moreSites ?? 0)], now);
  seedHalo(store, population, options.existing ?? 200);
  const sleep = options.sleep ?? ((ms: number) => pauseFor(ms, undefined, { ref: false }));
  const shared = { host: options.host ?? '127.0.0.1', faults, now, sleep };
  const seatgeek = await startSeatGeek({
    ...shared,
    port: options.seatgeekPort ?? 0,
    feed,
    dialect: dialects.seatgeek,
  });
  const halo = await startHalo({ ...shared, port: options.haloPort ?? 0, store, dialect: dialects.halo }).catch(
    async (error: unknown) => {
      await seatgeek.close();
      throw error;
    },
  );
  const addLiveChanges = createLiveChanges(feed);
  const timer = live === undefined ? undefined : setInterval(() => addLiveChanges(live.changes), live.everyMs).unref();
  return {
    options: { seed, people, ...dialects },
    seatgeek: seatgeek.face,
    halo: halo.face,
    faults,
    addLiveChanges,
    close: async () => {
      clearInterval(timer);
      faults.clear();
      await Promise.all([seatgeek.close(), halo.close()]);
    },
  };
}

type Shared = Pick<Parameters<typeof listen>[0], 'host' | 'port' | 'faults' | 'now' | 'sleep'>;

async function startSeatGeek({ feed, dialect, ...shared }: Shared & { feed: Feed; dialect: SeatGeekDialect }): Promise<{
  face: Sandbox['seatgeek'];
  close: () => Promise<void>;
}> {
  const tokens = createTokens(shared.now);
  const logs = { requests: createRequestLog(), tokenRequests: createRequestLog() };
  const world = { ...SEATGEEK_CREDENTIALS, audience: AUDIENCE, dialect, feed, tokens };
  const server = await listen({
    ...shared,
    ...logs,
    system: 'seatgeek',
    tokenPath: SEATGEEK_TOKEN_PATH,
    handle: (ask) => serveSeatGeek(world, ask),
    errorBody: seatGeekErrorBody,
    revokeToken: (authorization) => tokens.revoke(authorization),
  });
  const face = {
    ...SEATGEEK_CREDENTIALS,
    ...logs,
    apiUrl: `${server.url}/v1`,
    tokenUrl: `${server.url}${SEATGEEK_TOKEN_PATH}`,
    audience: AUDIENCE,
    feed,
  };
  return { face, close: () => server.close() };
}

async function startHalo({ store, dialect, ...shared }: Shared & { store: HaloStore; dialect: HaloDialect }): Promise<{
  face: Sandbox['halo'];
  close: () => Promise<void>;
}> {
  const tokens = createTokens(shared.now);
  const logs = { requests: createRequestLog(), tokenRequests: createRequestLog() };
  const writes = createWriteLog();
  const limits = [dialect.edgeLimit, dialect.rateLimit].flatMap((limit) =>
    limit === null
      ? []
      : {
          window: createRollingWindow(limit.requests, (limit.perSeconds * 1_000) / (limit.timeScale ?? 1)),
          text: limitText(limit.requests, limit.perSeconds),
        },
  );
  const listUsers = createUserLister({ store, dialect });
  const world = { ...HALO_CREDENTIALS, dialect, store, listUsers, tokens, writes, limits, now: shared.now };
  const server = await listen({
    ...shared,
    ...logs,
    system: 'halo',
    latencyMs: dialect.latencyMs,
    tokenPath: HALO_TOKEN_PATH,
    handle: (ask) => serveHalo(world, ask),
    errorBody: haloErrorBody,
    revokeToken: (authorization) => tokens.revoke(authorization),
  });
  const users = (): HaloUser[] => [...store.all()].map((user) => store.wholeUser(user)).sort((a, b) => a.id - b.id);
  return { face: { ...HALO_CREDENTIALS, ...logs, url: server.url, users, writes, store }, close: () => server.close() };
}
