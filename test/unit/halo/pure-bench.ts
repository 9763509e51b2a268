/** Known users and targets for the pure parts. */
import type { KnownUser } from '../../../src/halo/directory/known-user.js';
import { createTargets, type Targets } from '../../../src/halo/fields/targets.js';

const NAMED = new Map([
  ['CFSeatGeekID', { id: 211, name: 'CFSeatGeekID' }],
  ['CFTier', { id: 212, name: 'CFTier' }],
]);

/** Writes name, e-mail, a second e-mail, a language, and one custom field. */
export function targetsOf(allIds: readonly number[] | null = [211, 212, 230]): Targets {
  return createTargets(['CFTier', 'email2', 'language_id'], 'CFSeatGeekID', {
    named: NAMED,
    allIds,
    textIds: allIds ?? [],
  });
}

export interface KnownDraft extends Partial<Omit<KnownUser, 'values'>> {
  readonly values?: Readonly<Record<string, unknown>>;
}

export function known(id: number, draft: KnownDraft = {}, targets = targetsOf()): KnownUser {
  const { values = {}, ...rest } = draft;
  const user = { id, seatgeekId: null, email: null, siteId: 18, others: [], address: null, readAt: 0, ...rest };
  const customFields = user.address !== undefined ? 'all' : targets.hasAllCustomFields ? 'as-listed' : 'some';
  const all = targets.all.map(({ to }) => (to === 'CFSeatGeekID' ? user.seatgeekId : to in values ? values[to] : null));
  return { customFields, ...user, values: all };
}
