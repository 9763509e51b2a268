/** What there is to choose from: asked of both systems through a worker, again and again until the worker can use the secrets. */
import type { Discovery } from '../../contract/discovery.js';
import type { EndpointsFile } from '../../connection/schema.js';
import { SyncError } from '../../errors.js';
import { KNOWN_COLUMNS } from '../../seatgeek/known-columns.js';
import { discovered } from '../commands/discover.js';
import type { Context } from '../context.js';
import { errorLines } from '../error-texts.js';
import { StarterError } from '../errors.js';
import { checkLines } from '../views/report.js';
import { secretLines } from './secrets-to-set.js';
import { STARTER } from '../own-command.js';

/** Null stands for what could not be found out. */
export type Choices = Pick<Discovery, 'customFields' | 'sites' | 'sitesInAll'> & {
  readonly columns: readonly string[];
};

/** The likely columns and nothing of Halo: a first file can be written before there is a worker. */
export const OFFLINE_CHOICES: Choices = { columns: KNOWN_COLUMNS, customFields: null, sites: null, sitesInAll: 0 };

/**
 * Says which secrets to set, then looks until everything is found or the person goes on without. Throws StarterError `set-up-incomplete`
 * where nobody can be asked.
 */
export async function findChoices(context: Context, endpoints: EndpointsFile): Promise<Choices> {
  for (const line of secretLines(endpoints.name)) context.terminal.say(line);
  for (;;) {
    const found = await look(context, endpoints);
    if (found?.ok === true) return choicesOf(found);
    if (!context.terminal.interactive) throw incomplete(endpoints.name, found);
    const next = await context.choose('How to go on?', NEXT, { initial: 'again' });
    if (next === 'without') return found === null ? OFFLINE_CHOICES : choicesOf(found);
  }
}

const NEXT = [
  { value: 'again', label: 'Look again', hint: 'after putting it right' },
  { value: 'without', label: 'Go on with what is known', hint: 'the rest is typed by hand' },
] as const;

/** Null when no worker could look; whatever is in the way is said. */
async function look(context: Context, endpoints: EndpointsFile): Promise<Discovery | null> {
  const { terminal } = context;
  try {
    const found = await discovered(context, endpoints);
    for (const line of checkLines(found.lines, terminal.colors)) terminal.say(line);
    return found;
  } catch (error) {
    if (!(error instanceof SyncError) || !terminal.interactive) throw error;
    for (const line of errorLines(error)) terminal.say(line);
    return null;
  }
}

function choicesOf({ columns, customFields, sites, sitesInAll }: Discovery): Choices {
  const names = columns === null || columns.length === 0 ? KNOWN_COLUMNS : columns.map(({ name }) => name);
  return { columns: names, customFields, sites, sitesInAll };
}

function incomplete(name: string, found: Discovery | null): StarterError {
  const red = (found?.lines ?? []).find(({ ok }) => !ok);
  return new StarterError(
    'set-up-incomplete',
    `SeatGeek and Halo can't both be asked yet${red === undefined ? '' : `: ${red.message}`}`,
    `${red?.hint ?? ''} Or write the file without asking them: --offline, then ${STARTER} validate connections/${name}.json.`.trim(),
  );
}
