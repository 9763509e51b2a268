/** What was worked out for people who wait: each is looked at with every group until it is written, and mostly nothing of it has changed. */
import type { MappedPerson } from '../../mapping/types.js';
import type { KnownUser } from '../directory/known-user.js';
import type { Plan, PlanContext } from './plan.js';

type Circumstances = Pick<PlanContext, 'withAddress' | 'mayBeBlind' | 'haveChanged' | 'now'>;

interface KeptPlan extends Circumstances {
  readonly user: KnownUser | null;
  readonly plan: Plan;
}

/** How old a row may be is part of a plan, so no plan is kept long. */
const MAX_AGE_MS = 60_000;

/** Of one page at a time. Only speed. */
export class KeptPlans {
  readonly #plans = new Map<MappedPerson, KeptPlan>();
  readonly #keys = new Map<MappedPerson, readonly string[]>();

  /** The plan made for the same image of the user (null: for a new one) in the same circumstances; undefined when it must be made anew. */
  find(person: MappedPerson, user: KnownUser | null, context: Circumstances): Plan | undefined {
    const kept = this.#plans.get(person);
    return kept !== undefined && kept.user === user && isAlike(kept, context) ? kept.plan : undefined;
  }

  keep(person: MappedPerson, user: KnownUser | null, context: Circumstances, plan: Plan): void {
    const { withAddress, mayBeBlind, haveChanged, now } = context;
    this.#plans.set(person, { user, plan, withAddress, mayBeBlind, haveChanged, now });
  }

  /** What the person comes with stays the same. */
  ownKeys(person: MappedPerson, make: () => readonly string[]): readonly string[] {
    const kept = this.#keys.get(person);
    if (kept !== undefined) return kept;
    const keys = make();
    this.#keys.set(person, keys);
    return keys;
  }
}

function isAlike(kept: Circumstances, { withAddress, mayBeBlind, haveChanged, now }: Circumstances): boolean {
  return (
    kept.withAddress === withAddress &&
    kept.mayBeBlind === mayBeBlind &&
    kept.haveChanged === haveChanged &&
    now - kept.now <= MAX_AGE_MS
  );
}
