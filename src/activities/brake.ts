/**
 * The brake: while the survey reads the feed, the newest image of everybody is mapped and matched, and what the run would create, deactivate and
 * overwrite is counted. SeatGeek is fast, and who is in Halo has to be learnt anyway, so this costs hardly any Halo request.
 */
import { BrakeError } from '../errors.js';
import type { HaloInstance } from '../halo/instance.js';
import type { HaloRun, WriteOptions } from '../halo/types.js';
import type { ChangeEvent } from '../mapping/row.js';
import type { MappedPage, MappedPerson } from '../mapping/types.js';
import type { ConnectionContext } from './connection-contexts.js';
import type { FeedSurvey } from './feed-survey.js';
import type { Running } from './heartbeat.js';
import type { UpsertRequest } from './types.js';

export interface BrakeCheck {
  readonly context: Pick<ConnectionContext, 'connection'>;
  readonly halo: HaloRun;
  readonly survey: FeedSurvey;
  readonly running: Running;
  /** Whether something was written before what is counted came. */
  readonly hasWritten?: boolean;
  /** Whether some were marked by what Halo showed to an earlier run. */
  readonly isMarkedBefore?: boolean;
}

/** Whom the brake looks at: of a first import nobody but those whose ID is in Halo, so that the others need not be mapped for it. */
export async function whoCounts(
  check: BrakeCheck,
  { people }: Past,
  events: readonly ChangeEvent[],
): Promise<readonly ChangeEvent[]> {
  if (people !== null) return events;
  const { halo, survey } = check;
  const identities = events.map((event) => survey.identityOf(event));
  const carried = await halo.carriedIds(identities, askedBy(check));
  return events.filter(({ seatgeekId }) => carried.has(seatgeekId));
}

/** Marks the mapped people of a page that the survey has noted; the newest image of a person decides, as it does when the page is written. */
export async function markPeople(check: BrakeCheck, mapped: MappedPage): Promise<void> {
  const { halo, survey } = check;
  const forecasts = await halo.forecast(mapped.people, askedBy(check));
  for (const { seatgeekId, code } of mapped.rejected) {
    // An event of an unknown operation is no image: the one before it is still written.
    if (code !== 'operation-unknown') survey.people.mark(seatgeekId, null);
  }
  mapped.people.forEach(({ seatgeekId }, place) => {
    const forecast = forecasts[place] ?? 'other';
    survey.people.mark(seatgeekId, forecast === 'other' ? null : forecast);
  });
}

function askedBy({ survey, running }: BrakeCheck): WriteOptions {
  return {
    signal: running.signal,
    onProgress: ({ waitingUntil }) => running.progress({ surveyed: survey.events, waitingUntil }),
  };
}

/** As the connection's agent was shown them when this Halo was last looked at. */
export function usersShown({ place }: HaloInstance, { habits }: Pick<UpsertRequest, 'habits'>): number | undefined {
  return habits?.host === place ? habits.usersShown : undefined;
}

/** What a connection has imported and seen before. */
export interface Past {
  /** People whom it has imported so far; null before its first import has come to its end. */
  readonly people: number | null;
  /** Users that Halo showed it last; undefined where nothing is known of it. */
  readonly usersShown: number | undefined;
}

/** Undefined: the run is not to be held. */
export function pastOf(
  { connection, instance }: Pick<ConnectionContext, 'connection' | 'instance'>,
  request: Pick<UpsertRequest, 'past' | 'firstImport' | 'habits'>,
): Past | undefined {
  const { past, firstImport } = request;
  if (!connection.integrator.brake.enabled || (past === undefined && firstImport !== true)) return undefined;
  return { people: past ?? null, usersShown: usersShown(instance, request) };
}

/** So few may have been deleted by hand, whatever part of all users they are. */
const FEW_GONE = 5;

/** Whether Halo, with so many users shown, hides more of those it showed before than the brake lets pass. */
export function hidesUsers({ connection }: BrakeCheck['context'], before: number | undefined, shown: number): boolean {
  const { percent } = connection.integrator.brake;
  return before !== undefined && before - shown > Math.max(FEW_GONE, (before * percent) / 100);
}

/** So few who got both another name and another e-mail address since are told from nothing. */
const FEW_STRANGERS = 10;
/** Two accounts have hardly anybody in common, and one account hardly anybody who changed both. */
const MOST_ARE_KNOWN = 0.5;

/**
 * Throws BrakeError `brake-held` when the marked people are more than the connection's `integrator.brake` lets pass, or Halo hides users. Of a
 * first import's people only the IDs are looked at: two accounts that number their people alike would overwrite each other's in one field.
 */
export async function assertWithin(check: CountCheck, past: Past): Promise<void> {
  const { survey } = check;
  const nothing = check.hasWritten === true ? 'Nothing more is written.' : 'Nothing was written.';
  if (past.people === null) {
    assertOwnIds(survey, nothing);
    await assertShown(check, past, { create: 'people', nothing });
    return;
  }
  const created = assertFew(check, past.people, nothing);
  // Whom Halo has hidden since they were marked would be created as well.
  if (created > 0 || check.isMarkedBefore === true)
    await assertShown(check, past, { create: created > 0 ? `${created} people` : 'people', nothing });
}

/** Of people who are tried again: throws BrakeError `brake-held` while some of them would be created and Halo hides users. */
export async function assertRetry(
  { context, halo, running }: Omit<BrakeCheck, 'survey'>,
  people: readonly MappedPerson[],
  { usersShown: before, feed }: Pick<Past, 'usersShown'> & Pick<WriteOptions, 'feed'>,
): Promise<void> {
  if (before === undefined || !context.connection.integrator.brake.enabled) return;
  const forecasts = await halo.forecast(people, { signal: running.signal, feed });
  const created = forecasts.filter((forecast) => forecast === 'create').length;
  const check = { context, halo, running };
  const words = { create: `${created} people`, nothing: 'They stay in the list.' };
  if (created > 0) await assertShown(check, { usersShown: before }, words);
}

type CountCheck = Omit<BrakeCheck, 'halo'> & { readonly halo: Pick<HaloRun, 'countUsers'> };

/** Answers how many people would be created. */
function assertFew({ context, survey: { people } }: CountCheck, imported: number, nothing: string): number {
  const { integrator, users } = context.connection;
  const { atLeast, percent } = integrator.brake;
  const most = Math.max(atLeast, Math.floor((imported * percent) / 100));
  // Only at the end is it known who comes with an address that others come with too.
  const apart = users.onSharedEmail === 'create' ? people.markedSharing('take') : 0;
  const [created, deactivated] = [people.marked('create') + apart, people.marked('deactivate')];
  const overwritten = people.marked('overwrite') + people.marked('stranger');
  if (Math.max(created, deactivated, overwritten) > most) {
    const others = overwritten === 0 ? '' : `, and give ${overwritten} another name or e-mail address`;
    throw held(
      `The run would create ${created} people and deactivate ${deactivated}${others}; the connection has imported ${imported} so far, and more than ` +
        `${most} at once are held. ${nothing}`,
    );
  }
  return created;
}

async function assertShown(
  { context, halo, running }: Omit<CountCheck, 'survey'>,
  { usersShown: before }: Pick<Past, 'usersShown'>,
  { create, nothing }: Readonly<Record<'create' | 'nothing', string>>,
): Promise<void> {
  if (before === undefined) return;
  const shown = await halo.countUsers({ signal: running.signal });
  if (!hidesUsers(context, before, shown)) return;
  throw held(
    `Halo shows ${shown} users where it showed ${before} before, and the run would create ${create} who may be among those not shown. ${nothing}`,
  );
}

function assertOwnIds({ people }: FeedSurvey, nothing: string): void {
  const strangers = people.marked('stranger');
  const found = strangers + people.marked('overwrite') + people.marked('known');
  if (strangers <= FEW_STRANGERS || strangers <= found * MOST_ARE_KNOWN) return;
  throw held(
    `Of ${found} people whose SeatGeek ID is in Halo already, ${strangers} have another name and another e-mail address there. It looks as if these IDs ` +
      `were given by another SeatGeek account. ${nothing}`,
    'Look at some of them: preview. If another connection writes its IDs into the same field of this Halo, give this one a field of its own ' +
      '(users.seatgeekIdField) or an ID column that is unique across accounts (seatgeek.columns.id). If they are the same people all the same, resume ' +
      'where it is paused, and signal approve once the run is held: a sample import waits for nobody.',
  );
}

const LOOK_FIRST =
  'See first what it would do and to whom: preview of the next run. What may have changed: the ID column, the mapping, the site or agent in ' +
  'Halo, or SeatGeek itself. If it is right, signal approve; else pause, correct it and resume. integrator.brake in the connection file has the thresholds.';

function held(message: string, hint = LOOK_FIRST): BrakeError {
  return new BrakeError('brake-held', message, hint);
}
