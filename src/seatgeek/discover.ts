/** What columns the feed has, for whoever writes the first mappings. Reads one event and answers none of its values. */
import type { CheckLine } from '../contract/check-line.js';
import type { DiscoveredColumn } from '../contract/discovery.js';
import { readFirstEvent, knownColumns, type FeedCheck } from './setup.js';
import type { FeedPage } from './types.js';

/** More than this no table has; names are cut so that the answer stays small whatever comes. */
const MOST_COLUMNS = 500;
const LONGEST_NAME = 100;

/** `columns` is null when the feed could not be read; the lines say why. Throws on the caller's abort only. */
export async function discoverColumns(
  options: FeedCheck,
): Promise<{ lines: CheckLine[]; columns: DiscoveredColumn[] | null }> {
  const { lines, page } = await readFirstEvent(options);
  return { lines, columns: page === null ? null : columnsOf(page) };
}

/** In the feed's order, without the feed's own `_ringside_` columns. */
function columnsOf(page: FeedPage): DiscoveredColumn[] {
  return [...knownColumns(page)]
    .filter((name) => !name.startsWith('_ringside_'))
    .slice(0, MOST_COLUMNS)
    .map((name) => ({ name: name.slice(0, LONGEST_NAME), type: page.columnTypes?.[name] ?? null }));
}
