/** One run's work on Halo: prepare the directory, plan person by person, write group by group, learn from every answer. */
import type { Connection } from '../connection/schema.js';
import { DriftError } from '../errors.js';
import type { MappedPerson } from '../mapping/types.js';
import { AddressBook } from './address/address.js';
import { AddressList } from './address/address-list.js';
import { createBatchWriter, type BatchWriterOptions } from './write/batch-writer.js';
import type { CallOptions, HaloClient } from './api/client.js';
import { systemClock, type Clock } from './clock.js';
import { Directory } from './directory/directory.js';
import { HaloRefusalError } from './api/errors.js';
import { checkSite, resolveTargets } from './setup/resolve-targets.js';
import { GroupWriter, type Setting, type WritePlan } from './write/group-writer.js';
import { takeGroup } from './plan/group.js';
import { inFlight } from './in-flight.js';
import type { HaloInstance } from './instance.js';
import { Page } from './write/page.js';
import { conflictKeys, planPerson, rejected, waitsForAddress, type Plan, type PlanContext } from './plan/plan.js';
import { forecastPerson } from './plan/forecast.js';
import { NOTHING_KNOWN, type Forecast, type HaloRun, type PersonOutcome, type WriteOptions } from './types.js';
import type { UserWriter } from './write/writer.js';

export interface RunLog {
  /** Ids and counts only. */
  warn(message: string, fields: Readonly<Record<string, string | number>>): void;
}

export interface HaloRunOptions {
  readonly client: HaloClient;
  readonly connection: Pick<Connection, 'halo' | 'users'>;
  readonly instance: HaloInstance;
  readonly clock?: Clock;
  readonly log?: RunLog;
  /** See `Directory`. */
  readonly usersKeptWhole?: number;
  /** Arrays by default. */
  readonly createWriter?: (options: BatchWriterOptions) => UserWriter;
}

const DETAILS_IN_FLIGHT = 4;

/** Errors are those of {@link HaloRun}. */
export function createHaloRun(options: HaloRunOptions): HaloRun {
  return new Run(options);
}

class Run implements HaloRun {
  requests = 0;
  readonly #clock: Clock;
  #setting: Setting | undefined;
  /** Outlives a page that was given back, so that people found in Halo later still count as created. */
  readonly #lostCreates = new Set<string>();

  constructor(private readonly options: HaloRunOptions) {
    this.#clock = options.clock ?? systemClock;
  }

  async write(people: readonly MappedPerson[], options: WriteOptions = {}): Promise<readonly PersonOutcome[]> {
    const page = new Page(options, () => (this.requests += 1));
    try {
      const setting = await this.#open(page.call);
      await setting.directory.prepare(people, page.call);
      await this.#learnAddresses(people, setting, page);
      for (let left = people; left.length > 0;) left = await this.#writeGroup(left, setting, page);
      return people.map((person) => page.outcomeOf(person));
    } catch (error) {
      throw error instanceof HaloRefusalError ? readRefused(error) : error;
    }
  }

  async forecast(people: readonly MappedPerson[], options: WriteOptions = {}): Promise<readonly Forecast[]> {
    const { call } = new Page(options, () => (this.requests += 1));
    try {
      const { directory, targets } = await this.#open(call);
      const { feed = NOTHING_KNOWN } = options;
      await directory.prepare(people, call);
      const { users } = this.options.connection;
      return people.map((person) => forecastPerson(person, { index: directory.index, targets, users, feed }));
    } catch (error) {
      throw error instanceof HaloRefusalError ? readRefused(error) : error;
    }
  }

  get directory(): string | null {
    return this.#setting?.directory.explanation ?? null;
  }

  async #open(call: CallOptions): Promise<Setting> {
    if (this.#setting !== undefined) return this.#setting;
    const { client, instance, connection, log } = this.options;
    await checkSite(client, connection.users.defaultSite, call);
    const targets = await resolveTargets(client, connection.users, call);
    const directory = new Directory({
      client,
      instance,
      targets,
      clock: this.#clock,
      usersKeptWhole: this.options.usersKeptWhole,
    });
    const addresses = new AddressBook({
      client,
      habits: instance.addresses,
      readDetails: (userId, options) => directory.readDetails(userId, options),
      onRefused: (userId, reason) => log?.warn('Halo did not take an address', { userId, reason }),
    });
    const { createWriter = createBatchWriter } = this.options;
    const size = connection.halo.writeBatch;
    const writer = createWriter({
      client,
      habits: instance.arrays,
      addresses: instance.addresses,
      directory,
      targets,
      clock: this.#clock,
      size,
    });
    const addressList = new AddressList({
      client,
      instance,
      readDetails: (userId, options) => directory.readDetails(userId, options),
      usersAt: (siteId) => directory.usersAt(siteId),
      learn: (user) => directory.learn(user),
    });
    this.#setting = { targets, directory, addresses, addressList, writer };
    return this.#setting;
  }

  /** Of those whose plan waits for nothing but the address. */
  async #learnAddresses(people: readonly MappedPerson[], setting: Setting, page: Page): Promise<void> {
    const { addressList } = setting;
    const context = this.#planContext(setting, page);
    const comparisons = people.flatMap((person) => {
      const plan = planPerson(person, context);
      return plan.kind === 'read' && waitsForAddress(plan, context) ? [plan] : [];
    });
    await addressList.learn(comparisons, page.call);
  }

  /** Settles a group; answers who is left, in order. */
  async #writeGroup(people: readonly MappedPerson[], setting: Setting, page: Page): Promise<readonly MappedPerson[]> {
    const context = this.#planContext(setting, page);
    const { group, rest } = takeGroup(people, {
      size: this.options.connection.halo.writeBatch,
      keysOf: (person) => conflictKeys(person, context),
      plan: (person) => planPerson(person, context),
      kindOf: ({ kind }) => (kind === 'settled' ? null : kind === 'create' ? 'create' : 'update'),
    });
    const plans = await inFlight(group, DETAILS_IN_FLIGHT, (plan) => this.#complete(plan, setting, page));
    for (const plan of plans) if (plan.kind === 'settled') page.settle(this.#outcomeOf(plan));
    const unread = plans.flatMap((plan) => (plan.kind === 'read' ? [plan.person] : []));
    const writes = plans.filter((plan) => plan.kind === 'update' || plan.kind === 'create');
    return [...unread, ...(await this.#write(writes, setting, page)), ...rest];
  }

  /** Reads the user's details where the plan needs them, and plans again. Still `read`: the user is gone, so the person waits for the next group. */
  async #complete(plan: Plan, setting: Setting, page: Page): Promise<Plan> {
    if (plan.kind !== 'read') return plan;
    const { person, user } = plan;
    try {
      if (!(await readUser(user.id, person, setting, page.call))) return plan;
    } catch (error) {
      if (error instanceof HaloRefusalError) return rejected(person, 'halo-refused', error.message);
      throw error;
    }
    return planPerson(person, this.#planContext(setting, page));
  }

  /** Answers who must be planned again. */
  async #write(writes: readonly WritePlan[], setting: Setting, page: Page): Promise<readonly MappedPerson[]> {
    if (writes.every(({ kind }) => kind === 'update')) return this.#groupWriter(setting, page).write(writes);
    return this.options.instance.creating.run(() => this.#writeWithCreates(writes, setting, page));
  }

  /** From knowing the newest users until the new ones are there nobody else in this process creates; who is found now is planned again. */
  async #writeWithCreates(writes: readonly WritePlan[], setting: Setting, page: Page): Promise<MappedPerson[]> {
    // A long wait for Halo's limit must not lie between knowing the newest users and creating.
    await this.options.client.ready(page.call, 2);
    await setting.directory.readyToCreate(page.call);
    const context = this.#planContext(setting, page);
    const isStillRight = ({ kind, person }: WritePlan): boolean =>
      kind === 'update' || planPerson(person, context).kind === 'create';
    const found = writes.filter((plan) => !isStillRight(plan)).map(({ person }) => person);
    const again = await this.#groupWriter(setting, page).write(writes.filter(isStillRight));
    return [...found, ...again];
  }

  #groupWriter(setting: Setting, page: Page): GroupWriter {
    const { connection } = this.options;
    return new GroupWriter({
      connection,
      setting,
      page,
      clock: this.#clock,
      lostCreates: this.#lostCreates,
    });
  }

  #outcomeOf({ person, outcome, rejection }: Extract<Plan, { kind: 'settled' }>): PersonOutcome {
    const { seatgeekId } = person;
    if (rejection !== undefined) return { seatgeekId, outcome, rejection };
    return { seatgeekId, outcome: outcome === 'unchanged' && this.#lostCreates.has(seatgeekId) ? 'created' : outcome };
  }

  #planContext({ directory, targets, addresses }: Setting, page: Page): PlanContext {
    return {
      index: directory.index,
      targets,
      users: this.options.connection.users,
      withAddress: addresses.place !== 'nowhere',
      mayBeBlind: addresses.mayBeBlind,
      haveChanged: page.haveChanged,
      feed: page.feed,
      now: this.#clock.now(),
      kept: page.plans,
    };
  }
}

/** False when Halo no longer has the user: then the person is prepared for anew. */
export async function readUser(
  id: number,
  person: MappedPerson,
  { directory, addresses }: Pick<Setting, 'directory' | 'addresses'>,
  call: CallOptions,
): Promise<boolean> {
  const user = await directory.readDetails(id, call);
  if (user === null) {
    directory.forget(id, person);
    await directory.prepare([person], call);
    return false;
  }
  if (addresses.place === 'apart' && person.address !== null) {
    directory.learn({ ...user, address: await addresses.read(id, call) });
  }
  return true;
}

/** Halo refuses to answer a question that concerns everybody. */
export function readRefused(error: HaloRefusalError): DriftError {
  return new DriftError(
    'halo-read-refused',
    `Halo refused to be read (status ${error.status}): ${error.reason}`,
    'Run validate to see which part of the set-up it is; nothing more is written until it can be read.',
    { cause: error },
  );
}
