/** The bookkeeping of one page of people: outcomes, progress, attempts. */
import type { MappedPerson } from '../../mapping/types.js';
import type { CallOptions } from '../api/client.js';
import { KeptPlans } from '../plan/kept-plans.js';
import { NOTHING_KNOWN, type FeedKnowledge, type PersonOutcome, type WriteOptions } from '../types.js';

export class Page {
  /** For every request made for this page. */
  readonly call: CallOptions;
  readonly plans = new KeptPlans();
  readonly #outcomes = new Map<string, PersonOutcome>();
  readonly #attempts = new Map<string, number>();
  #waitingUntil: number | null = null;

  constructor(
    private readonly options: WriteOptions,
    onRequest: () => void,
  ) {
    this.call = {
      signal: options.signal,
      onRequest,
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

  settle(outcome: PersonOutcome): void {
    this.#outcomes.set(outcome.seatgeekId, outcome);
    this.#report();
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

  #report(): void {
    this.options.onProgress?.({ settled: this.#outcomes.size, waitingUntil: this.#waitingUntil });
  }
}
