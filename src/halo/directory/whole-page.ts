/**
 * A page of users that Halo can't give at once, because of one user whose row it can't show: the page is read in parts, and whoever is left is read
 * alone. Who he is the rows around him tell, for a list is in the order of ids.
 */
import { CredentialsRefusedError, DriftError, TransientError } from '../../errors.js';
import type { CallOptions, HaloClient } from '../api/client.js';
import { HaloRefusalError } from '../api/errors.js';
import { hidesWho, type WireUser } from '../api/wire.js';
import { readUser, readUsersPage, type UsersPage, type UsersQuery } from './users-reader.js';

export interface WholePage extends UsersPage {
  /** Users whom Halo counts and shows neither in a list nor alone: for each the id of the next lower one that it has, 0 for none. */
  readonly unshown: readonly number[];
}

interface Page {
  readonly no: number;
  readonly size: number;
}

/** Users of one page that Halo may fail to show before the failure counts as an outage. */
const MAX_UNSHOWN = 3;
/** Ids between two rows that are asked for to find whose row is missing. */
const MAX_BETWEEN = 20;

/** Throws as `readUsersPage` does, where more than a few rows can't be shown. */
export async function readWholePage(
  client: HaloClient,
  users: UsersQuery,
  page: Page,
  call: CallOptions,
): Promise<WholePage> {
  try {
    const read = await readUsersPage(client, users, page, call);
    return read.users.some(hidesWho)
      ? await new Parts(client, users, call).complete(page, read)
      : { ...read, unshown: [] };
  } catch (error) {
    if (!isOfOnePage(error) || page.size === 1) throw error;
    return await new Parts(client, users, call).read(page);
  }
}

/** Null stands for a row that can't be shown. */
type Row = WireUser | null;

class Parts {
  #total = 0;
  #failed = 0;

  constructor(
    private readonly client: HaloClient,
    private readonly users: UsersQuery,
    private readonly call: CallOptions,
  ) {}

  async read(page: Page): Promise<WholePage> {
    // A list of which neither the first row nor the second can be had is an outage.
    this.#total = (await this.#page({ no: 1, size: 1 }).catch(() => this.#page({ no: 2, size: 1 }))).total;
    return this.#shown(page, await this.#parts(page));
  }

  /** A page of which some rows don't tell whose they are. */
  async complete(page: Page, { total, users }: UsersPage): Promise<WholePage> {
    this.#total = total;
    return this.#shown(page, await this.#readable(users));
  }

  async #readable(users: readonly WireUser[]): Promise<Row[]> {
    const rows: Row[] = [];
    for (const row of users) {
      const user = hidesWho(row) ? await this.#alone(row.id) : row;
      rows.push(user === 'unknown' ? null : user);
    }
    return rows;
  }

  async #shown(page: Page, rows: readonly Row[]): Promise<WholePage> {
    const isDown = this.users.query?.['orderdesc'] === true;
    const found: WireUser[] = [];
    const unshown: number[] = [];
    for (let at = 0; at < rows.length; at += 1) {
      const row = rows[at];
      if (row != null) found.push(row);
      if (row !== null) continue;
      let end = at;
      while (rows[end] === null) end += 1;
      const before = found.at(-1)?.id ?? (await this.#idOf((page.no - 1) * page.size + at - 1));
      const after = rows[end]?.id ?? (await this.#idOf((page.no - 1) * page.size + end));
      const alone = await this.#between(before, after, end - at);
      if (alone === null) for (let count = at; count < end; count += 1) unshown.push((isDown ? after : before) ?? 0);
      else found.push(...alone);
      at = end - 1;
    }
    return { total: this.#total, users: found, unshown };
  }

  async #parts({ no, size }: Page): Promise<Row[]> {
    const part = partOf(size);
    const rows: Row[] = [];
    for (let first = (no - 1) * (size / part) + 1; first <= no * (size / part); first += 1)
      if ((first - 1) * part < this.#total) rows.push(...(await this.#rows({ no: first, size: part })));
    return rows;
  }

  async #rows(page: Page): Promise<Row[]> {
    try {
      return await this.#readable((await this.#page(page)).users);
    } catch (error) {
      if (!isOfOnePage(error)) throw error;
      if (page.size > 1) return this.#parts(page);
      if (++this.#failed > MAX_UNSHOWN) throw error;
      return [null];
    }
  }

  async #page(page: Page): Promise<UsersPage> {
    const read = await readUsersPage(this.client, this.users, page, this.call);
    this.#total = Math.max(this.#total, read.total);
    return read;
  }

  /** The id in a row of the list, counted from 0; null where there is none, or none to be seen. */
  async #idOf(row: number): Promise<number | null> {
    if (row < 0 || row >= this.#total) return null;
    const [user] = await this.#rows({ no: row + 1, size: 1 });
    return user?.id ?? null;
  }

  /** The users with ids between the two, in the order of the list, where they are as many as rows are missing; else null. */
  async #between(before: number | null, after: number | null, missing: number): Promise<WireUser[] | null> {
    if (before === null && after === null) return null;
    const isDown = this.users.query?.['orderdesc'] === true;
    const [low, high] = isDown ? [after, before] : [before, after];
    const from = (low ?? Math.max(0, (high ?? 0) - MAX_BETWEEN - 1)) + 1;
    const to = high ?? from + MAX_BETWEEN;
    if (to - from > MAX_BETWEEN) return null;
    const found: WireUser[] = [];
    for (let id = from; id < to; id += 1) {
      const user = await this.#alone(id);
      if (user === 'unknown') return null;
      if (user !== null && !isPlaceholder(user)) found.push(user);
    }
    if (found.length !== missing) return null;
    return isDown ? found.reverse() : found;
  }

  async #alone(id: number): Promise<WireUser | null | 'unknown'> {
    try {
      const user = await readUser(this.client, id, this.call);
      // Custom fields are not as a list shows them.
      return user.id === id ? Object.assign(user, { oddAt: [] }) : null;
    } catch (error) {
      if (error instanceof HaloRefusalError) return error.isNotFound ? null : 'unknown';
      // A list was shown a moment ago: whatever is forbidden here is about this user.
      if (isOfOnePage(error) || error instanceof DriftError || error instanceof CredentialsRefusedError)
        return 'unknown';
      throw error;
    }
  }
}

/** Whether a failure may come from what is on the page: an answer that can't be read may hold a row that is none. */
function isOfOnePage(error: unknown): boolean {
  if (error instanceof DriftError) return error.code === 'halo-answer-unreadable';
  return error instanceof TransientError && error.code !== 'halo-rate-limited';
}

/** Lists are asked for without these. */
function isPlaceholder({ name }: WireUser): boolean {
  return name?.trim().toLowerCase() === 'general user';
}

/** The largest part that a page can be cut into evenly. */
function partOf(size: number): number {
  const parts = [2, 3, 5, 7].find((number) => size % number === 0) ?? size;
  return size / parts;
}
