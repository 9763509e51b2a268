/** The set-up report's lines on people: the first page is mapped, and what would become of everybody on it is said. No line holds a person's value. */
import type { Connection } from '../connection/schema.js';
import { SyncError } from '../errors.js';
import { costInWords, priceOfFields, requestsToReadAgain, requestsToWrite } from '../halo/cost.js';
import { checkIdField } from '../halo/setup/id-field.js';
import type { MappedPage, MappedPerson, Rejection } from '../mapping/types.js';
import type { FeedPage } from '../seatgeek/types.js';
import { green, red, type CheckLine } from '../contract/check-line.js';
import { reasonOf } from '../contract/rejection-reasons.js';
import type { ConnectionContext } from './connection-contexts.js';
import { newestOfPage } from './feed-survey.js';

/** More than this tells no more. */
const MOST_EVENTS = 1_000;

const PAGE = 'first page';

/** Reads and maps one page, and asks Halo for the definition of the ID field. Writes nothing. Throws on the caller's abort only. */
export async function checkFirstPage(context: ConnectionContext, signal: AbortSignal): Promise<CheckLine[]> {
  const { connection, reader, mapper, halo } = context;
  try {
    const limit = Math.min(connection.seatgeek.pageSize, MOST_EVENTS);
    const { page } = await reader.read({ cursor: null, limit, signal });
    const mapped = await mapper.mapPage(page, { select: (events) => newestOfPage(context, page, events) });
    const ids = mapped.people.map(({ seatgeekId }) => seatgeekId);
    const idField = await checkIdField(halo, connection.users.seatgeekIdField, ids, { signal });
    return [...firstPageLines(connection, page, mapped), ...(idField === null ? [] : [idField])];
  } catch (error) {
    if (signal.aborted || !(error instanceof SyncError)) throw error;
    return [red(PAGE, error)];
  }
}

/** What can be told of the page without asking anybody. Pure. */
export function firstPageLines(
  connection: Connection,
  page: Pick<FeedPage, 'rows'>,
  mapped: Pick<MappedPage, 'people' | 'rejected'>,
): CheckLine[] {
  if (page.rows.length === 0)
    return [green(PAGE, 'The feed holds nobody yet to try the mappings on.'), costLine(connection)];
  return [
    peopleLine(page.rows.length, mapped),
    ...idLine(connection, page.rows.length, mapped),
    ...inactiveLine(mapped.people),
    ...blanksLine(connection, mapped.people),
    ...addressLine(connection),
    ...welcomeLine(connection),
    costLine(connection),
  ];
}

function peopleLine(events: number, { people, rejected }: Pick<MappedPage, 'people' | 'rejected'>): CheckLine {
  const [first] = rejected;
  if (first === undefined)
    return green(PAGE, `All ${count(people.length)} people of its ${count(events)} events are mapped.`);
  const reasons = byReason(rejected)
    .slice(0, SHOWN_REASONS)
    .map(([{ code, message }, times]) => `${count(times)} × ${code}: ${message}`)
    .join('; ');
  const { hint } = reasonOf(byReason(rejected)[0]?.[0].code ?? first.code);
  if (people.length === 0) return red(PAGE, { message: `Everybody on it would be rejected (${reasons}).`, hint });
  const message = `${count(people.length)} people are mapped, ${count(rejected.length)} would be rejected (${reasons}).`;
  return green(PAGE, message, hint);
}

const SHOWN_REASONS = 3;

/** The most frequent first. */
function byReason(rejected: readonly Rejection[]): [Rejection, number][] {
  const reasons = new Map<string, [Rejection, number]>();
  for (const rejection of rejected) {
    const key = `${rejection.code} ${rejection.message}`;
    reasons.set(key, [rejection, (reasons.get(key)?.[1] ?? 0) + 1]);
  }
  return [...reasons.values()].sort(([, a], [, b]) => b - a);
}

const FEW_EVENTS = 10;

/** One person behind many events: the column is no ID. */
function idLine(
  { seatgeek }: Connection,
  events: number,
  { people, rejected }: Pick<MappedPage, 'people' | 'rejected'>,
): CheckLine[] {
  if (events < FEW_EVENTS || people.length + rejected.length > 1) return [];
  const message = `The column ${seatgeek.columns.id} holds one and the same ID in all ${count(events)} events.`;
  const hint = "Name in seatgeek.columns.id the column that holds each person's own ID.";
  return [red('SeatGeek IDs', { message, hint })];
}

function inactiveLine(people: readonly MappedPerson[]): CheckLine[] {
  const living = people.filter(({ deleted }) => !deleted);
  const leavers = living.filter(({ fields }) => fields.some(({ to, value }) => to === 'inactive' && value === true));
  if (leavers.length === 0) return [];
  const line = 'inactive people';
  if (leavers.length < living.length) {
    const message = `${count(leavers.length)} of ${count(living.length)} people on the first page would be inactive in Halo.`;
    return [green(line, message, 'If these are not those who left, look at the mapping to inactive.')];
  }
  const hint =
    'Turn the mapping to inactive round, for example is_active == false; it says who is inactive, not who is active.';
  return [red(line, { message: 'Everybody on the first page would be inactive in Halo.', hint })];
}

/** Fields that a blank value would empty. */
function blanksLine({ users }: Connection, people: readonly MappedPerson[]): CheckLine[] {
  const clearing = users.fieldMappings.filter(({ blank }) => blank === 'clear').map(({ to }) => to);
  const emptied = clearing.flatMap((to) => {
    const times = people.filter(({ fields }) => fields.some((field) => field.to === to && field.value === null)).length;
    return times === 0 ? [] : [`${to} for ${count(times)}`];
  });
  if (emptied.length === 0) return [];
  const message = `Of ${count(people.length)} people these fields would be emptied in Halo where they hold something: ${emptied.join(', ')}.`;
  return [green('blank values', message, 'If what Halo has is to stay, take "blank": "clear" out of the mapping.')];
}

/** The other half, lines that are wanted and not there, is no usable file. */
function addressLine({ users }: Connection): CheckLine[] {
  const isMapped = Object.values(users.primaryAddress).some((from) => from !== undefined && from.trim() !== '');
  if (users.importPrimaryAddress || !isMapped) return [];
  const message = 'users.primaryAddress maps lines and users.importPrimaryAddress is not true: no address is imported.';
  return [green('addresses', message, 'Set users.importPrimaryAddress to true, or take the lines out.')];
}

/** New users only get one where Halo is told to (`reference/halo.md` 5). */
function welcomeLine({ halo, users }: Connection): CheckLine[] {
  const isMapped = [...users.fieldMappings, ...users.staticMappings].some(
    (mapping) => mapping.to === 'sendwelcomeemail' && !('value' in mapping && mapping.value === false),
  );
  if (!isMapped && !halo.fireAutomations) return [];
  const why = [
    ...(isMapped ? ['sendwelcomeemail is mapped'] : []),
    ...(halo.fireAutomations ? ['halo.fireAutomations is true'] : []),
  ];
  const message = `Halo may write to everybody who is imported: ${why.join(', ')}.`;
  const hint = 'Unless that is meant, leave both out: then Halo is told to keep its automations quiet.';
  return [green('mails to new people', message, hint)];
}

const EXAMPLE = 10_000;

function costLine(connection: Connection): CheckLine {
  const { halo, users } = connection;
  const write = costInWords(requestsToWrite(EXAMPLE, connection), halo);
  const again = costInWords(requestsToReadAgain(EXAMPLE, connection), halo);
  const message = `For ${count(EXAMPLE)} people: first import ${write}, where Halo takes arrays; reading all history again with nothing changed ${again}.`;
  return green('Halo requests', message, priceOfFields(users));
}

function count(number: number): string {
  return number.toLocaleString('en');
}
