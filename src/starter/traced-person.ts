/** Whom `trace` asks for, in a form that may stand in Temporal's history: no address ever leaves the starter. Pure. */
import { createHash } from 'node:crypto';
import { foldEmail } from '../mapping/email.js';
import { UsageError } from './errors.js';

/** A SeatGeek ID as it is; an e-mail address as `email:<sha256>` of the address as it is matched. Throws UsageError when nothing is named. */
export function tracedPerson(whom: string): string {
  const email = foldEmail(whom);
  if (email !== null) return `email:${createHash('sha256').update(email).digest('hex')}`;
  const id = whom.trim();
  if (id !== '') return id;
  throw new UsageError('person-missing', 'nobody is named', 'Name a SeatGeek ID or an e-mail address.');
}
