/** Writes one group, learns from every answer, and says what became of each person. */
import type { Connection } from '../../connection/schema.js';
import type { MappedPerson } from '../../mapping/types.js';
import type { AddressBook, WrittenAddress } from '../address/address.js';
import type { AddressList } from '../address/address-list.js';
import type { Clock } from '../clock.js';
import type { Directory } from '../directory/directory.js';
import type { HaloRefusalError, LostAnswerError } from '../api/errors.js';
import { pauseAfter } from './lost-pause.js';
import type { Page } from './page.js';
import { afterChanges, createPayload, updatePayload, type PayloadOptions } from '../plan/payload.js';
import type { Plan, UpdatePlan } from '../plan/plan.js';
import type { Targets } from '../fields/targets.js';
import type { PersonOutcome } from '../types.js';
import type { PlannedWrite, UserWriter, WriteResult } from './writer.js';

/** What a run knows of the tenant. */
export interface Setting {
  readonly targets: Targets;
  readonly directory: Directory;
  readonly addresses: AddressBook;
  readonly addressList: AddressList;
  readonly writer: UserWriter;
}

export type WritePlan = UpdatePlan | Extract<Plan, { kind: 'create' }>;

export interface GroupWriterOptions {
  readonly connection: Pick<Connection, 'halo' | 'users'>;
  readonly setting: Setting;
  readonly page: Page;
  readonly clock: Clock;
  /** People whose create got no answer; added to here. */
  readonly lostCreates: Set<string>;
}

/** How often one person's write may come to nothing before the page is given back. */
const MAX_ATTEMPTS = 3;

interface Answered {
  readonly plan: WritePlan;
  readonly result: WriteResult;
}

export class GroupWriter {
  constructor(private readonly options: GroupWriterOptions) {}

  /**
   * Answers who must be planned again: those whose answer was lost, those not sent because of that, and those whose Halo user is gone.
   * Throws what concerns everybody, after learning what was written before it.
   */
  async write(plans: readonly WritePlan[]): Promise<MappedPerson[]> {
    if (plans.length === 0) return [];
    const answered = await this.#send(plans);
    const addresses = answered.flatMap((one) => this.#learn(one));
    const failed = answered.find(({ result }) => result.kind === 'failed');
    if (failed?.result.kind === 'failed') throw failed.result.error;
    await this.#settleAddresses(addresses);
    const again: MappedPerson[] = [];
    for (const one of answered) if (!(await this.#settle(one))) again.push(one.plan.person);
    await this.#pause(answered);
    return again;
  }

  /** A user of whom only an address kept apart changes is not written itself. */
  async #send(plans: readonly WritePlan[]): Promise<Answered[]> {
    const isSent = ({ kind, changes }: WritePlan): boolean =>
      kind === 'create' || changes.fields.length > 0 || this.#payloadOptions.withAddress;
    const sent = plans.filter(isSent);
    const results =
      sent.length === 0
        ? []
        : await this.options.setting.writer.write(
            sent.map((plan) => this.#toWrite(plan)),
            this.options.page.call,
          );
    const byPlan = new Map(sent.map((plan, place) => [plan, results[place]]));
    return plans.map((plan) => ({ plan, result: byPlan.get(plan) ?? notSent(plan) }));
  }

  #toWrite(plan: WritePlan): PlannedWrite {
    const { person, changes } = plan;
    const options = this.#payloadOptions;
    if (plan.kind === 'update')
      return { person, userId: plan.user.id, changes, payload: updatePayload(changes, plan.user, options) };
    return {
      person,
      userId: null,
      changes,
      payload: createPayload(changes, this.options.connection.users.defaultSite, options),
    };
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
  #learn({ plan, result }: Answered): WrittenAddress[] {
    const { setting, connection, clock, lostCreates } = this.options;
    if (plan.kind === 'create' && lostAnswerOf(result) !== null) lostCreates.add(plan.person.seatgeekId);
    if (plan.kind === 'update' && (result.kind === 'lost' || result.kind === 'unsent')) this.#doubtAddress(plan);
    if (result.kind !== 'written') return [];
    const { person, changes } = plan;
    const before = plan.kind === 'update' ? plan.user : undefined;
    const siteId = before?.siteId ?? connection.users.defaultSite;
    const { userId } = result;
    setting.directory.learn(
      afterChanges(changes, { id: userId, siteId, before, targets: setting.targets, now: clock.now() }),
    );
    if (changes.address === null) return [];
    const wasApart = setting.addresses.place === 'apart';
    const addressBefore = before === undefined ? null : wasApart ? before.address : undefined;
    return [{ person, address: changes.address, userId, siteId, isNew: before === undefined, before: addressBefore }];
  }

  /** Whether the address came to be there is not known, and without its id it might become a second one. */
  #doubtAddress({ user, changes }: UpdatePlan): void {
    const { setting } = this.options;
    if (changes.address === null || setting.addresses.mayBeBlind) return;
    setting.addressList.outdate(user.id);
    setting.directory.learn({ ...user, address: undefined, addressHash: undefined });
  }

  async #settleAddresses(written: readonly WrittenAddress[]): Promise<void> {
    const { setting, page } = this.options;
    await setting.addresses.settle(written, page.call);
    for (const { userId, address } of written) {
      const user = setting.directory.index.get(userId);
      const id = user?.address?.id ?? null;
      setting.addressList.outdate(userId);
      // An address changed without its id might become a second one; so it is looked at before it is changed again.
      const isEnough = id !== null || setting.addresses.mayBeBlind;
      const known = isEnough ? { id, ...address } : undefined;
      if (user !== undefined) setting.directory.learn({ ...user, address: known, addressHash: undefined });
    }
  }

  /** False when the person must be planned again. */
  async #settle({ plan, result }: Answered): Promise<boolean> {
    const { page } = this.options;
    switch (result.kind) {
      case 'written':
        page.settle(this.#writtenOutcome(plan));
        return true;
      case 'refused':
        if (await this.#isGone(plan, result.error)) return false;
        page.settle(refusal(plan.person, result.error));
        return true;
      case 'lost':
      case 'unsent':
        if (result.error !== null) this.#countLost(plan, result.error);
        return false;
      case 'failed':
        throw result.error;
    }
  }

  #writtenOutcome({ kind, person, ...plan }: WritePlan): PersonOutcome {
    const { seatgeekId } = person;
    if (kind === 'create' || this.options.lostCreates.has(seatgeekId)) return { seatgeekId, outcome: 'created' };
    return { seatgeekId, outcome: 'outcome' in plan ? plan.outcome : 'updated' };
  }

  /** A user that was deleted or merged in Halo, which is looked at before it is believed: the person is matched anew, once. */
  async #isGone(plan: WritePlan, error: HaloRefusalError): Promise<boolean> {
    const { setting, page } = this.options;
    if (plan.kind === 'create' || !error.isNotFound) return false;
    if (page.countAttempt(plan.person) > 1) return false;
    if ((await setting.directory.readDetails(plan.user.id, page.call)) !== null) return false;
    setting.directory.forget(plan.user.id, plan.person);
    await setting.directory.prepare([plan.person], page.call);
    return true;
  }

  #countLost(plan: WritePlan, error: LostAnswerError): void {
    if (this.options.page.countAttempt(plan.person) >= MAX_ATTEMPTS) throw error;
  }

  async #pause(answered: readonly Answered[]): Promise<void> {
    const pauses = answered.map(({ result }) => (result.kind === 'lost' ? pauseAfter(result.error) : 0));
    const pauseMs = Math.max(0, ...pauses);
    if (pauseMs > 0) await this.options.clock.sleep(pauseMs, this.options.page.call.signal);
  }
}

function lostAnswerOf(result: WriteResult): LostAnswerError | null {
  return result.kind === 'lost' || result.kind === 'unsent' ? result.error : null;
}

function notSent(plan: WritePlan): WriteResult {
  if (plan.kind === 'update') return { kind: 'written', userId: plan.user.id };
  throw new Error('the writer left a new user without a result');
}

function refusal({ seatgeekId }: MappedPerson, { message }: HaloRefusalError): PersonOutcome {
  return { seatgeekId, outcome: 'rejected', rejection: { seatgeekId, code: 'halo-refused', message } };
}
