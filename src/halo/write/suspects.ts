/**
 * Tells somebody bad from an outage. Whoever fails though alone is a suspect, and is tried again once all others are done. If others can be
 * written meanwhile, it is that person's rejection; if nobody can, it is Halo's failure, and concerns everybody.
 */
import { ForbiddenError, HaloRefusalError, LostAnswerError, UnauthorizedError } from '../api/errors.js';
import type { CallOptions, HaloClient } from '../api/client.js';
import { SyncError } from '../../errors.js';
import type { JsonObject } from '../../json.js';
import type { Clock } from '../clock.js';
import type { Directory } from '../directory/directory.js';
import { readUser } from '../directory/users-reader.js';
import { isUpdate, type PlannedWrite, type WriteResult } from './writer.js';

/** A user that this run has written: a change of nothing to it, or of its name to what that is, shows whether Halo can be written to. */
export interface Control {
  userId: number | null;
}

export interface SuspectsOptions {
  readonly client: HaloClient;
  readonly directory: Directory;
  readonly clock: Clock;
  readonly control: Control;
}

/** Who may fail one after the other before it is asked whether Halo can be written to, and how many where that can't be asked. */
const MAX_IN_A_ROW = 2;
const MAX_UNCONTROLLED = 4;
const PAUSE_MS = 1_000;

export class Suspects {
  readonly #suspects = new Map<PlannedWrite, { readonly error: Error; readonly failures: number }>();
  /** Those who have failed since Halo last took or refused somebody. */
  readonly #inARow = new Set<PlannedWrite>();

  constructor(
    private readonly options: SuspectsOptions,
    private readonly results: Map<PlannedWrite, WriteResult>,
    private readonly call: CallOptions,
  ) {}

  /** Halo has looked at it, whatever came of it: so Halo is there. */
  passed(write: PlannedWrite): void {
    const result = this.results.get(write);
    if (result?.kind === 'written') this.options.control.userId = result.userId;
    this.#suspects.delete(write);
    this.#inARow.clear();
  }

  /** It is not sent any more, so nothing is said of it. */
  drop(write: PlannedWrite): void {
    this.#suspects.delete(write);
    this.#inARow.delete(write);
  }

  /** It failed though alone. Some who fail with nobody between whom Halo takes may be an outage: throws `error` then. */
  async failed(write: PlannedWrite, error: Error): Promise<void> {
    const failures = (this.#suspects.get(write)?.failures ?? 0) + 1;
    this.#suspects.set(write, { error, failures });
    this.#inARow.add(write);
    if (this.#inARow.size < (this.#control === null ? MAX_UNCONTROLLED : MAX_IN_A_ROW)) return;
    if (!(await this.#canBeWritten())) throw error;
  }

  /** Tries the suspects again, and refuses those who fail while Halo can be written to. Throws what they fail with when it can't. */
  async judge(sendAlone: (write: PlannedWrite) => Promise<void>): Promise<void> {
    for (let again = this.#undecided; again.length > 0; again = this.#undecided) {
      await this.options.clock.sleep(PAUSE_MS, this.call.signal);
      for (const write of again) await sendAlone(write);
    }
    const last = [...this.#suspects.values()].at(-1);
    if (last === undefined) return;
    if (!(await this.#canBeWritten()) && !this.#isTheirOwn(last.error)) throw last.error;
    for (const [write, { error }] of this.#suspects)
      this.results.set(write, { kind: 'refused', error: toRefusal(error) });
  }

  /** Whose failures may have been chance yet. */
  get #undecided(): PlannedWrite[] {
    return [...this.#suspects].flatMap(([write, { error, failures }]) =>
      failures < tries(write, error) ? [write] : [],
    );
  }

  /** A few can't be compared with anybody where nobody else is taken. Halo's own 401 or 403 is about the application then. */
  #isTheirOwn(error: Error): boolean {
    const isOfApplication = error instanceof UnauthorizedError || (error instanceof ForbiddenError && !error.isPage);
    return this.#control === null && !isOfApplication;
  }

  async #canBeWritten(): Promise<boolean> {
    const id = this.#control;
    if (id === null) return false;
    // A Halo that can't do with an item without a name answers that with 500.
    if (!(await this.#takes({ id })) && !(await this.#takesAsNamed(id))) return false;
    this.#inARow.clear();
    return true;
  }

  async #takes(item: JsonObject): Promise<boolean> {
    try {
      await this.options.client.post('/Users', [{ ...item, _dont_fire_automations: true }], this.call);
      return true;
    } catch (error) {
      return error instanceof HaloRefusalError;
    }
  }

  async #takesAsNamed(id: number): Promise<boolean> {
    try {
      const { name } = await readUser(this.options.client, id, this.call);
      return typeof name === 'string' && (await this.#takes({ id, name }));
    } catch (error) {
      if (error instanceof SyncError) return false;
      throw error;
    }
  }

  /** A user whom this run has written, or somebody of ours who is not under suspicion. */
  get #control(): number | null {
    const suspects = [...this.#suspects.keys()];
    const { control, directory } = this.options;
    return control.userId ?? directory.someoneOfOurs((id) => !suspects.some(({ userId }) => userId === id));
  }
}

/** What takes minutes to fail is not tried as often, and a new user whom Halo accepted never again: it may be there and not be found. */
function tries(write: PlannedWrite, error: Error): number {
  if (error instanceof HaloRefusalError && !isUpdate(write)) return 1;
  return error instanceof LostAnswerError && error.mayStillRun ? 2 : 3;
}

function toRefusal(error: Error): HaloRefusalError {
  if (error instanceof HaloRefusalError) return error;
  if (error instanceof ForbiddenError || error instanceof UnauthorizedError)
    return new HaloRefusalError(error.status, 'forbidden for this person alone; others pass');
  const status = error instanceof LostAnswerError ? error.status : null;
  const what = status === null ? 'no usable answer' : `status ${status}`;
  return new HaloRefusalError(status ?? 0, `${what} whenever this person is sent; others pass`);
}
