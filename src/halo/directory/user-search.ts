/** The searches of a run: what this Halo's can do, and by whom their answers are proved. */
import type { CallOptions, HaloClient } from '../api/client.js';
import type { WireUser } from '../api/wire.js';
import type { Targets } from '../fields/targets.js';
import type { HaloInstance } from '../instance.js';
import { emailField, seatgeekIdField, type KnownUser, type LookUpField } from './known-user.js';
import { findSearchSupport, isPlain, lookUp, type Way } from './look-up.js';
import type { SearchSupport } from './search-support.js';

export interface UserSearchOptions {
  readonly client: HaloClient;
  readonly instance: Pick<HaloInstance, 'search' | 'controls'>;
  readonly targets: Targets;
}

export class UserSearch {
  readonly idField: LookUpField;
  /** The newest users seen. */
  newest: readonly KnownUser[] = [];
  /** Requests that looking people up has taken. */
  spent = 0;

  constructor(private readonly options: UserSearchOptions) {
    this.idField = seatgeekIdField(options.targets);
  }

  /** As far as it is known. */
  get byId(): SearchSupport | undefined {
    return this.options.instance.search.get(this.idField.name);
  }

  /** As far as it is known. */
  get byEmail(): SearchSupport | undefined {
    return this.options.instance.search.get(emailField.name);
  }

  /** Finds out what is not known. Without a user to ask with, nothing is concluded for later runs. */
  async learnSupport(field: LookUpField, call: CallOptions): Promise<SearchSupport> {
    const { client, instance, targets } = this.options;
    const known = instance.search.get(field.name);
    if (known !== undefined) return known;
    const samples = this.newest.flatMap((user) => this.#valueOf(user, field) ?? []);
    const found = await findSearchSupport({ client, customIds: targets.customIds, call }, field, samples);
    if (found !== null) instance.search.set(field.name, found);
    return found ?? 'none';
  }

  /** The search no longer does what it did. */
  forgetSupport(): void {
    for (const { name } of [this.idField, emailField]) this.options.instance.search.delete(name);
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
    const onRequest = (): void => {
      this.spent += 1;
      call.onRequest?.();
    };
    const context = { client, customIds: targets.customIds, call: { ...call, onRequest } };
    return lookUp(context, field, values, way, this.#controlOf(field), take);
  }

  /** Takes a user who is there. */
  noteControl(user: KnownUser): void {
    for (const field of [emailField, this.idField]) {
      const value = this.#valueOf(user, field);
      if (value !== null && isPlain(value)) this.options.instance.controls.set(field.name, value);
    }
  }

  /** A value of the field that somebody in Halo has and that can stand in a list; null when none is known. */
  #controlOf(field: LookUpField): string | null {
    const values = this.newest.map((user) => this.#valueOf(user, field));
    const own = values.find((value) => value !== null && isPlain(value));
    return own ?? this.options.instance.controls.get(field.name) ?? null;
  }

  #valueOf({ seatgeekId, email }: KnownUser, field: LookUpField): string | null {
    return field === emailField ? email : seatgeekId;
  }
}
