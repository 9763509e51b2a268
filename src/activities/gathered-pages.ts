/**
 * What one step writes: the page it was asked for and, where most of its events have newer images elsewhere, the pages after it, so that few
 * people do not take a step and a short last array for each page.
 */
import { foldId } from '../contract/person-key.js';
import { SyncError, TransientError } from '../errors.js';
import type { MappedPage, MappedPerson } from '../mapping/types.js';
import type { PageInHand, RunMemory } from './run-memories.js';
import type { PageName, RejectedRef } from './types.js';

/** Pages as one. */
export interface GatheredPages extends MappedPage {
  readonly rejected: readonly RejectedRef[];
  /** By SeatGeek ID, on which of the pages after the first people stand, from 0 on. */
  readonly pageOf: ReadonlyMap<string, number>;
}

const NO_PAGES: GatheredPages = { events: 0, superseded: 0, people: [], rejected: [], pageOf: new Map() };

export interface Gathered {
  readonly pages: GatheredPages;
  /** None while nothing can be written yet. */
  readonly names: readonly PageName[];
  readonly last: PageInHand | undefined;
  /** Feed requests for the pages after the first. */
  readonly requests: number;
}

export const NOTHING_YET: Gathered = { pages: NO_PAGES, names: [], last: undefined, requests: 0 };

export interface GatherOptions {
  /** People that a page has room for, as it was asked for. */
  readonly limit: number;
  readonly signal: AbortSignal;
}

/** So long that the workflow gets its turn, as with a survey. */
const GATHER_MS = 20_000;

/** Beyond this a further page would save no step and might bring many more people. */
const FULL_ENOUGH = 3 / 4;
/** Each may have to be named in the answer. */
const MAX_PAGES = 50;

/**
 * Adds pages until there are about as many people as a page has room for, as far as the survey came. A page that can't be had, or not be
 * mapped, is left to the step that begins with it. Throws what mapping the first page throws, and on the caller's abort; where the step is
 * repeated, TransientError as well.
 */
export async function gatherPages(memory: RunMemory, first: PageInHand, options: GatherOptions): Promise<Gathered> {
  const until = memory.isRepeated ? Infinity : Date.now() + GATHER_MS;
  const names = [first.name];
  let last = first;
  const pages = [await memory.mapped(first)];
  let requests = 0;
  while (last.page.hasMore && count(pages) <= FULL_ENOUGH * options.limit) {
    const next = names.length < MAX_PAGES && Date.now() < until ? await readAfter(memory, last, options) : null;
    if (next === null) break;
    requests += next.read.requests;
    if (next.page === null) break;
    last = next.read;
    names.push(last.name);
    pages.push(next.page);
  }
  return { pages: asOne(pages), names, last, requests };
}

/** A page that nothing is gathered with. */
export function pageAlone(mapped: MappedPage): GatheredPages {
  return asOne([mapped]);
}

/** Nothing where the step that begins there must look for itself. */
async function readAfter(
  memory: RunMemory,
  { name: { limit }, page: { nextCursor } }: PageInHand,
  { signal }: GatherOptions,
): Promise<{ read: PageInHand; page: MappedPage | null } | null> {
  try {
    const read = await memory.read({ cursor: nextCursor, limit }, { signal, isMorePromised: true });
    if (read.page.rows.length === 0 || !memory.survey.covers(read.page)) return { read, page: null };
    const page = await memory.mapped(read);
    // Its rows are not needed any more; what a step holds stays that of one page.
    memory.forget(read.name);
    return { read, page };
  } catch (error) {
    signal.throwIfAborted();
    // An attempt before may have written it: then it is not left to another step for having no answer now.
    if (!(error instanceof SyncError) || (memory.isRepeated && error instanceof TransientError)) throw error;
    return null;
  }
}

function count(pages: readonly MappedPage[]): number {
  return pages.reduce((sum, { people, rejected }) => sum + people.length + rejected.length, 0);
}

/** Of images that nobody can order the last one counts, as it does on one page. */
function asOne(pages: readonly MappedPage[]): GatheredPages {
  const later = new Set<string>();
  return pages.reduceRight<GatheredPages>((after, page, at) => {
    const isLast = ({ seatgeekId }: { readonly seatgeekId: string }): boolean => !later.has(foldId(seatgeekId));
    const people = page.people.filter(isLast);
    const rejected = page.rejected.filter((rejection) => hasNoImage(rejection) || isLast(rejection));
    for (const one of [...people, ...rejected]) if (!hasNoImage(one)) later.add(foldId(one.seatgeekId));
    return {
      events: page.events + after.events,
      superseded: page.superseded + after.superseded + count([page]) - people.length - rejected.length,
      people: [...people, ...after.people],
      rejected: [...(at === 0 ? rejected : rejected.map((one) => ({ ...one, page: at - 1 }))), ...after.rejected],
      pageOf:
        at === 0 ? after.pageOf : new Map([...people.map((one) => [one.seatgeekId, at - 1] as const), ...after.pageOf]),
    };
  }, NO_PAGES);
}

/** Each event of an unknown operation is reported. */
function hasNoImage(one: MappedPerson | RejectedRef): boolean {
  return 'code' in one && one.code === 'operation-unknown';
}
