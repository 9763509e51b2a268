/** A plan in words of fields: what was there before and what would be after. Pure. */
import type { PreviewedPerson, ValueChange } from '../../contract/previewed-person.js';
import {
  ADDRESS_LINES,
  type HaloValue,
  type MappedAddress,
  type MappedPerson,
  type RejectionCode,
} from '../../mapping/types.js';
import { isBlank } from '../fields/blank.js';
import { HashedValue } from '../directory/hashed-value.js';
import { ShownValue, type KnownUser } from '../directory/known-user.js';
import type { Match } from '../plan/match.js';
import type { Plan, UpdatePlan } from '../plan/plan.js';
import type { Targets } from '../fields/targets.js';

/** Users that only a rehearsal has created get ids from here on, above any that Halo gives. */
export const FIRST_UNBORN_ID = 2 ** 40;

/** Whether a value that would change is known by its hash only. */
export function hidesBefore(plan: Plan): plan is UpdatePlan {
  return (
    plan.kind === 'update' && plan.changes.fields.some(({ place }) => plan.user.values[place] instanceof HashedValue)
  );
}

/** `match` as it was when the plan was made. */
export function toPreview(plan: Exclude<Plan, { kind: 'read' }>, match: Match, targets: Targets): PreviewedPerson {
  const { person } = plan;
  const known = match.kind === 'known' ? match : null;
  const user = plan.kind === 'update' ? plan.user : known?.user;
  const changes = plan.kind === 'settled' ? [] : changesOf(plan, targets);
  return {
    seatgeekId: person.seatgeekId,
    outcome: outcomeOf(plan),
    matchedBy: known?.by ?? null,
    haloUserId: user === undefined || isUnborn(user.id) ? null : user.id,
    name: nameOf(person, changes, user, targets),
    changes,
    rejection: plan.kind === 'settled' && plan.rejection !== undefined ? reasonOf(plan.rejection) : null,
  };
}

function outcomeOf(plan: Exclude<Plan, { kind: 'read' }>): PreviewedPerson['outcome'] {
  if (plan.kind !== 'settled') return plan.kind;
  return plan.outcome === 'rejected' ? 'rejected' : plan.outcome === 'unchanged' ? 'unchanged' : 'skip';
}

function changesOf(plan: Extract<Plan, { kind: 'create' | 'update' }>, targets: Targets): ValueChange[] {
  const user = plan.kind === 'update' ? plan.user : undefined;
  const fields = plan.changes.fields.map(({ place, value }) => ({
    field: targets.to(place),
    before: shownValue(user?.values[place]),
    after: shownValue(value),
  }));
  const { address } = plan.changes;
  return [...fields, ...(address === null ? [] : linesOf(user?.address ?? null, address))];
}

function linesOf(before: MappedAddress | null, after: MappedAddress): ValueChange[] {
  return ADDRESS_LINES.map((line) => ({
    field: `address.${line}`,
    before: shownValue(before?.[line]),
    after: shownValue(after[line]),
  })).filter((change) => change.before !== change.after);
}

/** A list-like custom field reads as what it shows. */
function shownValue(value: unknown): HaloValue {
  if (value instanceof ShownValue) return shownValue(isBlank(value.display) ? value.value : value.display);
  if (value instanceof HashedValue || isBlank(value)) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return JSON.stringify(value);
}

function nameOf(
  person: MappedPerson,
  changes: readonly ValueChange[],
  user: KnownUser | undefined,
  targets: Targets,
): string | null {
  const changed = changes.find(({ field }) => field === targets.to(targets.name))?.after;
  const stored = shownValue(user?.values[targets.name]);
  const name = changed ?? stored ?? targets.mapped(person, targets.name)?.value ?? null;
  return name === null ? null : String(name);
}

function isUnborn(id: number): boolean {
  return id >= FIRST_UNBORN_ID;
}

/** A user that exists only in the rehearsal has no number to be named by. */
function reasonOf({ code, message }: { code: RejectionCode; message: string }): PreviewedPerson['rejection'] {
  const shown = message.replace(/Halo user (\d+)/, (text, id: string) =>
    isUnborn(Number(id)) ? 'A Halo user that would be created before' : text,
  );
  return { code, message: shown };
}
