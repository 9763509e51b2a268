/** One run's work on Halo: learn who is there, then write page after page, learning from every answer. */
import type { Connection } from '../connection/schema.js';
import { DriftError } from '../errors.js';
import type { Identity, MappedPerson } from '../mapping/types.js';
import { AddressBook } from './address/address.js';
import { AddressList } from './address/address-list.js';
import type { CallOptions, HaloClient } from './api/client.js';
import { HaloRefusalError } from './api/errors.js';
import { Directory } from './directory/directory.js';
import type { KnownUser } from './directory/known-user.js';
import type { HaloInstance } from './instance.js';
import { forecastPerson } from './plan/forecast.js';
import { waitsForAddress, type Plan } from './plan/plan.js';
import { RecentWrites } from './recent-writes.js';
import { resolveTargets } from './setup/resolve-targets.js';
import { checkSite } from './setup/sites.js';
import type { Forecast, HaloRun, Outlook, PersonOutcome, WriteOptions } from './types.js';
import { createArraySender, type ArraySenderOptions } from './write/array-sender.js';
import { Page } from './write/page.js';
import { PageWriter, type Rehearsal, type Setting } from './write/page-writer.js';
import type { UserWriter } from './write/writer.js';

export interface HaloRunOptions {
  readonly client: HaloClient;
  readonly connection: Pick<Connection, 'halo' | 'users'>;
  readonly instance: HaloInstance;
  /** See `Directory`. */
  readonly usersKeptWhole?: number;
  /** Arrays by default. */
  readonly createWriter?: (options: ArraySenderOptions) => UserWriter;
  /** With a writer that sends nothing. */
  readonly rehearsal?: Rehearsal;
}

/** Errors are those of {@link HaloRun}. */
export function createHaloRun(options: HaloRunOptions): HaloRun {
  return new Run(options);
}

class Run implements HaloRun {
  requests = 0;
  #setting: Setting | undefined;
  /** Outlives a page that was given back, so that people found in Halo later still count as created. */
  readonly #lostCreates = new Set<string>();

  constructor(private readonly options: HaloRunOptions) {}

  write(people: readonly MappedPerson[], options: WriteOptions = {}): Promise<readonly PersonOutcome[]> {
    return this.#ask(options, async (setting, page) => {
      if (options.othersMayHaveWritten === true) setting.directory.noteCreated(null);
      await setting.directory.prepare(people, page.call, page.feed);
      const writer = this.#pageWriter(setting, page);
      let plans = writer.plan(people);
      for (const learn of [
        () => writer.details.learnListing(plans),
        () => writer.details.readOldRows(plans),
        () => learnAddresses(plans, setting, writer, page.call),
      ]) {
        await learn();
        plans = writer.planAgain(plans);
      }
      await writer.write(plans);
      return people.map((person) => page.outcomeOf(person));
    });
  }

  forecast(people: readonly MappedPerson[], options: WriteOptions = {}): Promise<readonly Forecast[]> {
    return this.#ask(options, async (setting, page) => {
      await setting.directory.prepare(people, page.call, page.feed);
      const { context } = this.#pageWriter(setting, page);
      return people.map((person) => forecastPerson(person, context));
    });
  }

  outlook(people: readonly MappedPerson[], options: WriteOptions = {}): Promise<readonly Outlook[]> {
    return this.#ask(options, async (setting, page) => {
      await setting.directory.prepare(people, page.call, page.feed);
      const writer = this.#pageWriter(setting, page);
      const plans = writer.plan(people);
      await learnAddresses(plans, setting, writer, page.call);
      return writer.planAgain(plans).map(outlookOf);
    });
  }

  carriedIds(people: readonly Identity[], options: WriteOptions = {}): Promise<ReadonlySet<string>> {
    return this.#ask(options, async ({ directory }, { call, feed }) => {
      await directory.prepare(people, call, feed);
      const ids = people.map(({ seatgeekId }) => seatgeekId);
      return new Set(ids.filter((seatgeekId) => directory.index.bySeatgeekId(seatgeekId).length > 0));
    });
  }

  countUsers(options: WriteOptions = {}): Promise<number> {
    return this.#ask(options, ({ directory }, { call }) => directory.countUsers(call));
  }

  get usersShown(): number | null {
    return this.#setting?.directory.usersShown ?? null;
  }

  get bytes(): number {
    return this.#setting?.directory.index.bytes ?? 0;
  }

  get directory(): string | null {
    return this.#setting?.directory.explanation ?? null;
  }

  /** What Halo refuses to tell here concerns everybody. */
  async #ask<T>(options: WriteOptions, ask: (setting: Setting, page: Page) => Promise<T>): Promise<T> {
    const page = new Page(options, () => (this.requests += 1));
    try {
      return await ask(await this.#open(page.call), page);
    } catch (error) {
      if (!(error instanceof HaloRefusalError)) throw error;
      throw new DriftError(
        'halo-read-refused',
        `Halo refused to be read (status ${error.status}): ${error.reason}`,
        'Run validate to see which part of the set-up it is; nothing more is written until it can be read.',
        { cause: error },
      );
    }
  }

  async #open(call: CallOptions): Promise<Setting> {
    if (this.#setting !== undefined) return this.#setting;
    const { client, instance, connection } = this.options;
    await checkSite(client, connection.users.defaultSite, call);
    const targets = await resolveTargets(client, connection.users, call);
    // A rehearsal goes by what it has changed itself, as if nobody wrote.
    const writes = this.options.rehearsal === undefined ? instance.recentWrites : new RecentWrites(instance.clock);
    const othersWrites = writes.ofNewRun();
    const directory = new Directory({
      client,
      instance,
      targets,
      clock: instance.clock,
      othersWrites,
      usersKeptWhole: this.options.usersKeptWhole,
    });
    const { addresses: habits, settlingMs, clock } = instance;
    const addresses = new AddressBook({ client, habits, directory, clock, settlingMs });
    const addressList = new AddressList({ client, instance, directory });
    const { createWriter = createArraySender } = this.options;
    const writer = createWriter({
      client,
      instance,
      addresses: instance.addresses,
      directory,
      targets,
      clock,
      othersWrites,
      size: connection.halo.writeBatch,
    });
    this.#setting = { targets, directory, addresses, addressList, writer, othersWrites };
    return this.#setting;
  }

  #pageWriter(setting: Setting, page: Page): PageWriter {
    const { connection, instance, rehearsal } = this.options;
    return new PageWriter({
      connection,
      instance,
      setting,
      page,
      clock: instance.clock,
      lostCreates: this.#lostCreates,
      rehearsal,
    });
  }
}

/** Of those whose plan waits for nothing but the address, or who would be written for nothing but an address that nobody has looked at. */
async function learnAddresses(
  plans: readonly Plan[],
  { addressList, directory }: Setting,
  { context }: PageWriter,
  call: CallOptions,
): Promise<void> {
  const users = plans.flatMap((plan) => {
    if (plan.person.address === null) return [];
    const isBlind = plan.kind === 'update' && plan.changes.fields.length === 0 && isAddressUnseen(plan.user);
    // A few people were looked up without asking how many there are: a list might be long for them.
    return (isBlind && directory.usersShown !== null) || (plan.kind === 'read' && waitsForAddress(plan, context))
      ? [plan.user]
      : [];
  });
  await addressList.learn(users, call);
}

function isAddressUnseen({ address, addressHash }: KnownUser): boolean {
  return address === undefined && addressHash === undefined;
}

function outlookOf(plan: Plan): Outlook {
  switch (plan.kind) {
    case 'create':
      return 'created';
    case 'read':
      return 'unread';
    case 'update':
    case 'settled':
      return plan.outcome;
  }
}
