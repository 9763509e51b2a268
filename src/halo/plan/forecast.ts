/** What writing would make of a person that the brake must know of, told from matching and from what every list shows. Pure. */
import { foldEmail } from '../../mapping/email.js';
import type { HaloValue, MappedPerson } from '../../mapping/types.js';
import { keyOfText } from '../directory/match-key.js';
import type { KnownUser } from '../directory/known-user.js';
import { HashedValue } from '../directory/hashed-value.js';
import { isBlank } from '../fields/blank.js';
import type { Targets } from '../fields/targets.js';
import { bareText } from '../fields/text-form.js';
import { revealWanted } from './diff.js';
import { matchPerson } from './match.js';
import type { PlanContext } from './plan.js';
import { isSameValue } from './same-value.js';
import type { Forecast } from '../types.js';

type ForecastContext = Pick<PlanContext, 'index' | 'targets' | 'users' | 'feed' | 'forms'>;

export function forecastPerson(person: MappedPerson, context: ForecastContext): Forecast {
  const { targets, users } = context;
  if (person.deleted && users.onDelete === 'ignore') return 'other';
  // Nothing is read for a forecast, so what the list said counts, however old it is.
  const match = matchPerson(person, { ...context, isOld: () => false });
  // Who has no name is rejected; of a new user, `create` fields count too.
  if (match.kind === 'create') return isBlank(targets.mapped(person, targets.name)?.value) ? 'other' : 'create';
  if (match.kind !== 'known') return 'other';
  const { by } = match;
  const user = revealWanted(person, match.user, context);
  const isLeaver = person.deleted || isSameValue(wantedOf(person, targets.inactive, targets) ?? false, true);
  if (isLeaver && !isSameValue(user.values[targets.inactive], true)) return 'deactivate';
  return by === 'id' ? compareIdentity(person, user, targets) : 'take';
}

/** An ID that stands for somebody else gives a user another name and another e-mail address, as far as there are two to compare. */
function compareIdentity(person: MappedPerson, user: KnownUser, targets: Targets): 'stranger' | 'overwrite' | 'known' {
  const name = wantedOf(person, targets.name, targets);
  const known = user.values[targets.name];
  const email = foldEmail(wantedOf(person, targets.email, targets));
  const isSame = [
    ...(isBlank(name) || name === undefined || isBlank(known) ? [] : [isSameName(known, name)]),
    // A packed user has its address as a hash.
    ...(email === null || user.email === null ? [] : [keyOfText(email) === keyOfText(user.email)]),
  ];
  if (!isSame.includes(false)) return 'known';
  return isSame.includes(true) ? 'overwrite' : 'stranger';
}

/** A name in another form is nobody else's. */
function isSameName(known: unknown, wanted: HaloValue): boolean {
  if (isSameValue(known, wanted)) return true;
  if (known instanceof HashedValue) return known.isFormOfName(String(wanted));
  return typeof known === 'string' && bareText(known) === bareText(String(wanted));
}

function wantedOf(person: MappedPerson, place: number, targets: Targets): HaloValue | undefined {
  const field = targets.mapped(person, place);
  return field?.when === 'always' ? field.value : undefined;
}
