/**
 * A Halo with its limit on, over real HTTP, in a time of its own: sandbox and budgets share a clock that goes on when nothing is on its way. So the
 * real 300 requests in five minutes are tested in seconds, and how fast the machine is changes no count.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { connectionSchema, type Connection } from '../../../src/connection/schema.js';
import { createHaloClient, type HaloClient } from '../../../src/halo/api/client.js';
import type { Clock } from '../../../src/halo/clock.js';
import { createHaloInstances, type HaloInstance } from '../../../src/halo/instance.js';
import { createHaloRun } from '../../../src/halo/run.js';
import type { HaloRun } from '../../../src/halo/types.js';
import { createHttp, type Http } from '../../../src/http/http.js';
import { sandboxConnection, type ConnectionOverrides } from '../../../src/sandbox/connection-file.js';
import type { HaloDialect } from '../../../src/sandbox/dialects.js';
import type { LoggedRequest } from '../../../src/sandbox/request-log.js';
import { startSandbox, type Sandbox } from '../../../src/sandbox/start.js';
import { FakeClock } from '../../unit/halo/fake-clock.js';

export const LIMIT = { requests: 300, perSeconds: 300 };
export const WINDOW_MS = LIMIT.perSeconds * 1_000;

const ANSWER_MS = 300;

export class LimitBench {
  readonly startedAt: number;
  readonly #http: Http;

  private constructor(
    readonly sandbox: Sandbox,
    readonly clock: FakeClock,
    private readonly wire: Wire,
  ) {
    this.startedAt = clock.now();
    this.#http = wire.delayed(clock);
  }

  static async start(halo: Partial<HaloDialect> = {}): Promise<LimitBench> {
    const wire = new Wire();
    const clock = new FakeClock(Date.now(), () => wire.silence());
    const sandbox = await startSandbox({
      people: 0,
      existing: 0,
      now: () => clock.now(),
      halo: { rateLimit: LIMIT, ...halo },
    });
    return new LimitBench(sandbox, clock, wire);
  }

  /** What one more process shares among its connections. */
  process(): HaloInstance {
    return createHaloInstances(this.clock).open({ url: this.sandbox.halo.url });
  }

  connection(name: string, halo: ConnectionOverrides['halo'] = {}): Connection {
    const users = { importPrimaryAddress: false };
    return connectionSchema.parse(
      sandboxConnection(this.sandbox, name, { halo: { rateLimit: LIMIT, ...halo }, users }),
    );
  }

  client(connection: Connection, { budget }: HaloInstance): HaloClient {
    const { clientId, clientSecret } = this.sandbox.halo;
    const secrets = (): Promise<{ clientId: string; clientSecret: string }> =>
      Promise.resolve({ clientId, clientSecret });
    return createHaloClient({ connection, http: this.#http, secrets, budget, clock: this.clock });
  }

  run(connection: Connection, instance: HaloInstance): HaloRun {
    return createHaloRun({ client: this.client(connection, instance), connection, instance });
  }

  /** Lets time go on until it is done; throws what it throws. */
  async settle<T>(work: Promise<T>): Promise<T> {
    const state = { over: false };
    const end = (): void => void (state.over = true);
    work.then(end, end);
    await this.clock.runUntil(() => state.over);
    return work;
  }

  /** Requests of so many windows from the start, as Halo saw them. */
  inWindows(from: number, to: number): LoggedRequest[] {
    const at = ({ at: arrived }: LoggedRequest): number => (arrived - this.startedAt) / WINDOW_MS;
    return this.sandbox.halo.requests.all().filter((request) => at(request) >= from && at(request) < to);
  }

  async close(): Promise<void> {
    await this.wire.http.close();
    await this.sandbox.close();
  }
}

/** The HTTP of a bench: knows when nothing is on its way. */
class Wire {
  readonly http = createHttp();
  #onTheirWay = 0;

  /** Half of the time before the request arrives, half after it was answered. */
  delayed(clock: Clock): Http {
    return {
      request: async (request) => {
        await clock.sleep(ANSWER_MS / 2);
        this.#onTheirWay += 1;
        const answer = await this.http.request(request).finally(() => (this.#onTheirWay -= 1));
        await clock.sleep(ANSWER_MS / 2);
        return answer;
      },
      close: () => Promise.resolve(),
    };
  }

  async silence(): Promise<void> {
    do await turn();
    while (this.#onTheirWay > 0);
    await turn();
  }
}
