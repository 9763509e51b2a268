/**
 * Whose users this program has made inactive because SeatGeek deleted the person: carried with the connection, so that who comes back is made
 * active again, and nobody whom an agent switched off. Pure.
 */
import type { PersonOutcome } from '../halo/types.js';
import type { MappedPerson } from '../mapping/types.js';
import { keysOf, MAX_DEACTIVATED_KEYS, personKey } from '../contract/person-key.js';
import type { PageResult } from './types.js';

export class Deactivated {
  readonly #keys: Set<string>;

  /**
   * `carried`: `personKey` of everybody, concatenated, oldest first. `unsaid`: what this worker did and could not say, because the attempt came
   * to nothing.
   */
  constructor(
    private readonly carried = '',
    private readonly unsaid: Set<string>,
  ) {
    this.#keys = new Set([...keysOf(carried), ...unsaid]);
  }

  has(seatgeekId: string): boolean {
    return this.#keys.has(personKey(seatgeekId));
  }

  /** Takes somebody whose user was made inactive just now, or may have been, whatever becomes of the others. */
  noteOne(seatgeekId: string): void {
    const key = personKey(seatgeekId);
    this.#keys.add(key);
    this.unsaid.add(key);
  }

  /** Takes what became of people. Where the step `isRepeated`, whoever is found inactive may have been made so by an attempt that died. */
  note(people: readonly MappedPerson[], outcomes: readonly PersonOutcome[], isRepeated: boolean): void {
    const deleted = new Set(people.filter((person) => person.deleted).map(({ seatgeekId }) => seatgeekId));
    for (const { seatgeekId, outcome } of outcomes) {
      const key = personKey(seatgeekId);
      if (outcome === 'deactivated' || (isRepeated && outcome === 'unchanged' && deleted.has(seatgeekId)))
        this.noteOne(seatgeekId);
      else if (!deleted.has(seatgeekId) && outcome !== 'rejected') {
        this.#keys.delete(key);
        this.unsaid.delete(key);
      }
    }
  }

  /** What a step that comes to nothing must tell all the same; empty for nothing. */
  get untold(): string {
    const carried = new Set(keysOf(this.carried));
    return [...this.unsaid]
      .filter((key) => !carried.has(key))
      .join('')
      .slice(-MAX_DEACTIVATED_KEYS);
  }

  /** The list to be carried from now on, if it is another. */
  change(): Pick<PageResult, 'deactivated'> {
    const carried = [...this.#keys].join('').slice(-MAX_DEACTIVATED_KEYS);
    return carried === this.carried ? {} : { deactivated: carried };
  }
}
