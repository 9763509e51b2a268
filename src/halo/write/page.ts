/** The bookkeeping of one page of people: outcomes, progress, attempts. */
import type { MappedPerson } from '../../mapping/types.js';
import type { CallOptions } from '../api/client.js';
import { NOTHING_KNOWN, type FeedKnowledge, type PersonOutcome, type WriteOptions } from '../types.js';

export class Page {
  /** For every request made for this page. */
  readonly call: CallOptions;
  readonly #outcomes = new Map<string, PersonOutcome>();
  readonly #attempts = new Map<string, number>();
  #waitingUntil: number | null = null;
  /** As last reported: it never goes back. */
  #settled = 0;

  constructor(
    private readonly options: WriteOptions,
    onRequest: () => void,
  ) {
    this.call = {
      signal: options.signal,
      onRequest: (at) => {
        onRequest();
        options.onRequest?.(at);
      },
      onWait: (until) => {
        this.#waitingUntil = until;
        this.#report();
      },
    };
  }

  get feed(): FeedKnowledge {
    return this.options.feed ?? NOTHING_KNOWN;
  }

  get haveChanged(): boolean {
    return this.options.haveChanged ?? false;
  }

  /** The person's user has just been made inactive, or may have been, whatever becomes of the rest of the page. */
  noteDeactivated({ seatgeekId }: MappedPerson): void {
    this.options.onDeactivated?.(seatgeekId);
  }

  settle(outcome: PersonOutcome): void {
    this.#outcomes.set(outcome.seatgeekId, outcome);
    this.#report();
  }

  /** So many more of the layer at hand have been written by now. */
  progress(written: number): void {
    this.#report(written);
  }

  /** How often the person's write has now come to nothing. */
  countAttempt({ seatgeekId }: MappedPerson): number {
    const attempts = (this.#attempts.get(seatgeekId) ?? 0) + 1;
    this.#attempts.set(seatgeekId, attempts);
    return attempts;
  }

  outcomeOf({ seatgeekId }: MappedPerson): PersonOutcome {
    const outcome = this.#outcomes.get(seatgeekId);
    if (outcome === undefined) throw new Error('a person of the page was left without an outcome');
    return outcome;
  }

  #report(written = 0): void {
    this.#settled = Math.max(this.#settled, this.#outcomes.size + written);
    this.options.onProgress?.({ settled: this.#settled, waitingUntil: this.#waitingUntil });
  }
}
