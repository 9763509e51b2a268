/** The searches of a run: what this Halo's can do, and by whom their answers are proved. */
import { SyncError } from '../../errors.js';
import type { CallOptions, HaloClient } from '../api/client.js';
import type { WireUser } from '../api/wire.js';
import type { Targets } from '../fields/targets.js';
import type { HaloInstance } from '../instance.js';
import { isInactive } from '../plan/match.js';
import { emailField, seatgeekIdField, toKnownUser, type KnownUser, type LookUpField } from './known-user.js';
import { findsInactive, findSearchSupport, isPlain, lookUp, type Way } from './look-up.js';
import type { SearchSupport } from './search-support.js';
import { PAGE_SIZE, readUsersPage } from './users-reader.js';

export interface UserSearchOptions {
  readonly client: HaloClient;
  readonly instance: Pick<HaloInstance, 'search' | 'controls' | 'inactiveControls'>;
  readonly targets: Targets;
}

/** The newest of those who are not active. */
const INACTIVE = { includeactive: false, order: 'id', orderdesc: true } as const;
const FIRST = { no: 1, size: PAGE_SIZE } as const;

export class UserSearch {
  readonly idField: LookUpField;
  /** The newest users seen. */
  newest: readonly KnownUser[] = [];
  /** Requests that looking people up has taken. */
  spent = 0;
  /** Fields whose try failed in this run. */
  readonly #failed = new Set<string>();
  /** Somebody inactive was looked for in this run. */
  #hasSoughtInactive = false;

  constructor(private readonly options: UserSearchOptions) {
    this.idField = seatgeekIdField(options.targets);
  }

  /** As far as it is known. */
  get byId(): SearchSupport | undefined {
    return this.supportOf(this.idField);
  }

  /** As far as it is known. */
  get byEmail(): SearchSupport | undefined {
    return this.supportOf(emailField);
  }

  /** As far as it is known. */
  supportOf({ name }: LookUpField): SearchSupport | undefined {
    return this.options.instance.search.get(name) ?? (this.#failed.has(name) ? 'none' : undefined);
  }

  /** Finds out what looking people up needs: without a search by ID nobody is, whatever one by e-mail does. */
  async learnLookUp(call: CallOptions): Promise<void> {
    if ((await this.learnSupport(this.idField, call)) !== 'none') await this.learnSupport(emailField, call);
  }

  /** Finds out what is not known. Without a user to ask with, or where the try fails, nothing is concluded for later runs. */
  async learnSupport(field: LookUpField, call: CallOptions): Promise<SearchSupport> {
    const { client, instance, targets } = this.options;
    const known = this.supportOf(field);
    if (known !== undefined) return known;
    const samples = this.newest.flatMap((user) => this.#valueOf(user, field) ?? []);
    const context = { client, fields: targets, call };
    const found = await this.#tried([field], () => findSearchSupport(context, field, samples));
    if (found === null) return 'none';
    const learnt = new Map(instance.search).set(field.name, found);
    // Without a search by ID nobody is looked up.
    const isById = (learnt.get(this.idField.name) ?? 'none') !== 'none';
    const fields = field === emailField ? [emailField] : this.#both;
    if (isById && !(await this.#isSound(fields, learnt, call))) return 'none';
    // Not before: where the proof fails, the next attempt has to begin it again.
    instance.search.set(field.name, found);
    return found;
  }

  /** Whether each look-up by ID is proved with somebody inactive. */
  get isProvedWithInactive(): boolean {
    return this.options.instance.inactiveControls.has(this.idField.name);
  }

  /**
   * Whether somebody who was not found is not there, though look-ups were not proved with anybody inactive: nobody may have been when the search was
   * learnt. Looks for such a one, once in a run. Where false, or where that can't be told, nobody is looked up any more.
   */
  async isSoundByNow(call: CallOptions): Promise<boolean> {
    return this.#hasSoughtInactive || this.#isSound(this.#both, this.options.instance.search, call);
  }

  get #both(): readonly LookUpField[] {
    return [this.idField, emailField];
  }

  async #isSound(
    fields: readonly LookUpField[],
    supports: ReadonlyMap<string, SearchSupport>,
    call: CallOptions,
  ): Promise<boolean> {
    const { instance } = this.options;
    const isSound = await this.#tried(this.#both, () => this.#findsInactive(fields, supports, call));
    if (isSound === false) for (const { name } of this.#both) instance.search.set(name, 'none');
    return isSound === true;
  }

  /** A list does where a search can't be tried, so a failure is no more than a search that is not there; null then. */
  async #tried<T>(fields: readonly LookUpField[], ask: () => Promise<T>): Promise<T | null> {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof SyncError) || error.code === 'halo-rate-limited') throw error;
      for (const { name } of fields) {
        this.#failed.add(name);
        this.options.instance.search.delete(name);
      }
      return null;
    }
  }

  /** A search may leave out inactive users though they are asked for, and each would be created once more. True where nobody is known to ask with. */
  async #findsInactive(
    fields: readonly LookUpField[],
    supports: ReadonlyMap<string, SearchSupport>,
    call: CallOptions,
  ): Promise<boolean> {
    const { client, targets, instance } = this.options;
    const context = { client, fields: targets, call };
    if (fields.includes(this.idField) && !this.isProvedWithInactive) {
      const { users } = await readUsersPage(client, { ...targets, query: INACTIVE }, FIRST, call);
      for (const user of users) this.noteControl(toKnownUser(user, targets, 'row', 0));
      this.#hasSoughtInactive = true;
    }
    for (const field of fields) {
      const support = supports.get(field.name) ?? 'none';
      const value = instance.inactiveControls.get(field.name);
      if (support === 'none' || value === undefined) continue;
      if (!(await findsInactive(context, field, value, support))) return false;
    }
    return true;
  }

  /** The search no longer does what it did. */
  forgetSupport(): void {
    this.options.instance.inactiveControls.clear();
    for (const { name } of this.#both) this.options.instance.search.delete(name);
  }

  /** See `lookUp`. Throws HaloRefusalError when the answer can't be proved. */
  find(
    field: LookUpField,
    values: readonly string[],
    way: Way,
    call: CallOptions,
    take: (users: readonly WireUser[]) => void,
  ): Promise<void> {
    const { client, targets } = this.options;
    const onRequest = (at: number): void => {
      this.spent += 1;
      call.onRequest?.(at);
    };
    const context = { client, fields: targets, call: { ...call, onRequest } };
    return lookUp(context, field, values, way, this.#controlOf(field), take);
  }

  /** Takes a user who is there. */
  noteControl(user: KnownUser): void {
    const { instance, targets } = this.options;
    const { controls, inactiveControls } = instance;
    for (const field of this.#both) {
      const value = this.#valueOf(user, field);
      if (value === null || !isPlain(value)) continue;
      controls.set(field.name, value);
      if (isInactive(user, { targets })) inactiveControls.set(field.name, value);
      else if (inactiveControls.get(field.name) === value) inactiveControls.delete(field.name);
    }
  }

  /** A value of the field that somebody in Halo has, inactive if such a one is known, and that can stand in a list; null when none is known. */
  #controlOf(field: LookUpField): string | null {
    const inactive = this.options.instance.inactiveControls.get(field.name);
    if (inactive !== undefined) return inactive;
    const values = this.newest.map((user) => this.#valueOf(user, field));
    const own = values.find((value) => value !== null && isPlain(value));
    return own ?? this.options.instance.controls.get(field.name) ?? null;
  }

  #valueOf({ seatgeekId, email }: KnownUser, field: LookUpField): string | null {
    return field === emailField ? email : seatgeekId;
  }
}
