/**
 * Everybody in Halo, page by page in the order of ids, and the proof that nobody was passed over. There is no snapshot (`reference/halo.md`
 * 5.2): a user deleted meanwhile moves all later ones forward, over the border of a page. So a pass over the list counts only when the
 * numbers say that nobody was deleted; else it is made again, and what was seen is kept.
 */
import type { CallOptions, HaloClient } from '../api/client.js';
import { hidesWho, type WireUser } from '../api/wire.js';
import { circular, tooFew, unsteady } from './list-errors.js';
import { PAGE_SIZE, readUsersPage, type UsersPage, type UsersQuery } from './users-reader.js';
import { readWholePage, type WholePage } from './whole-page.js';

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
/** Times that users vanish, without getting further meanwhile, before the list counts as one that can't be read. */
const MAX_TURNS = 10;
/** An empty page before the end is asked for so often. */
const EMPTY_AGAIN = 2;

/** One pass over the list. */
class Pass {
  next = 1;
  furthest = 0;
  /** Times that it turned back since the furthest page was read. */
  turns = 0;
  total: number;
  /** Different users, deleted ones too. */
  seen = 0;
  /** Rows that could not be shown. */
  unshown = 0;
  /** Rows of a user that follow on another row of the same: Halo may count them, or not. */
  again = 0;
  /** Whose row came last, if it counts. */
  latest = 0;
  /** Users of them with ids above `start.newestId`: created since. */
  born = 0;
  /** Deletions that showed in the total and were made up for by reading the pages before again. */
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
    return this.seen + this.again >= this.total && deleted === this.repaired;
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

  constructor(
    private readonly client: HaloClient,
    users: UsersQuery,
    start: ListStart,
  ) {
    this.#query = { ...users, query: { order: 'id', ...users.query } };
    this.#pass = new Pass(start);
  }

  /** Whether everybody was seen. */
  get hasEnded(): boolean {
    return this.#ended;
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
  async next(call: CallOptions): Promise<WholePage | null> {
    if (this.#ended) return null;
    const pass = this.#pass;
    const no = pass.next;
    const page = await this.#read(no, call);
    if (no > pass.furthest) [pass.furthest, pass.turns] = [no, 0];
    pass.seen += page.unshown.length;
    pass.unshown += page.unshown.length;
    if (no === 1 && this.#passes === 1 && page.users.length > 0) this.#size = Math.min(this.#size, page.users.length);
    const shrunkBy = pass.total - page.total;
    if (shrunkBy > 0 && no > 1 && this.isOrdered) {
      // Rows moved forward, as many as were deleted: the first of this page now stand so far before. From there it is read once more.
      const pages = Math.ceil(shrunkBy / this.#size);
      if (++pass.turns > MAX_TURNS) {
        // Another attempt may come when it is over.
        pass.turns = 0;
        throw unsteady();
      }
      pass.total = page.total;
      pass.repaired += shrunkBy;
      pass.next = Math.max(1, no - pages);
      pass.stalePages = -pages;
      return page;
    }
    pass.total = page.total;
    this.#note(page, no);
    if (this.#pass !== pass) return page;
    if (page.users.length === 0 && pass.seen + pass.again < pass.total && pass.emptyPages++ < EMPTY_AGAIN) return page;
    pass.next = no + 1;
    // Whoever was deleted after being seen is not among the total, so that as many rows may be left.
    const hasAll = pass.again === 0 && pass.seen - pass.repaired >= pass.total;
    if (page.users.length === 0 || hasAll) this.#endPass();
    return page;
  }

  /** Whether a list that keeps to no order was read whole without a user who was there before it was. Requests nothing. */
  lacks(id: number): boolean {
    const { lastId, start } = this.#pass;
    const isOlder = id <= Math.max(lastId, start.newestId);
    return this.#ended && this.#unordered !== null && isOlder && !this.#unordered.has(id);
  }

  /** The page on which a user stood when it was last read; null for whoever came later, and where the list keeps to no order. */
  pageOf(id: number): number | null {
    if (!this.isOrdered || id > this.#pass.lastId) return null;
    return this.#firstIds.findLastIndex((first) => first <= id) + 1 || null;
  }

  /** The rows of a page that tell whose they are, as they are now. */
  async rowsOf(no: number, call: CallOptions): Promise<WireUser[]> {
    const { users } = await readUsersPage(this.client, this.#query, { no, size: this.#size }, call);
    return users.filter((row) => !hidesWho(row));
  }

  /** Whether the list shows a user; only where it keeps to the order of ids. */
  async shows(id: number, call: CallOptions): Promise<boolean> {
    let no = Math.max(1, this.#firstIds.filter((first) => first <= id).length);
    for (let turn = 0; no >= 1; no += turn) {
      const { users } = await this.#read(no, call);
      if (users.some((user) => user.id === id)) return true;
      const isBeyond = users.every((user) => user.id > id);
      const next = isBeyond ? -1 : 1;
      if (next === -turn || (!isBeyond && users.some((user) => user.id > id))) return false;
      turn = next;
    }
    return false;
  }

  #read(no: number, call: CallOptions): Promise<WholePage> {
    return readWholePage(this.client, this.#query, { no, size: this.#size }, call);
  }

  #note({ users, total }: UsersPage, no: number): void {
    const pass = this.#pass;
    const before = pass.seen;
    const [first] = users;
    if (first !== undefined) this.#firstIds[no - 1] = first.id;
    if (this.isOrdered && users.some(({ id }, place) => id < (users[place - 1]?.id ?? 0))) {
      // Whoever was counted so far was counted by an order that is none.
      this.#unordered = new Set();
      this.#restart();
      return;
    }
    for (const { id } of users) {
      if (id === pass.latest) {
        pass.again += 1;
        continue;
      }
      const isOld = this.#unordered === null ? id <= pass.lastId : this.#unordered.has(id);
      // Pages that are read once more after a deletion have rows that were counted.
      pass.latest = isOld && this.isOrdered ? 0 : id;
      if (isOld) continue;
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
        : this.#unordered.size + pass.unshown + pass.again >= pass.total &&
          (pass.newcomers === 0 || pass.total <= this.#size);
    if (isWhole) {
      this.#ended = true;
      return;
    }
    if (this.#passes >= MAX_PASSES)
      throw pass.seen + pass.again < pass.total ? tooFew(pass.seen, pass.total) : unsteady();
    this.#passes += 1;
    this.#restart();
  }

  #restart(): void {
    const { total, lastId, start } = this.#pass;
    this.#pass = new Pass({ total, newestId: Math.max(lastId, start.newestId) });
  }
}
