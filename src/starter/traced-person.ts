/** Whom `trace` asks for, in a form that may stand in Temporal's history: no address ever leaves the starter. Pure. */
import { randomBytes } from 'node:crypto';
import { foldEmail } from '../mapping/email.js';
import { hashEmail } from '../mapping/find-person.js';
import { UsageError } from './errors.js';

/**
 * A SeatGeek ID as it is; an e-mail address as `email:<salt>:<hash>` of the address as it is matched, with a new salt each time, so that no history
 * can be searched for a person. Throws UsageError when nothing is named.
 */
export function tracedPerson(whom: string): string {
  const email = foldEmail(whom);
  const salt = randomBytes(16).toString('hex');
  if (email !== null) return `email:${salt}:${hashEmail(email, salt)}`;
  const id = whom.trim();
  if (id !== '') return id;
  throw new UsageError('person-missing', 'nobody is named', 'Name a SeatGeek ID or an e-mail address.');
}
