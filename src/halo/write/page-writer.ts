/**
 * The way of a page once it is known who is in Halo: cut into layers → plan → send in arrays → addresses → outcomes. A rehearsal goes the same
 * way with a writer that sends nothing.
 */
import type { Connection } from '../../connection/schema.js';
import { SyncError } from '../../errors.js';
import type { MappedPerson } from '../../mapping/types.js';
import type { AddressBook, WrittenAddress } from '../address/address.js';
import type { AddressList } from '../address/address-list.js';
import { HaloRefusalError } from '../api/errors.js';
import type { Clock } from '../clock.js';
import type { Directory } from '../directory/directory.js';
import { storedAddress } from '../directory/known-user.js';
import type { Targets } from '../fields/targets.js';
import { inFlight } from '../in-flight.js';
import type { HaloInstance } from '../instance.js';
import { relyOnRow } from '../plan/diff.js';
import { matchPerson } from '../plan/match.js';
import { afterChanges, createPayload, updatePayload, type PayloadOptions } from '../plan/payload.js';
import {
  conflictKeys,
  planPerson,
  refused,
  type Plan,
  type PlanContext,
  type SettledPlan,
  type UpdatePlan,
} from '../plan/plan.js';
import type { WritesOfOthers } from '../recent-writes.js';
import { DetailsReader } from './details-reader.js';
import { cutIntoLayers } from './layers.js';
import { noteForms } from './learnt-forms.js';
import type { Page } from './page.js';
import type { PlannedWrite, UserWriter, WriteResult } from './writer.js';

/** What a run knows of the tenant. */
export interface Setting {
  readonly targets: Targets;
  readonly directory: Directory;
  readonly addresses: AddressBook;
  readonly addressList: AddressList;
  readonly writer: UserWriter;
  readonly othersWrites: WritesOfOthers;
}

/** Told what is planned for whom; its run writes nothing. */
export interface Rehearsal {
  /** Whether the user's details must be read first, so that it can be shown what was there before. */
  readonly needsDetails: (plan: Plan) => plan is UpdatePlan;
  readonly note: (plan: FinalPlan, context: PlanContext) => void;
}

export type FinalPlan = Exclude<Plan, { kind: 'read' }>;
type WritePlan = Exclude<FinalPlan, { kind: 'settled' }>;

export interface PageWriterOptions {
  readonly connection: Pick<Connection, 'halo' | 'users'>;
  readonly setting: Setting;
  readonly instance: HaloInstance;
  readonly page: Page;
  readonly clock: Clock;
  /** People whose create may have been lost: found in Halo later they count as created. Added to here. */
  readonly lostCreates: Set<string>;
  readonly rehearsal: Rehearsal | undefined;
}

const DETAILS_IN_FLIGHT = 4;
const MAX_READ = 200;
/** How often one person may have to be planned again before it counts as that person's own matter. */
const MAX_ATTEMPTS = 5;

export class PageWriter {
  readonly details: DetailsReader;
  /** `UserIndex.version` when all were planned last. */
  #plannedAt = -1;

  constructor(private readonly options: PageWriterOptions) {
    this.details = new DetailsReader(options, () => this.context);
  }

  /** Settles everybody. Throws what concerns everybody, after learning what was written before it. */
  async write(plans: readonly Plan[]): Promise<void> {
    for (let left = plans; left.length > 0;) left = this.plan(await this.#writeLayers(left));
  }

  /** What is to be done by what is known now. */
  plan(people: readonly MappedPerson[]): readonly Plan[] {
    const { context } = this;
    this.#plannedAt = this.options.setting.directory.index.version;
    return people.map((person) => planPerson(person, context));
  }

  /** The same plans where nothing was learnt of any user since the last were made. */
  planAgain(plans: readonly Plan[]): readonly Plan[] {
    if (this.options.setting.directory.index.version === this.#plannedAt) return plans;
    return this.plan(plans.map(({ person }) => person));
  }

  /** What planning looks at now. */
  get context(): PlanContext {
    const { setting, connection, instance, page, rehearsal } = this.options;
    const { directory, targets, addresses, othersWrites } = setting;
    return {
      forms: instance.forms,
      index: directory.index,
      targets,
      users: connection.users,
      withAddress: addresses.place !== 'nowhere',
      mayBeBlind: rehearsal === undefined && addresses.mayBeBlind,
      haveChanged: rehearsal === undefined && page.haveChanged,
      feed: page.feed,
      isListedAsStored: (id, value) => String(value).length <= (instance.listedUpTo.get(id) ?? -1),
      lacking: directory.lacking,
      listsAllFields: instance.listsAllFields === true,
      unshownAfter: directory.unshownAfter,
      lostUpdates: rehearsal === undefined ? instance.lostUpdates : new Map(),
      isOld: (user) => othersWrites.isOld(user),
    };
  }

  /** Answers who is left, in order. As soon as somebody must be planned again, so must those who may depend on it. */
  async #writeLayers(plans: readonly Plan[]): Promise<readonly MappedPerson[]> {
    const keys = conflictKeys(plans, this.context);
    const layers = cutIntoLayers(plans, (plan) => keys.get(plan) ?? []);
    for (const [depth, layer] of layers.entries()) {
      const again: MappedPerson[] = [];
      // What the layer before has written tells for whom the next is.
      const planned = depth === 0 ? layer : this.plan(layer.map(({ person }) => person));
      for (const group of groupsOf(planned, this.options.setting.addresses.tries))
        again.push(...(await this.#writeGroup(group)));
      if (again.length === 0) continue;
      const later = layers.slice(depth + 1).flat();
      const left = new Set([...again, ...later.map(({ person }) => person)].map(({ seatgeekId }) => seatgeekId));
      return plans.map(({ person }) => person).filter(({ seatgeekId }) => left.has(seatgeekId));
    }
    return [];
  }

  /** Answers who must be planned again. */
  async #writeGroup(group: readonly Plan[]): Promise<readonly MappedPerson[]> {
    const { page, rehearsal, setting } = this.options;
    // Another connection may have written many of them since they were looked at first.
    const isOutdated = (plan: Plan): boolean => plan.kind === 'read' && setting.othersWrites.isOutdated(plan.user);
    await this.details.readOldRows(group.filter(isOutdated));
    const plans = await inFlight(group, DETAILS_IN_FLIGHT, (plan) => this.details.plan(plan));
    const again: MappedPerson[] = [];
    const writes: WritePlan[] = [];
    for (const plan of plans) {
      if (plan.kind === 'read') again.push(plan.person);
      else {
        rehearsal?.note(plan, this.context);
        if (plan.kind === 'settled') this.#settleAs(plan);
        else writes.push(plan);
      }
    }
    for (const plan of await this.#send(writes, group)) again.push(plan.person);
    const unsettled = again.filter((person) => page.countAttempt(person) >= MAX_ATTEMPTS);
    for (const person of unsettled) this.#settleAs(await this.details.giveUp(person));
    return again.filter((person) => !unsettled.includes(person));
  }

  /** Answers those that must be planned again. A user of whom only an address kept apart changes is not written itself. */
  async #send(plans: readonly WritePlan[], group: readonly Plan[]): Promise<WritePlan[]> {
    if (plans.length === 0) return [];
    const { setting, page } = this.options;
    const options = this.#payloadOptions;
    const isSent = ({ kind, changes }: WritePlan): boolean =>
      kind === 'create' || changes.fields.length > 0 || options.withAddress;
    const writes = new Map(plans.filter(isSent).map((plan) => [plan, this.#toWrite(plan, options)]));
    const { results, sent, failure } = await setting.writer.write([...writes.values()], {
      call: page.call,
      isStillNew: ({ person }) =>
        setting.directory.unshownAfter === null &&
        (setting.directory.index.version === this.#plannedAt || matchPerson(person, this.context).kind === 'create'),
      keptIds: group.flatMap(({ person: { seatgeekId } }) =>
        setting.directory.index.bySeatgeekId(seatgeekId).length > 0 ? [seatgeekId] : [],
      ),
      onProgress: (settled) => page.progress(settled),
    });
    const resultOf = (plan: WritePlan): WriteResult | undefined => {
      const write = writes.get(plan);
      return write === undefined ? notSent(plan) : results.get(write);
    };
    for (const [plan, write] of writes)
      if (plan.kind === 'update' && plan.outcome === 'deactivated' && sent.has(write))
        page.noteDeactivated(plan.person);
    const asBefore = await this.#settleAddresses(plans.flatMap((plan) => this.#learn(plan, resultOf(plan))));
    if (failure !== undefined) throw failure;
    const again: WritePlan[] = [];
    for (const plan of plans) {
      const isUnchanged = plan.changes.fields.length === 0 && asBefore.has(plan.person);
      if (!(await this.#settle(plan, resultOf(plan), isUnchanged))) again.push(plan);
    }
    return again;
  }

  #toWrite(plan: WritePlan, options: PayloadOptions): PlannedWrite {
    const { person, changes } = plan;
    if (plan.kind === 'update')
      return {
        person,
        userId: plan.user.id,
        changes,
        payload: updatePayload(changes, plan.user, options),
        reliesOn: relyOnRow(changes, options.targets) ? plan.user : null,
      };
    const payload = createPayload(changes, this.options.connection.users.defaultSite, options);
    return { person, userId: null, changes, payload, reliesOn: null };
  }

  get #payloadOptions(): PayloadOptions {
    const { setting, connection } = this.options;
    const { place } = setting.addresses;
    return {
      targets: setting.targets,
      fireAutomations: connection.halo.fireAutomations,
      withAddress: place === 'unknown' || place === 'with-user',
    };
  }

  /** Takes a written user into the directory at once; answers the address that is still to be settled. */
  #learn(plan: WritePlan, result: WriteResult | undefined): WrittenAddress[] {
    const { setting, connection, instance, clock, lostCreates, rehearsal } = this.options;
    if (result?.kind !== 'written') {
      if (plan.kind === 'create' && result === undefined) lostCreates.add(plan.person.seatgeekId);
      if (plan.kind === 'update' && result?.kind !== 'refused') this.#doubtAddress(plan);
      return [];
    }
    const { person, changes } = plan;
    const before = plan.kind === 'update' ? plan.user : undefined;
    const siteId = before?.siteId ?? connection.users.defaultSite;
    const { userId } = result;
    if (rehearsal === undefined) noteForms(plan, before, result, setting.targets, instance.forms);
    const user = afterChanges(changes, { id: userId, siteId, before, targets: setting.targets, now: clock.now() });
    const { address } = changes;
    if (address !== null) setting.addressList.outdate(userId);
    // Then nothing is to be found out any more of what becomes of an address.
    const isSettled = rehearsal !== undefined || setting.addresses.mayBeBlind;
    setting.directory.learn(address !== null && isSettled ? { ...user, address: storedAddress(null, address) } : user);
    if (address === null || isSettled) return [];
    const wasApart = setting.addresses.place === 'apart';
    const addressBefore = before === undefined ? null : wasApart ? before.address : undefined;
    return [{ person, address, userId, siteId, isNew: before === undefined, before: addressBefore }];
  }

  /** Whether the address came to be there is not known, and without its id it might become a second one. */
  #doubtAddress({ user, changes }: UpdatePlan): void {
    const { setting } = this.options;
    if (changes.address === null || setting.addresses.mayBeBlind) return;
    setting.addressList.outdate(user.id);
    setting.directory.learn({ ...user, address: undefined, addressHash: undefined });
  }

  /** Answers whose address was left as it was. */
  async #settleAddresses(written: readonly WrittenAddress[]): Promise<ReadonlySet<MappedPerson>> {
    const { setting, page } = this.options;
    const asBefore = await setting.addresses.settle(written, page.call);
    for (const { userId, address } of written) {
      const user = setting.directory.index.get(userId);
      const id = user?.address?.id ?? null;
      // An address changed without its id might become a second one; so it is looked at before it is changed again.
      const known = id !== null || setting.addresses.mayBeBlind ? storedAddress(id, address) : undefined;
      if (user !== undefined) setting.directory.learn({ ...user, address: known, addressHash: undefined });
    }
    return new Set(asBefore.map(({ person }) => person));
  }

  /** False when the person must be planned again. */
  async #settle(plan: WritePlan, result: WriteResult | undefined, isUnchanged: boolean): Promise<boolean> {
    const { person } = plan;
    switch (result?.kind) {
      case 'written':
        if (isUnchanged) this.#settleAs({ person, outcome: 'unchanged' });
        else this.#settleAs({ person, outcome: plan.kind === 'create' ? 'created' : plan.outcome });
        return true;
      case 'refused':
        if (await this.#isGone(plan, result.error)) return false;
        this.#settleAs(refused(person, result.error.message));
        return true;
      case 'again':
      case undefined:
        return false;
    }
  }

  /** Whose create was lost and who is there now was created by us. */
  #settleAs({ person: { seatgeekId }, outcome, rejection }: Omit<SettledPlan, 'kind'>): void {
    const isOurs = outcome !== 'rejected' && outcome !== 'skipped' && this.options.lostCreates.has(seatgeekId);
    const settled = { seatgeekId, outcome: isOurs ? 'created' : outcome } as const;
    this.options.page.settle(rejection === undefined ? settled : { ...settled, rejection });
  }

  /** A user that was deleted or merged in Halo, which is looked at before it is believed: the person is matched anew, once. */
  async #isGone(plan: WritePlan, error: HaloRefusalError): Promise<boolean> {
    const { page } = this.options;
    if (plan.kind === 'create' || !error.isNotFound) return false;
    if (page.countAttempt(plan.person) > 1) return false;
    try {
      return !(await this.details.isThere(plan.user.id, plan.person));
    } catch (failure) {
      if (!(failure instanceof SyncError)) throw failure;
      if (!(failure instanceof HaloRefusalError)) await this.details.assertOwnMatter(failure);
      return false;
    }
  }
}

/**
 * Whoever must be read first is written soon afterwards, before it has to be read again: so not too many are read at once. Where Halo may take no
 * addresses, `tries` come first, so that the others need not be read for theirs.
 */
function groupsOf(plans: readonly Plan[], tries: number): readonly (readonly Plan[])[] {
  const unread = plans.filter(({ kind }) => kind === 'read');
  const first = unread.filter(({ person }) => person.address !== null).slice(0, tries);
  const groups: (readonly Plan[])[] = first.length === 0 ? [] : [first];
  for (let left = unread.filter((plan) => !first.includes(plan)); left.length > MAX_READ; left = left.slice(MAX_READ))
    groups.push(left.slice(0, MAX_READ));
  const apart = new Set(groups.flat());
  return [...groups, plans.filter((plan) => !apart.has(plan))];
}

function notSent(plan: WritePlan): WriteResult {
  if (plan.kind === 'update') return { kind: 'written', userId: plan.user.id };
  throw new Error('the writer left a new user without a result');
}
