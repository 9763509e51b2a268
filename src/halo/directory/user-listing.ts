/**
 * Everybody in Halo, page by page in the order of ids, and the proof that nobody was passed over. There is no snapshot (`reference/halo.md`
 * 5.2): a user deleted meanwhile moves all later ones forward, over the border of a page. So a pass over the list counts only when the
 * numbers say that nobody was deleted; else it is made again, and what was seen is kept.
 */
import { DriftError, TransientError } from '../../errors.js';
import type { CallOptions, HaloClient } from '../api/client.js';
import type { WireUser } from '../api/wire.js';
import { PAGE_SIZE, readUsersPage, type UsersPage, type UsersQuery } from './users-reader.js';

/** What one answer said of the newest users, from which a pass is reckoned. */
export interface ListStart {
  readonly total: number;
  /** 0 in an empty Halo. */
  readonly newestId: number;
}

/** Passes before the list counts as one that can't be read. */
const MAX_PASSES = 4;
/** Pages in a row that bring nobody new before the list counts as going in circles. */
const MAX_STALE_PAGES = 3;
/** Users of one page that Halo may fail to show before the failure counts as an outage. */
const MAX_UNREADABLE = 3;
/** An empty page before the end is asked for so often. */
const EMPTY_AGAIN = 2;

/** One pass over the list. */
class Pass {
  next = 1;
  total: number;
  /** Different users. */
  seen = 0;
  /** Users of them with ids above `start.newestId`: created since. */
  born = 0;
  /** Deletions that showed in the total and were made up for by reading the page before again. */
  repaired = 0;
  /** Users of this pass whom no pass before had. */
  newcomers = 0;
  lastId = 0;
  emptyPages = 0;
  stalePages = 0;

  constructor(readonly start: ListStart) {
    this.total = start.total;
  }

  /** Whether it has the numbers of a list of which nobody vanished. */
  get isWhole(): boolean {
    const deleted = this.start.total + this.born - this.total;
    return this.seen >= this.total && deleted === this.repaired;
  }
}

export class UserListing {
  readonly #query: UsersQuery;
  #pass: Pass;
  #passes = 1;
  #size = PAGE_SIZE;
  /** First id of each page, as last read: where a user stands. */
  readonly #firstIds: number[] = [];
  /** Ids seen in all passes, where the list does not keep to the order of ids. */
  #unordered: Set<number> | null = null;
  #ended = false;
  #unreadable = 0;

  constructor(
    private readonly client: HaloClient,
    users: UsersQuery,
    start: ListStart,
  ) {
    this.#query = { ...users, query: { order: 'id', ...users.query } };
    this.#pass = new Pass(start);
  }

  /** Users whom Halo counts and can't show. */
  get unreadable(): number {
    return this.#unreadable;
  }

  /** False once rows came in another order than that of ids. */
  get isOrdered(): boolean {
    return this.#unordered === null;
  }

  /**
   * The next page; null once everybody was seen. A failed page may be asked for again.
   * Throws DriftError when Halo serves the same users again and again or shows fewer than it says it has, TransientError when users vanish faster
   * than they can be listed.
   */
  async next(call: CallOptions): Promise<UsersPage | null> {
    if (this.#ended) return null;
    const pass = this.#pass;
    const no = pass.next;
    const page = await this.#read(no, call);
    if (no === 1 && this.#passes === 1 && page.users.length > 0) this.#size = Math.min(this.#size, page.users.length);
    const shrunkBy = pass.total - page.total;
    if (shrunkBy > 0 && no > 1 && this.isOrdered) {
      // Rows moved forward: those at the border now stand on the page before. This page is read after it once more.
      pass.total = page.total;
      pass.repaired += shrunkBy;
      pass.next = no - 1;
      return page;
    }
    pass.total = page.total;
    this.#note(page, no);
    if (this.#pass !== pass) return page;
    if (page.users.length === 0 && pass.seen < pass.total && pass.emptyPages++ < EMPTY_AGAIN) return page;
    pass.next = no + 1;
    if (page.users.length === 0 || pass.seen >= pass.total) this.#endPass();
    return page;
  }

  /** Whether the list still shows a user; to be asked once everybody was seen. */
  async shows(id: number, call: CallOptions): Promise<boolean> {
    let no = Math.max(1, this.#firstIds.filter((first) => first <= id).length);
    for (; no >= 1; no -= 1) {
      const { users } = await this.#read(no, call);
      if (users.some((user) => user.id === id)) return true;
      // Deletions since moved users forward, to pages before.
      if (users.length > 0 && users.every((user) => user.id < id)) return false;
    }
    return false;
  }

  /** Reads a page; one that Halo can't give is read in parts, down to the users that can't be shown. Throws as `readUsersPage` does. */
  async #read(no: number, call: CallOptions): Promise<UsersPage> {
    const found: WireUser[] = [];
    let total = 0;
    let unreadable = 0;
    const read = async (no: number, size: number): Promise<void> => {
      try {
        const page = await readUsersPage(this.client, this.#query, { no, size }, call);
        total = Math.max(total, page.total);
        found.push(...page.users);
      } catch (error) {
        if (!(error instanceof TransientError) || size === this.#size || total === 0) throw error;
        if (size > 1) await parts(no, size);
        else if (++unreadable > MAX_UNREADABLE) throw error;
      }
    };
    const parts = async (no: number, size: number): Promise<void> => {
      const part = partOf(size);
      for (let first = (no - 1) * (size / part) + 1; first <= no * (size / part); first += 1) {
        if ((first - 1) * part < total) await read(first, part);
      }
    };
    try {
      await read(no, this.#size);
    } catch (error) {
      if (!(error instanceof TransientError) || this.#size === 1) throw error;
      // A list that can't be had at all is an outage.
      total = (await readUsersPage(this.client, this.#query, { no: 1, size: 1 }, call)).total;
      await parts(no, this.#size);
      this.#unreadable += unreadable;
      this.#pass.seen += unreadable;
    }
    return { total, users: found };
  }

  #note({ users, total }: UsersPage, no: number): void {
    const pass = this.#pass;
    const before = pass.seen;
    const [first] = users;
    if (first !== undefined) this.#firstIds[no - 1] = first.id;
    if (this.isOrdered && users.some(({ id }, place) => id <= (users[place - 1]?.id ?? 0))) {
      // Whoever was counted so far was counted by an order that is none.
      this.#unordered = new Set();
      this.#restart();
      return;
    }
    for (const { id } of users) {
      if (this.#unordered === null ? id <= pass.lastId : this.#unordered.has(id)) continue;
      this.#unordered?.add(id);
      pass.lastId = Math.max(pass.lastId, id);
      pass.newcomers += 1;
      pass.seen += 1;
      if (id > pass.start.newestId) pass.born += 1;
    }
    if (this.#unordered !== null) pass.seen = Math.max(pass.seen, Math.min(total, no * this.#size));
    pass.stalePages = pass.seen === before ? pass.stalePages + 1 : 0;
    if (pass.stalePages > MAX_STALE_PAGES && users.length > 0) throw circular(pass.seen, total);
  }

  /** Where nothing is known of the order, a pass is proved by the next one that brings nobody new. */
  #endPass(): void {
    const pass = this.#pass;
    const isWhole =
      this.#unordered === null
        ? pass.isWhole
        : this.#unordered.size >= pass.total && (pass.newcomers === 0 || pass.total <= this.#size);
    if (isWhole) {
      this.#ended = true;
      return;
    }
    if (this.#passes >= MAX_PASSES) throw pass.seen < pass.total ? tooFew(pass.seen, pass.total) : unsteady();
    this.#passes += 1;
    this.#restart();
  }

  #restart(): void {
    const { total, lastId, start } = this.#pass;
    this.#unreadable = 0;
    this.#pass = new Pass({ total, newestId: Math.max(lastId, start.newestId) });
  }
}

/** The largest part that a page can be cut into evenly. */
function partOf(size: number): number {
  const parts = [2, 3, 5, 7].find((number) => size % number === 0) ?? size;
  return size / parts;
}

function circular(seen: number, total: number): DriftError {
  return new DriftError(
    'halo-paging-stuck',
    `Halo serves the same ${seen} users page after page and says there are ${total}.`,
    'Try again later; if it stays, report it with the version of Halo.',
  );
}

function tooFew(seen: number, total: number): DriftError {
  return new DriftError(
    'halo-list-incomplete',
    `Halo says that it has ${total} users and shows ${seen} of them.`,
    "Check in Halo that the API application's agent may see all customers and sites; whoever is not shown would be created a second time.",
  );
}

function unsteady(): TransientError {
  return new TransientError('halo-list-unsteady', 'Users are being deleted in Halo while they are listed.', {
    hint: 'It is tried again by itself. If it stays, wait until the clean-up in Halo is done.',
  });
}
