/**
 * The brake: before a run writes anything, the rest of the feed is read and matched, and what it would create and deactivate is counted. SeatGeek
 * is fast, and who is in Halo has to be learnt anyway, so this costs hardly any Halo request.
 */
import { BrakeError } from '../errors.js';
import type { Forecast, HaloRun } from '../halo/types.js';
import { foldEmail } from '../mapping/email.js';
import { readEvent, unquote, type ChangeEvent } from '../mapping/row.js';
import type { MappedPerson } from '../mapping/types.js';
import type { SequenceIndex } from '../seatgeek/sequence-index.js';
import type { FeedPage } from '../seatgeek/types.js';
import type { ConnectionContext } from './connection-contexts.js';
import type { Running } from './heartbeat.js';

export interface BrakeCheck {
  readonly context: ConnectionContext;
  readonly halo: HaloRun;
  /** Learns the order of images on the way. */
  readonly index: SequenceIndex;
  /** People whom the connection has imported so far. */
  readonly past: number;
  readonly running: Running;
}

/** So many more than the limit are counted before it is said how many there are at least. */
const COUNTED_BEYOND = 50_000;

/**
 * Reads from `first` to the end of the feed. Answers the feed requests it took. Throws BrakeError `brake-held` when the run would create or
 * deactivate more people than the connection's `integrator.brake` lets pass, and what reading the feed and Halo throws.
 */
export async function checkBrake(check: BrakeCheck, first: FeedPage, limit: number): Promise<number> {
  const marks = new Map<string, Forecast>();
  const { reader } = check.context;
  const most = mostOf(check);
  let requests = 0;
  for (let page = first; ;) {
    await markPage(check, page, marks);
    if (!page.hasMore || page.nextCursor === page.cursor || marks.size > most + COUNTED_BEYOND) break;
    const read = await reader.read({ cursor: page.nextCursor, limit, signal: check.running.signal });
    requests += read.requests;
    page = read.page;
  }
  assertWithin(check, marks, most);
  return requests;
}

/** People that one run may create, or deactivate, unasked. */
function mostOf({ context, past }: BrakeCheck): number {
  const { atLeast, percent } = context.connection.integrator.brake;
  return Math.max(atLeast, Math.floor((past * percent) / 100));
}

/** The newest image of a person decides, as it does when the page is written. */
async function markPage(check: BrakeCheck, page: FeedPage, marks: Map<string, Forecast>): Promise<void> {
  const { context, halo, index, running } = check;
  const { id, email } = context.connection.seatgeek.columns;
  const people = new Map<string, MappedPerson>();
  for (const row of page.rows) {
    const event = readEvent(row, 0, unquote(id));
    if ('code' in event || event.operation === 'unknown') continue;
    if (index.isSuperseded(event.seatgeekId, event.sequence)) continue;
    index.note(event.seatgeekId, event.sequence);
    people.set(event.seatgeekId, toPerson(event, unquote(email)));
  }
  const forecasts = await halo.forecast([...people.values()], {
    signal: running.signal,
    onProgress: ({ waitingUntil }) => running.progress({ looking: marks.size, waitingUntil }),
  });
  const named = await nameable(check, page, people, forecasts);
  [...people.keys()].forEach((seatgeekId, place) => {
    const forecast = forecasts[place] ?? 'other';
    const counts = forecast === 'deactivate' || (forecast === 'create' && named.has(seatgeekId));
    if (counts) marks.set(seatgeekId, forecast);
    else marks.delete(seatgeekId);
  });
}

/** Enough of a person for matching. */
function toPerson({ seatgeekId, sequence, operation, row }: ChangeEvent, emailColumn: string): MappedPerson {
  const matchEmail = foldEmail(row[emailColumn]);
  return { seatgeekId, sequence, deleted: operation === 'delete', matchEmail, fields: [], address: null };
}

/** Those of the new people whom the mapping gives a name: the others are rejected, not created. Only they are mapped here. */
async function nameable(
  { context }: BrakeCheck,
  page: FeedPage,
  people: ReadonlyMap<string, MappedPerson>,
  forecasts: readonly Forecast[],
): Promise<ReadonlySet<string>> {
  const created = new Set([...people.keys()].filter((_, place) => forecasts[place] === 'create'));
  if (created.size === 0) return created;
  const idColumn = unquote(context.connection.seatgeek.columns.id);
  const rows = page.rows.filter((row) => {
    const event = readEvent(row, 0, idColumn);
    return !('code' in event) && created.has(event.seatgeekId);
  });
  const mapped = await context.mapper.mapPage({ ...page, rows });
  const named = mapped.people.filter(({ fields }) =>
    fields.some(({ to, value }) => to === 'name' && value !== null && value !== ''),
  );
  return new Set(named.map(({ seatgeekId }) => seatgeekId));
}

function assertWithin({ past }: BrakeCheck, marks: ReadonlyMap<string, Forecast>, most: number): void {
  const count = (forecast: Forecast): number => [...marks.values()].filter((mark) => mark === forecast).length;
  const [created, deactivated] = [count('create'), count('deactivate')];
  if (created <= most && deactivated <= most) return;
  throw new BrakeError(
    'brake-held',
    `The run would create ${created} people and deactivate ${deactivated}; the connection has imported ${past} so far, and more than ` +
      `${most} at once are held. Nothing was written.`,
    'Look at what changed: the ID column, the mapping, the site or agent in Halo, or SeatGeek itself. If it is right, signal approve; else ' +
      'pause, correct it and resume. integrator.brake in the connection file has the thresholds.',
  );
}
