/** What a worker keeps per connection: the checked file and the clients built from it. Any worker can build it anew at any time. */
import { LRUCache } from 'lru-cache';
import { checkConnection } from '../connection/check.js';
import { assertHosts, assertPinned, parseHosts, type AllowedHosts } from '../connection/allowed-hosts.js';
import type { Connection, Endpoints, SecretRef } from '../connection/schema.js';
import type { AllowedFields } from '../connection/targets.js';
import { secretVariable, type Secrets } from '../connection/secrets.js';
import { createHaloClient, HALO_TIMEOUT_MS, type HaloClient, type HaloClientOptions } from '../halo/api/client.js';
import { createTokenSource as createHaloTokens, type HaloTokens } from '../halo/api/token.js';
import { systemClock, type Clock } from '../halo/clock.js';
import { createHaloInstances, SETTLING_MS, type HaloInstance, type HaloInstances } from '../halo/instance.js';
import { createHaloRun } from '../halo/run.js';
import type { HaloRun } from '../halo/types.js';
import type { Http } from '../http/http.js';
import type { Credentials, TokenSource } from '../http/kept-token.js';
import type { Proxies } from '../http/proxy.js';
import type { Metrics } from '../metrics/metrics.js';
import { createMapper, type Mapper } from '../mapping/mapper.js';
import { createFeedClient } from '../seatgeek/feed-client.js';
import { createPageReader, type PageReader } from '../seatgeek/page-reader.js';
import { createTokenSource } from '../seatgeek/token.js';
import { countedHttp } from './counted-http.js';

export interface ActivityDependencies {
  readonly http: Http;
  readonly secrets: Secrets;
  readonly allowedHosts: AllowedHosts;
  /** For webhooks; `http` has its own. Default: none. */
  readonly proxies?: Proxies;
  /** Fields that give rights or identity and may be mapped all the same. Default: none. */
  readonly allowedFields?: AllowedFields;
  /** Default: nothing is counted. */
  readonly metrics?: Metrics;
  /** The system's by default. With a clock of its own nothing learnt about a Halo is shared with the rest of the process. */
  readonly clock?: Clock;
  /** Milliseconds for which Halo may be at work on a request whose answer was lost. Two minutes by default. */
  readonly settlingMs?: number;
}

export interface ConnectionContext {
  /** Tells connections and versions of their files apart within this process. */
  readonly key: string;
  readonly connection: Connection;
  readonly mapper: Mapper;
  readonly reader: PageReader;
  readonly halo: HaloClient;
  readonly instance: HaloInstance;
  readonly seatgeekCredentials: () => Promise<Credentials>;
  startHaloRun(): HaloRun;
}

/** What speaks to the two systems, before there is anything to map. */
export interface Reach {
  readonly seatgeekCredentials: () => Promise<Credentials>;
  readonly feedHttp: Http;
  readonly halo: HaloClient;
  readonly instance: HaloInstance;
}

const NO_FIELDS: AllowedFields = new Set();

/** Characters of the files whose contexts are kept, which take a multiple in memory; the least recently used goes first. */
const MAX_CHARACTERS = 8_000_000;
/** More connections than a worker can serve. */
const MAX_TOKENS = 20_000;

/** The contexts of this worker, built when first asked for. */
export class ConnectionContexts {
  readonly #contexts = new LRUCache<string, ConnectionContext>({
    maxSize: MAX_CHARACTERS,
    sizeCalculation: (_context, key) => key.length,
  });
  readonly #instances: HaloInstances;
  /** Tokens live for up to weeks and are small: they outlive the contexts. */
  readonly #seatgeekTokens = new LRUCache<string, TokenSource>({ max: MAX_TOKENS });
  readonly #haloTokens = new LRUCache<string, HaloTokens>({ max: MAX_TOKENS });

  constructor(readonly deps: ActivityDependencies) {
    this.#instances = createHaloInstances(deps.clock, this.settlingMs);
  }

  /** So long, in milliseconds, a request may be at work whose sender died. */
  get settlingMs(): number {
    return this.deps.settlingMs ?? SETTLING_MS;
  }

  get #timed(): { readonly clock?: Clock } {
    return this.deps.clock === undefined ? {} : { clock: this.deps.clock };
  }

  /** Throws ConfigError when the file is not acceptable or names a host that this worker must not talk to. */
  open(config: unknown): ConnectionContext {
    const key = JSON.stringify(config);
    const context = this.#contexts.get(key) ?? this.#build(key, config);
    this.#contexts.set(key, context);
    return context;
  }

  /** Contexts kept. */
  get size(): number {
    return this.#contexts.size;
  }

  /** Throws ConfigError for a host that this worker must not talk to. */
  reach(endpoints: Endpoints): Reach {
    assertHosts(endpoints, this.deps.allowedHosts);
    const credentials = (of: 'seatgeek' | 'halo') => () => this.#credentials(endpoints, of);
    const instance = this.#instances.open(endpoints.halo);
    const { feedHttp, haloHttp, ...watch } = watched(this.deps, endpoints, instance);
    const halo = createHaloClient({
      connection: endpoints,
      http: haloHttp,
      secrets: credentials('halo'),
      tokens: this.#haloTokensOf(endpoints, credentials('halo')),
      budget: instance.budget,
      ...watch,
      ...this.#timed,
    });
    return { seatgeekCredentials: credentials('seatgeek'), feedHttp, halo, instance };
  }

  #build(key: string, config: unknown): ConnectionContext {
    const connection = checkConnection(config, { allowedFields: this.deps.allowedFields ?? NO_FIELDS });
    const { halo, instance, feedHttp, seatgeekCredentials } = this.reach(connection);
    const tokens = this.#tokensOf(connection, feedHttp, seatgeekCredentials);
    const feed = createFeedClient({ connection, http: feedHttp, credentials: seatgeekCredentials, tokens });
    return {
      key,
      connection,
      seatgeekCredentials,
      mapper: createMapper(connection),
      reader: createPageReader(feed, this.deps.clock),
      halo,
      instance,
      startHaloRun: () => createHaloRun({ client: halo, connection, instance }),
    };
  }

  #tokensOf({ name, seatgeek }: Connection, http: Http, credentials: () => Promise<Credentials>): TokenSource {
    const { apiUrl, tokenUrl, audience, clientId, clientSecret } = seatgeek;
    const key = JSON.stringify([name, apiUrl, tokenUrl, audience, clientId.secret, clientSecret.secret]);
    return kept(this.#seatgeekTokens, key, () => createTokenSource({ settings: seatgeek, http, credentials }));
  }

  #haloTokensOf({ name, halo }: Endpoints, secrets: () => Promise<Credentials>): HaloTokens {
    const { url, tenant, scope, clientId, clientSecret } = halo;
    const key = JSON.stringify([name, url, tenant, scope, clientId.secret, clientSecret.secret]);
    const { http, clock = systemClock } = this.deps;
    return kept(this.#haloTokens, key, () =>
      createHaloTokens({ halo, http, secrets, clock, timeoutMs: HALO_TIMEOUT_MS }),
    );
  }

  /** `ARENA_HALO_HOSTS`, beside the secrets, narrows where these may go, whatever a file says. A token goes where its secrets went. */
  async #assertPinned({ name, seatgeek, halo }: Endpoints, of: 'seatgeek' | 'halo'): Promise<void> {
    const variable = secretVariable(name, `${of}-hosts`);
    const hosts = parseHosts((await this.deps.secrets.find(name, `${of}-hosts`)) ?? '', variable);
    if (hosts.length === 0) return;
    const addresses =
      of === 'halo'
        ? [['halo.url', halo.url] as const]
        : [['seatgeek.apiUrl', seatgeek.apiUrl] as const, ['seatgeek.tokenUrl', seatgeek.tokenUrl] as const];
    for (const [place, address] of addresses) assertPinned(address, place, hosts, variable);
  }

  async #credentials(connection: Endpoints, of: 'seatgeek' | 'halo'): Promise<Credentials> {
    const read = (ref: SecretRef): Promise<string> => this.deps.secrets.read(connection.name, ref.secret);
    await this.#assertPinned(connection, of);
    const { clientId, clientSecret } = connection[of];
    return { clientId: await read(clientId), clientSecret: await read(clientSecret) };
  }
}

function kept<T extends object>(cache: LRUCache<string, T>, key: string, create: () => T): T {
  const found = cache.get(key);
  if (found !== undefined) return found;
  const made = create();
  cache.set(key, made);
  return made;
}

/** What the clients send, counted if this worker counts, and who counts what they wait. */
function watched(
  { http, metrics }: ActivityDependencies,
  { name, seatgeek, halo }: Endpoints,
  { budget }: HaloInstance,
): { feedHttp: Http; haloHttp: Http } & Pick<HaloClientOptions, 'onWaited'> {
  if (metrics === undefined) return { feedHttp: http, haloHttp: http };
  const { host } = new URL(halo.url);
  metrics.watchWindow(host, () => budget.use());
  return {
    feedHttp: countedHttp(http, seatgeek.apiUrl, (answer) => metrics.countSeatGeekRequest(name, answer)),
    haloHttp: countedHttp(http, `${halo.url}/api`, (answer) => metrics.countHaloRequest(name, host, answer)),
    onWaited: (seconds) => metrics.limitWaited(name, host, seconds),
  };
}
