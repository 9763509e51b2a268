/** What the rest of the program sees of SeatGeek's feed. Rows hold people: they live in the worker's memory and never enter Temporal. */

/** One change event: a row image with its `_ringside_` columns, as it came. */
export type FeedRow = Readonly<Record<string, unknown>>;

/** A page, named by the cursor it was read from and the size asked for. */
export interface FeedPage {
  /** Null: from the start of history. */
  readonly cursor: string | null;
  /** Where the next page begins. Equal to `cursor` when the feed sent none (caught up). */
  readonly nextCursor: string | null;
  readonly hasMore: boolean;
  readonly rows: readonly FeedRow[];
  /** Length of the answer's text, as far as it is known. */
  readonly characters?: number;
  /** Column names of `metadata.table_definition`, stray quotes removed; empty when the feed sent none. */
  readonly columns: readonly string[];
  /** Postgres types by column, as far as `metadata.table_definition` gives them. */
  readonly columnTypes?: Readonly<Record<string, string>>;
}

export interface ReadPageOptions {
  readonly cursor: string | null;
  readonly limit: number;
  /**
   * The page before said that there is more, or events are known to stand there: an answer without a body is no end of the feed. Whoever reads
   * says it, for several may read one feed at a time.
   */
  readonly isMorePromised?: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Called for every feed request sent, so that a caller counts its own although others read at the same time. */
  readonly onRequest?: (() => void) | undefined;
}

/** Reads the feed of one connection. */
export interface FeedClient {
  /**
   * Reads one page, with one renewed token on 401 and no other retry.
   * Throws TransientError (outage, 429, timeout), CredentialsRefusedError, CursorExpiredError, DriftError (an answer that is not a page).
   */
  readPage(options: ReadPageOptions): Promise<FeedPage>;
}
