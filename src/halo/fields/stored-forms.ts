/**
 * Values that a Halo keeps in another form than it was sent them: other line ends, entities, phone numbers without blanks, texts cut, an option's
 * number for its label. Which forms there are is not documented, so what was sent and what came of it is remembered, of each user and field, and
 * counts as the same from then on. Of this process, bounded: what is forgotten is sent once more and learnt again. It can't be carried with a
 * connection, for hashes that mean something to another process would tell people's values to whoever tries them out.
 */
import { hash64 } from '../../hash.js';
import type { HaloValue } from '../../mapping/types.js';
import { storedHash } from '../directory/hashed-value.js';

/** About 15 MB. */
const MAX_FORMS = 100_000;
/** Sent so often while the same other value was there, that other value is its form; once could be somebody's edit in between. */
const PROOF = 2;

/** A value sent for a user's field, and what Halo shows in its place; of an address, hashes. */
export interface Form {
  readonly userId: number;
  readonly to: string;
  readonly sent: HaloValue;
  readonly stored: unknown;
}

export class StoredForms {
  /** How often each form was seen. */
  readonly #seen = new Map<string, number>();

  /** Whether this is how Halo keeps what was sent. */
  has(form: Form): boolean {
    return this.#seen.size > 0 && (this.#seen.get(keyOf(form)) ?? 0) >= PROOF;
  }

  /** It was sent and taken while the other value was there. */
  noteSent(form: Form): void {
    const key = keyOf(form);
    this.#note(key, (this.#seen.get(key) ?? 0) + 1);
  }

  /** Halo answered with the other value, which was not there before. */
  noteAnswered(form: Form): void {
    this.#note(keyOf(form), PROOF);
  }

  #note(key: string, times: number): void {
    this.#seen.delete(key);
    this.#seen.set(key, times);
    const [oldest] = this.#seen.keys();
    if (this.#seen.size > MAX_FORMS && oldest !== undefined) this.#seen.delete(oldest);
  }
}

function keyOf({ userId, to, sent, stored }: Form): string {
  return hash64(`${userId} ${to} ${storedHash(stored)} ${typeof sent} ${sent}`).join(' ');
}
