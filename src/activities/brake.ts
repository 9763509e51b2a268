/**
 * The brake: while the survey reads the feed, the newest image of everybody is mapped and matched, and what the run would create, deactivate and
 * overwrite is counted. SeatGeek is fast, and who is in Halo has to be learnt anyway, so this costs hardly any Halo request.
 */
import { BrakeError } from '../errors.js';
import type { HaloRun } from '../halo/types.js';
import type { Survey } from '../seatgeek/survey.js';
import type { FeedPage } from '../seatgeek/types.js';
import type { ConnectionContext } from './connection-contexts.js';
import type { FeedSurvey } from './feed-survey.js';
import type { Running } from './heartbeat.js';

export interface BrakeCheck {
  readonly context: Pick<ConnectionContext, 'connection' | 'mapper'>;
  readonly halo: HaloRun;
  readonly survey: FeedSurvey;
  readonly running: Running;
}

/** Marks the people of a page that the survey has noted; the newest image of a person decides, as it does when the page is written. */
export async function markPage({ context, halo, survey, running }: BrakeCheck, page: FeedPage): Promise<void> {
  const mapped = await context.mapper.mapPage(page, { select: (events) => survey.newestOf(page, events) });
  const forecasts = await halo.forecast(mapped.people, {
    signal: running.signal,
    onProgress: ({ waitingUntil }) => running.progress({ surveyed: survey.events, waitingUntil }),
  });
  for (const { seatgeekId } of mapped.rejected) survey.people.mark(seatgeekId, null);
  mapped.people.forEach(({ seatgeekId }, place) => {
    const forecast = forecasts[place] ?? 'other';
    survey.people.mark(seatgeekId, forecast === 'other' ? null : forecast);
  });
}

/**
 * Throws BrakeError `brake-held` when the marked people are more than the connection's `integrator.brake` lets pass; `past`: people whom the
 * connection has imported so far.
 */
export function assertWithin({ connection }: BrakeCheck['context'], people: Survey, past: number): void {
  const { atLeast, percent } = connection.integrator.brake;
  const most = Math.max(atLeast, Math.floor((past * percent) / 100));
  const [created, deactivated] = [people.marked('create'), people.marked('deactivate')];
  const overwritten = people.marked('overwrite');
  if (Math.max(created, deactivated, overwritten) <= most) return;
  const others = overwritten === 0 ? '' : `, and give ${overwritten} another name or e-mail address`;
  throw new BrakeError(
    'brake-held',
    `The run would create ${created} people and deactivate ${deactivated}${others}; the connection has imported ${past} so far, and more than ` +
      `${most} at once are held. Nothing was written.`,
    'Look at what it would do, person by person: preview of the next run (preview <connection> --next-run). What may have changed: the ID column, the mapping, the site or agent in Halo, or SeatGeek itself. If it is right, signal approve; else ' +
      'pause, correct it and resume. integrator.brake in the connection file has the thresholds.',
  );
}
