/**
 * What an import would do with people, found out without writing: the real directory, matcher and planner, in the order in which people
 * would be written, and after each of them a directory that holds what the write would leave behind. What only Halo decides is not
 * foreseen: its refusals, and what becomes of an answer that is lost.
 */
import type { Connection } from '../../connection/schema.js';
import type { MappedPerson } from '../../mapping/types.js';
import { AddressBook } from '../address/address.js';
import { AddressList } from '../address/address-list.js';
import type { CallOptions, HaloClient } from '../api/client.js';
import { systemClock, type Clock } from '../clock.js';
import { Directory } from '../directory/directory.js';
import { HaloRefusalError } from '../api/errors.js';
import { checkSite, resolveTargets } from '../setup/resolve-targets.js';
import { takeGroup } from '../plan/group.js';
import { inFlight } from '../in-flight.js';
import type { HaloInstance } from '../instance.js';
import type { StoredAddress } from '../directory/known-user.js';
import { KeptPlans } from '../plan/kept-plans.js';
import { matchPerson, type Match } from '../plan/match.js';
import { afterChanges } from '../plan/payload.js';
import { conflictKeys, planPerson, rejected, waitsForAddress, type Plan, type PlanContext } from '../plan/plan.js';
import { FIRST_UNBORN_ID, hidesBefore, toPreview, type PersonPreview } from './preview-person.js';
import { readRefused, readUser } from '../run.js';
import type { Targets } from '../fields/targets.js';
import { NOTHING_KNOWN, type FeedKnowledge } from '../types.js';

export interface PreviewOptions {
  readonly client: HaloClient;
  readonly connection: Pick<Connection, 'halo' | 'users'>;
  readonly instance: HaloInstance;
  readonly call: CallOptions;
  /** Nothing by default. */
  readonly feed?: FeedKnowledge;
  readonly clock?: Clock;
}

const DETAILS_IN_FLIGHT = 4;
/** More than a run keeps: of a user who is not, what was there before must be read. */
const USERS_KEPT_WHOLE = 10_000;

/**
 * One preview per person of each page, in the order in which they are settled. Sends only GET requests. Throws TransientError,
 * CredentialsRefusedError, DriftError, ConfigError (site or field missing), as an import does.
 */
export async function previewPages(
  pages: readonly (readonly MappedPerson[])[],
  options: PreviewOptions,
): Promise<PersonPreview[]> {
  try {
    const rehearsal = await Rehearsal.open(options);
    await rehearsal.prepare(pages.flat());
    for (const page of pages) await rehearsal.settle(page);
    return rehearsal.previews;
  } catch (error) {
    throw error instanceof HaloRefusalError ? readRefused(error) : error;
  }
}

class Rehearsal {
  readonly previews: PersonPreview[] = [];
  readonly #directory: Directory;
  readonly #addresses: AddressBook;
  readonly #addressList: AddressList;
  readonly #clock: Clock;
  readonly #plans = new KeptPlans();
  #unbornId = FIRST_UNBORN_ID;

  private constructor(
    private readonly options: PreviewOptions,
    private readonly targets: Targets,
  ) {
    const { client, instance, clock = systemClock } = options;
    this.#clock = clock;
    this.#directory = new Directory({ client, instance, targets, clock, usersKeptWhole: USERS_KEPT_WHOLE });
    const readDetails: Directory['readDetails'] = (userId, call) => this.#directory.readDetails(userId, call);
    this.#addresses = new AddressBook({ client, habits: instance.addresses, readDetails, onRefused: () => undefined });
    this.#addressList = new AddressList({
      client,
      instance,
      readDetails,
      usersAt: (siteId) => this.#directory.usersAt(siteId),
      learn: (user) => this.#directory.learn(user),
    });
  }

  static async open(options: PreviewOptions): Promise<Rehearsal> {
    const { client, connection, call } = options;
    await checkSite(client, connection.users.defaultSite, call);
    return new Rehearsal(options, await resolveTargets(client, connection.users, call));
  }

  /** Everybody at once: what is learnt from Halo later would put out what the rehearsal has changed. */
  async prepare(people: readonly MappedPerson[]): Promise<void> {
    await this.#directory.prepare(people, this.options.call);
    const context = this.#planContext();
    const comparisons = people.flatMap((person) => {
      const plan = planPerson(person, context);
      return plan.kind === 'read' && waitsForAddress(plan, context) ? [plan] : [];
    });
    await this.#addressList.learn(comparisons, this.options.call);
  }

  async settle(page: readonly MappedPerson[]): Promise<void> {
    for (let left = page; left.length > 0;) left = await this.#settleGroup(left);
  }

  /** Answers who is left, in order. */
  async #settleGroup(people: readonly MappedPerson[]): Promise<readonly MappedPerson[]> {
    const context = this.#planContext();
    const { group, rest } = takeGroup(people, {
      size: this.options.connection.halo.writeBatch,
      keysOf: (person) => conflictKeys(person, context),
      plan: (person) => planPerson(person, context),
      kindOf: ({ kind }) => (kind === 'settled' ? null : kind === 'create' ? 'create' : 'update'),
    });
    const plans = await inFlight(group, DETAILS_IN_FLIGHT, (plan) => this.#complete(plan));
    const unread: MappedPerson[] = [];
    for (const plan of plans) {
      if (plan.kind === 'read') unread.push(plan.person);
      else this.#take(plan);
    }
    return [...unread, ...rest];
  }

  /** Reads the user's details where the plan needs them or would not say what was there before. Still `read`: the user is gone. */
  async #complete(plan: Plan): Promise<Plan> {
    if (plan.kind !== 'read' && !hidesBefore(plan)) return plan;
    const { person, user } = plan;
    try {
      const known = { directory: this.#directory, addresses: this.#addresses };
      if (!(await readUser(user.id, person, known, this.options.call))) return { kind: 'read', person, user };
    } catch (error) {
      if (error instanceof HaloRefusalError) return rejected(person, 'halo-refused', error.message);
      throw error;
    }
    return planPerson(person, this.#planContext());
  }

  #take(plan: Exclude<Plan, { kind: 'read' }>): void {
    const match = this.#match(plan.person);
    this.previews.push(toPreview(plan, match, this.targets));
    if (plan.kind === 'settled') return;
    const before = plan.kind === 'update' ? plan.user : undefined;
    const id = before?.id ?? this.#unbornId++;
    const siteId = before?.siteId ?? this.options.connection.users.defaultSite;
    const user = afterChanges(plan.changes, { id, siteId, before, targets: this.targets, now: this.#clock.now() });
    const wanted = plan.changes.address;
    const address: StoredAddress | null | undefined = wanted === null ? user.address : { id: null, ...wanted };
    this.#directory.learn({ ...user, address });
  }

  #match(person: MappedPerson): Match {
    return matchPerson(person, this.#planContext());
  }

  #planContext(): PlanContext {
    return {
      index: this.#directory.index,
      targets: this.targets,
      users: this.options.connection.users,
      withAddress: true,
      // What was there before is to be shown.
      mayBeBlind: false,
      haveChanged: false,
      feed: this.options.feed ?? NOTHING_KNOWN,
      now: this.#clock.now(),
      kept: this.#plans,
    };
  }
}
