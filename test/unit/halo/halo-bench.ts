/** A Halo on loopback with nobody in it, and what a test needs to write people into it. */
import { connectionSchema, type Connection } from '../../../src/connection/schema.js';
import { createHaloClient, type HaloClient } from '../../../src/halo/api/client.js';
import { systemClock, type Clock } from '../../../src/halo/clock.js';
import { createHaloInstances, type HaloInstance } from '../../../src/halo/instance.js';
import { createHaloRun } from '../../../src/halo/run.js';
import type { HaloRun } from '../../../src/halo/types.js';
import { createHttp, type Http } from '../../../src/http/http.js';
import type { MappedPerson } from '../../../src/mapping/types.js';
import { sandboxConnection, type ConnectionOverrides } from '../../../src/sandbox/connection-file.js';
import type { UserDraft } from '../../../src/sandbox/halo-store.js';
import { customValue } from '../../../src/sandbox/halo-store.js';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../../src/sandbox/start.js';

/** Real time for the servers, a thousandth of it for our own pauses. */
export const hastyClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => systemClock.sleep(ms / 1_000, signal),
};

export interface BenchOptions extends SandboxOptions {
  readonly connection?: ConnectionOverrides;
  readonly timeoutMs?: number;
  readonly clock?: Clock;
  readonly usersKeptWhole?: number;
  /** Whether it is still to be found out that Halo keeps SeatGeek IDs. Default false. */
  readonly checksIds?: boolean;
}

export class HaloBench {
  readonly http: Http = createHttp();
  readonly connection: Connection;
  readonly instance: HaloInstance;
  readonly client: HaloClient;
  readonly clock: Clock;

  private constructor(
    readonly sandbox: Sandbox,
    private readonly options: BenchOptions,
  ) {
    this.clock = options.clock ?? hastyClock;
    this.connection = this.connect('arena');
    this.instance = createHaloInstances(this.clock).open(this.connection.halo);
    this.client = this.clientOf(this.connection);
    if (options.checksIds !== true)
      for (const kind of ['number', 'digits', 'text'])
        this.instance.keptIds.set(`${this.connection.users.seatgeekIdField} ${kind}`, 1_000);
  }

  static async start(options: BenchOptions = {}): Promise<HaloBench> {
    return new HaloBench(await startSandbox({ people: 0, existing: 0, ...options }), options);
  }

  connect(name: string): Connection {
    const file = sandboxConnection(this.sandbox, name, {
      ...this.options.connection,
      users: { importPrimaryAddress: false, ...this.options.connection?.users },
    });
    return connectionSchema.parse(file);
  }

  clientOf(connection: Connection, secret = this.sandbox.halo.clientSecret, http = this.http): HaloClient {
    return createHaloClient({
      connection,
      http,
      secrets: () => Promise.resolve({ clientId: this.sandbox.halo.clientId, clientSecret: secret }),
      budget: this.instance.budget,
      clock: this.clock,
      timeoutMs: this.options.timeoutMs ?? 10_000,
    });
  }

  run(connection: Connection = this.connection): HaloRun {
    const client = connection === this.connection ? this.client : this.clientOf(connection);
    const { usersKeptWhole } = this.options;
    const options = { client, connection, instance: this.instance };
    return createHaloRun({ ...options, ...(usersKeptWhole !== undefined && { usersKeptWhole }) });
  }

  /** Puts a user into Halo behind everybody's back. */
  add(draft: UserDraft): number {
    return this.sandbox.halo.store.create(draft);
  }

  /** What Halo has, without the placeholders: the fields that tests look at. */
  people(): SeenUser[] {
    return this.sandbox.halo
      .users()
      .filter(({ name }) => name !== 'General User')
      .map((user) => ({
        id: user.id,
        name: user.name,
        email: user.emailaddress,
        inactive: user.inactive,
        site: user.site_id_int,
        seatgeekId: customValue(user, 'CFSeatGeekID'),
        tier: customValue(user, 'CFLoyaltyTier'),
      }));
  }

  async close(): Promise<void> {
    await this.http.close();
    await this.sandbox.close();
  }
}

export interface SeenUser {
  readonly id: number;
  readonly name: string;
  readonly email: string;
  readonly inactive: boolean;
  readonly site: number;
  readonly seatgeekId: string | number | boolean | null;
  readonly tier: string | number | boolean | null;
}

/** A person as the mapping hands it over; e-mail `<id>@example.org` unless said otherwise. */
export function person(seatgeekId: string, overrides: PersonOverrides = {}): MappedPerson {
  const { email = `${seatgeekId}@example.org`, name = `Name ${seatgeekId}`, fields = [], ...rest } = overrides;
  const standard = [
    ...(name === null ? [] : [{ to: 'name', value: name, when: 'always' as const }]),
    { to: 'emailaddress', value: email, when: 'always' as const },
  ];
  return {
    seatgeekId,
    deleted: false,
    matchEmail: email === null ? null : email.trim().toLowerCase(),
    fields: [...standard, ...fields],
    address: null,
    ...rest,
  };
}

export interface PersonOverrides extends Partial<Omit<MappedPerson, 'seatgeekId'>> {
  readonly email?: string | null;
  readonly name?: string | null;
}

export function outcomes(settled: readonly { readonly outcome: string }[]): string[] {
  return settled.map(({ outcome }) => outcome);
}
