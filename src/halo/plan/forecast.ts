/** What writing would make of a person, told from matching alone. Pure. */
import type { MappedPerson } from '../../mapping/types.js';
import { matchPerson } from './match.js';
import type { PlanContext } from './plan.js';
import { isSameValue } from './same-value.js';
import type { Forecast } from '../types.js';

export function forecastPerson(
  person: MappedPerson,
  context: Pick<PlanContext, 'index' | 'targets' | 'users' | 'feed'>,
): Forecast {
  const { targets, users } = context;
  if (person.deleted && users.onDelete === 'ignore') return 'other';
  const match = matchPerson(person, context);
  if (match.kind === 'create') return 'create';
  const isLeaver = match.kind === 'known' && person.deleted && !isSameValue(match.user.values[targets.inactive], true);
  return isLeaver ? 'deactivate' : 'other';
}
