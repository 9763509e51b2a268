/**
 * Values that a Halo keeps in another form than it was sent them: other line ends, entities, phone numbers without blanks, texts cut, an option's
 * number for its label. Which forms there are is not documented, so what was last sent and what came of it is remembered, of each user and field,
 * and counts as the same from then on. Of this process, bounded: what is forgotten is sent once more and learnt again. It can't be carried with a
 * connection, for hashes that mean something to another process would tell people's values to whoever tries them out.
 */
import { hash64 } from '../../hash.js';
import type { HaloValue } from '../../mapping/types.js';
import { storedHash } from '../directory/hashed-value.js';

/** About 15 MB. */
const MAX_FORMS = 100_000;

/** A value sent for a user's field, and what Halo shows in its place; of an address, hashes. */
export interface Form {
  readonly userId: number;
  readonly to: string;
  readonly sent: HaloValue;
  readonly stored: unknown;
}

export class StoredForms {
  /** Hashes of what was last sent and what is stored for it, by hashes of user and field. */
  readonly #last = new Map<string, string>();
  /** The same of what may be stored for another reason. */
  readonly #suspected = new Map<string, string>();

  /** Whether this is how Halo keeps what it was last sent. */
  has(form: Form): boolean {
    return this.#last.get(keyOf(form)) === valuesOf(form);
  }

  /** It was sent, and is kept like this. */
  note(form: Form): void {
    put(this.#last, form);
  }

  /** It was sent and what is stored stayed as it was, which may be chance: not the second time. */
  suspect(form: Form): void {
    if (this.#suspected.get(keyOf(form)) === valuesOf(form)) this.note(form);
    else put(this.#suspected, form);
  }
}

function put(forms: Map<string, string>, form: Form): void {
  const key = keyOf(form);
  forms.delete(key);
  forms.set(key, valuesOf(form));
  const [oldest = key] = forms.keys();
  if (forms.size > MAX_FORMS) forms.delete(oldest);
}

function keyOf({ userId, to }: Form): string {
  return hash64(`${userId} ${to}`).join(' ');
}

function valuesOf({ sent, stored }: Form): string {
  return hash64(`${storedHash(stored)} ${typeof sent} ${sent}`).join(' ');
}
