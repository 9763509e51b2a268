/** What is to be done with one person, given what is known of Halo. Pure. */
import { isDeepStrictEqual } from 'node:util';
import type { Connection } from '../../connection/schema.js';
import { foldId } from '../../contract/person-key.js';
import { foldEmail } from '../../mapping/email.js';
import type { MappedPerson, Rejection } from '../../mapping/types.js';
import { creation, deactivation, diffPerson, isEmpty, needsDetails, revealWanted, type Changes } from './diff.js';
import { keyOfText } from '../directory/match-key.js';
import type { KnownUser } from '../directory/known-user.js';
import type { LackingFields } from '../directory/listed-fields.js';
import { isInactive, matchPerson, wasDeactivated } from './match.js';
import { isBlank } from '../fields/blank.js';
import type { StoredForms } from '../fields/stored-forms.js';
import type { Targets } from '../fields/targets.js';
import type { LostUpdate } from '../instance.js';
import type { FeedKnowledge, Outcome } from '../types.js';
import type { UserLookup } from '../directory/user-index.js';

export interface SettledPlan {
  readonly kind: 'settled';
  readonly person: MappedPerson;
  readonly outcome: Outcome;
  readonly rejection?: Rejection;
}

export type Plan =
  | SettledPlan
  /** The user's details must be read before it can be said what changes. */
  | { readonly kind: 'read'; readonly person: MappedPerson; readonly user: KnownUser }
  | { readonly kind: 'create'; readonly person: MappedPerson; readonly changes: Changes }
  | UpdatePlan;

export interface UpdatePlan {
  readonly kind: 'update';
  readonly person: MappedPerson;
  readonly user: KnownUser;
  readonly changes: Changes;
  readonly outcome: Outcome;
}

export interface PlanContext {
  readonly index: UserLookup;
  readonly targets: Targets;
  readonly users: Pick<Connection['users'], 'onDelete' | 'onSharedEmail'>;
  /** False when the tenant takes no addresses: then they are not compared either. */
  readonly withAddress: boolean;
  /** Whether an address may be sent without knowing the one that is there. */
  readonly mayBeBlind: boolean;
  /** See `WriteOptions`. */
  readonly haveChanged: boolean;
  readonly feed: FeedKnowledge;
  readonly forms: Pick<StoredForms, 'has'>;
  /** See `DetailsContext`. */
  readonly isListedAsStored: (fieldId: number, value: unknown) => boolean;
  readonly listsAllFields: boolean;
  readonly lacking: Pick<LackingFields, 'withBlanks'>;
  /** See `Directory.unshownAfter`. */
  readonly unshownAfter: number | null;
  readonly lostUpdates: ReadonlyMap<number, LostUpdate>;
  /** See `WritesOfOthers`. */
  readonly isOld: (user: KnownUser) => boolean;
}

/** Plans with what the index holds now; called again whenever it has learnt something that concerns the person. */
export function planPerson(whole: MappedPerson, context: PlanContext): Plan {
  const person = context.withAddress ? whole : { ...whole, address: null };
  const plan = planMatch(person, context);
  // Whatever is planned is of the person as it was given.
  return plan.person === whole ? plan : { ...plan, person: whole };
}

function planMatch(person: MappedPerson, context: PlanContext): Plan {
  if (person.deleted && context.users.onDelete === 'ignore') return { kind: 'settled', person, outcome: 'skipped' };
  const match = matchPerson(person, context);
  switch (match.kind) {
    case 'ambiguous':
      return rejected(person, match.reason);
    case 'absent':
      return { kind: 'settled', person, outcome: 'skipped' };
    case 'unread':
      return { kind: 'read', person, user: match.user };
    case 'create':
      return context.unshownAfter === null
        ? planCreate(person, context.targets)
        : mayBeThere(person, context.unshownAfter);
    case 'known':
      return afterLost(planUpdate(person, match.user, match.by, context), match.user, context);
  }
}

function rejected(person: MappedPerson, reason: Omit<Rejection, 'seatgeekId'>): SettledPlan {
  const { seatgeekId } = person;
  return { kind: 'settled', person, outcome: 'rejected', rejection: { seatgeekId, ...reason } };
}

/** Halo takes or shows everything but what is this person's. */
export function refused(person: MappedPerson, message: string): SettledPlan {
  return rejected(person, { code: 'halo-refused', message });
}

function mayBeThere(person: MappedPerson, unshownAfter: number): SettledPlan {
  const place = unshownAfter === 0 ? 'the first user of its list' : `the user after its user ${unshownAfter}`;
  return refused(
    person,
    `Halo can't show ${place}, who may be this person: open and save that user in Halo, so that it can be shown.`,
  );
}

/** Halo refuses a user without a name (`reference/halo.md` 3.5). */
function planCreate(person: MappedPerson, targets: Targets): Plan {
  const changes = creation(person, targets);
  const hasName = changes.fields.some(({ place, value }) => place === targets.name && !isBlank(value));
  if (!hasName) {
    const message = 'The person is new to Halo and the mapping gives no name; Halo needs one.';
    return rejected(person, { code: 'name-missing', message });
  }
  return { kind: 'create', person, changes };
}

function planUpdate(whole: MappedPerson, kept: KnownUser, by: 'id' | 'email', context: PlanContext): Plan {
  const { targets } = context;
  const person = comesBack(whole, kept, by, context) ? { ...whole, fields: [...whole.fields, ACTIVE] } : whole;
  const user = revealWanted(person, context.lacking.withBlanks(kept), context);
  if (!person.deleted && needsDetails(person, user, context)) return { kind: 'read', person, user };
  const changes = person.deleted ? deactivation(user, targets) : diffPerson(person, user, targets);
  if (isEmpty(changes)) return { kind: 'settled', person, outcome: 'unchanged' };
  const outcome = person.deleted ? 'deactivated' : by === 'email' ? 'matchedByEmail' : 'updated';
  return { kind: 'update', person, user, changes, outcome };
}

/** An older change that Halo may still be at would undo this one, or what is already as wanted. */
function afterLost(plan: Plan, user: KnownUser, { lostUpdates }: PlanContext): Plan {
  const lost = lostUpdates.get(user.id);
  if (lost === undefined || user.readAt >= lost.until) return plan;
  const isRepeated = plan.kind === 'update' && isDeepStrictEqual(plan.changes, lost.changes);
  return isRepeated ? plan : { kind: 'read', person: plan.person, user };
}

const ACTIVE = { to: 'inactive', value: false, when: 'always' } as const;

/** Whom this program switched off it switches on again; whom an agent switched off stays so. A mapping of the field has the last word. */
function comesBack(person: MappedPerson, user: KnownUser, by: 'id' | 'email', context: PlanContext): boolean {
  if (person.deleted || !isInactive(user, context)) return false;
  const { targets } = context;
  if (targets.mapped(person, targets.inactive)?.when === 'always') return false;
  return wasDeactivated(by === 'id' ? person.seatgeekId : user.seatgeekId, context);
}

/** Whether the address is all that the user's details must tell. */
export function waitsForAddress({ person, user }: Extract<Plan, { kind: 'read' }>, context: PlanContext): boolean {
  return user.address === undefined && !needsDetails(person, { ...user, address: null }, context);
}

/**
 * What two people written at the same time may not share: the Halo user, and the e-mail address they come with, will have or had. An address keeps
 * nobody apart where all who come with it are created whatever becomes of the others, or keep both their user and its address.
 */
export function conflictKeys(plans: readonly Plan[], context: PlanContext): ReadonlyMap<Plan, readonly string[]> {
  const all = plans.map((plan) => ({ plan, ...keysOf(plan, context) }));
  const heeded = new Set(all.flatMap(({ emails, isCreated }) => (isCreated ? [] : emails)));
  return new Map(
    all.map(({ plan, own, emails, isCreated }) => [
      plan,
      [...own, ...(isCreated ? emails.filter((email) => heeded.has(email)) : emails)],
    ]),
  );
}

interface Keys {
  readonly own: readonly string[];
  readonly emails: readonly string[];
  /** For whom the e-mail address decides nothing. */
  readonly isCreated: boolean;
}

function keysOf({ kind, person }: Plan, context: PlanContext): Keys {
  const { seatgeekId, matchEmail } = person;
  const isNew = kind === 'create';
  const users = isNew ? [] : context.index.bySeatgeekId(seatgeekId);
  const own = [`=${foldId(seatgeekId)}`, ...users.map(({ id }) => `#${id}`)];
  const [user] = users;
  if (user !== undefined && users.length === 1 && staysAlike(person, user, context))
    return { own, emails: [], isCreated: false };
  const { targets } = context;
  const written = foldEmail(targets.mapped(person, targets.email)?.value);
  const emails = [matchEmail, written, ...users.map(({ email }) => email)].flatMap((email) => email ?? []);
  return {
    own,
    emails: [...new Set(emails)].map(keyOfText),
    isCreated: isNew && context.users.onSharedEmail === 'create',
  };
}

/** Whether whoever is matched by e-mail finds the user the same before and after the person is written. */
function staysAlike(person: MappedPerson, user: KnownUser, context: PlanContext): boolean {
  const { targets } = context;
  if (person.deleted || isInactive(user, context)) return false;
  if (targets.mapped(person, targets.inactive) !== undefined) return false;
  const written = targets.mapped(person, targets.email);
  if (written === undefined) return true;
  const email = foldEmail(written.value);
  return email !== null && user.email !== null && keyOfText(email) === keyOfText(user.email);
}
