/** Reads the details of users where a plan needs them. Whom Halo does not show is that person's own matter as long as it shows others. */
import { SyncError, TransientError } from '../../errors.js';
import type { MappedPerson } from '../../mapping/types.js';
import { HaloRefusalError } from '../api/errors.js';
import { storedAddress } from '../directory/known-user.js';
import { planPerson, refused, type Plan, type PlanContext, type SettledPlan } from '../plan/plan.js';
import { lostUpdateSettled } from './lost-creates.js';
import type { PageWriterOptions } from './page-writer.js';

/** So many whom Halo doesn't show, or who come to no end, are their own matter; more, with nobody shown, are an outage. */
const MAX_UNREADABLE = 3;

type ReadPlan = Extract<Plan, { kind: 'read' }>;

export class DetailsReader {
  #unreadable = 0;
  #readable = 0;

  constructor(
    private readonly options: Omit<PageWriterOptions, 'connection' | 'lostCreates'>,
    /** What planning looks at now. */
    private readonly contextNow: () => PlanContext,
  ) {}

  /**
   * What a few users' details tell of how lists show custom fields may spare reading those of the others: the longest texts first, for a list is
   * believed up to the longest that was seen whole.
   */
  async learnListing(plans: readonly Plan[]): Promise<void> {
    const { instance, setting } = this.options;
    for (let left = this.#unproved(toRead(plans)); ;) {
      const [longest] = left.toSorted((one, other) => textOf(other) - textOf(one));
      if (longest === undefined) return;
      await this.plan(planPerson(longest.person, this.contextNow()));
      const others = left.filter((one) => one !== longest).map(({ person }) => person);
      left = this.#unproved(others);
      // Labels stay labels, whoever is read. What lists lack shows with some users only.
      if (left.length === others.length && (instance.listsAllFields !== null || !setting.targets.hasAllCustomFields))
        return;
    }
  }

  /** Those who must be read only because it is not known whether the list shows their custom fields as they are stored. */
  #unproved(people: readonly MappedPerson[]): ReadPlan[] {
    const context = { ...this.contextNow(), withAddress: false, isOld: () => false };
    const asIfKnown = { ...context, isListedAsStored: () => true, listsAllFields: true };
    return people.flatMap((person) => {
      const plan = planPerson(person, context);
      return plan.kind === 'read' && planPerson(person, asIfKnown).kind !== 'read' ? [plan] : [];
    });
  }

  /** Reads many users again at once whose rows are too old, or were cut to save memory: their details need not be read then. */
  async readOldRows(plans: readonly Plan[]): Promise<void> {
    const { setting, page, rehearsal } = this.options;
    // The rows of others would come along and put out what a rehearsal has changed.
    if (rehearsal !== undefined) return;
    const context = { ...this.contextNow(), withAddress: false };
    const isAnyOld = plans.some((plan) => plan.kind === 'read' && context.isOld(plan.user));
    if (!isAnyOld && !setting.directory.index.isCut) return;
    const asIfReadNow = { ...context, isOld: () => false };
    const old = toRead(plans).flatMap((person) => {
      const plan = planPerson(person, context);
      if (plan.kind !== 'read') return [];
      const isCut = plan.user.customFields === 'some' && context.listsAllFields;
      return isCut || planPerson(person, asIfReadNow).kind !== 'read' ? [plan] : [];
    });
    if (old.length > 1) await setting.directory.readAgain(old, page.call);
  }

  /** Reads the user's details where the plan needs them. Still `read`: the user is gone, so the person is prepared for and planned again. */
  async plan(before: Plan): Promise<Plan> {
    const { person } = before;
    const plan = before.kind === 'read' ? planPerson(person, this.contextNow()) : before;
    if (plan.kind !== 'read' && this.options.rehearsal?.needsDetails(plan) !== true) return plan;
    const { user } = plan;
    try {
      if (!(await this.isThere(user.id, person))) return { kind: 'read', person, user };
      this.#readable += 1;
    } catch (error) {
      if (error instanceof HaloRefusalError) return refused(person, error.message);
      if (!(error instanceof SyncError)) throw error;
      await this.assertOwnMatter(error);
      return refused(person, `Halo does not show its user ${user.id}: ${error.message}`);
    }
    return planPerson(person, this.contextNow());
  }

  /** Rejects a person who comes to no end. */
  async giveUp(person: MappedPerson): Promise<SettledPlan> {
    const error = new TransientError('halo-unsettled', 'Halo changed again and again while this person was written.');
    await this.assertOwnMatter(error);
    return refused(person, error.message);
  }

  /** Reads a user. False when Halo no longer has it: then its person is prepared for anew. */
  async isThere(id: number, person: MappedPerson): Promise<boolean> {
    const { setting, instance, page, clock, rehearsal } = this.options;
    const { directory, addresses } = setting;
    if (rehearsal === undefined) await lostUpdateSettled(instance, id, clock, page.call);
    const user = await directory.readDetails(id, page.call);
    if (user === null) {
      await directory.forget(id, person, page.call);
      return false;
    }
    if (addresses.place === 'apart' && person.address !== null) {
      const address = await addresses.read(id, page.call);
      // What Halo does not tell stays as it is.
      directory.learn({ ...user, address: address === undefined ? storedAddress(null, person.address) : address });
    }
    return true;
  }

  /** Throws the error when it is not that one user's: a list must be shown meanwhile. */
  async assertOwnMatter(error: SyncError): Promise<void> {
    const { setting, page } = this.options;
    this.#unreadable += 1;
    if (error.code === 'halo-rate-limited' || (this.#readable === 0 && this.#unreadable > MAX_UNREADABLE)) throw error;
    await setting.directory.readNewest([], page.call);
  }
}

/** Those of whom more must be known. */
function toRead(plans: readonly Plan[]): MappedPerson[] {
  return plans.filter(({ kind }) => kind === 'read').map(({ person }) => person);
}

function textOf({ user: { others } }: ReadPlan): number {
  return others.reduce((length, { value }) => length + String(value).length, 0);
}
