/** The wizard's questions about Halo: which field keeps the SeatGeek ID, where new people are created. */
import type { DiscoveredSite } from '../../contract/discovery.js';
import type { EndpointsFile } from '../../connection/schema.js';
import { idFieldProblem } from '../../connection/targets.js';
import { discovered } from '../commands/discover.js';
import type { Choice, Context } from '../context.js';
import { UsageError } from '../errors.js';
import { clean, count } from '../text.js';
import { asks } from './ask-endpoints.js';
import type { Choices } from './find-choices.js';
import type { InitFlags } from './flags.js';
import { STARTER } from '../own-command.js';

const USUAL_FIELD = 'CFSeatGeekID';
const FREE_FIELDS = ['other1', 'other2', 'other3', 'other4', 'other5'];
/** Stand for "none of these" in a list. */
const ANOTHER = '';
const NO_SITE = 0;

/** `proposed` is the custom field that looks made for it. Throws UsageError when nobody can be asked and nothing is given. */
export async function askIdField(
  context: Context,
  { customFields }: Choices,
  proposed: string | null,
  flags: InitFlags,
): Promise<string> {
  const given = flags.idField ?? (asks(context, flags) ? null : proposed);
  if (given !== null) return usableField(given);
  if (!context.terminal.interactive) throw missing('--id-field', "Halo's custom field for the SeatGeek ID");
  const fields = (customFields ?? []).map(({ name, label }) => ({
    value: name,
    label: clean(name),
    hint: clean(label),
  }));
  const choices: Choice<string>[] = [
    ...fields,
    ...FREE_FIELDS.map((value) => ({ value, label: value })),
    { value: ANOTHER, label: 'Another one', hint: 'to be made in Halo' },
  ];
  const question = "Which of Halo's user fields keeps the SeatGeek ID?";
  const chosen = await context.choose(question, choices, { initial: proposed ?? ANOTHER });
  if (chosen !== ANOTHER) return chosen;
  return context.text("The custom field's name: CF and the name it has, or will have, in Halo", {
    initial: USUAL_FIELD,
    problem: idFieldProblem,
  });
}

/** The number of the default site. */
export async function askSite(
  context: Context,
  endpoints: EndpointsFile,
  { sites, sitesInAll }: Choices,
  flags: InitFlags,
): Promise<number> {
  if (flags.site !== undefined) return flags.site;
  const only = sites?.length === 1 && !asks(context, flags) ? sites[0] : undefined;
  if (only !== undefined) return only.id;
  if (!context.terminal.interactive) throw missing('--site', "the number of Halo's site for people new to it");
  if (sites === null) return typedSite(context);
  let found = { sites, total: sitesInAll };
  for (;;) {
    const isWhole = found.sites.length > 0 && found.total <= found.sites.length;
    const chosen = isWhole ? await chosenSite(context, found.sites) : NO_SITE;
    if (chosen !== NO_SITE) return chosen;
    if (!isWhole) context.terminal.say(`${count(found.total)} sites fit; a part of the name makes them fewer`);
    found = await lookForSites(context, endpoints);
  }
}

async function lookForSites(
  context: Context,
  endpoints: EndpointsFile,
): Promise<{ sites: readonly DiscoveredSite[]; total: number }> {
  const site = await context.text('Part of the name of the site where new people are created', {});
  const found = await discovered(context, endpoints, { site: site.trim() });
  return { sites: found.sites ?? [], total: found.sitesInAll };
}

function chosenSite(context: Context, sites: readonly DiscoveredSite[]): Promise<number> {
  const choices: Choice<number>[] = [
    ...sites.map(({ id, name, client }) => ({ value: id, label: `${clean(name)} (${id}), ${clean(client)}` })),
    { value: NO_SITE, label: 'Look for another one', hint: 'by a part of its name' },
  ];
  return context.choose('In which site are people created who are new to Halo?', choices, {});
}

async function typedSite(context: Context): Promise<number> {
  const text = await context.text("The number of Halo's site for new people (it stands in its address in Halo)", {
    problem: (typed) => (/^[1-9]\d{0,8}$/.test(typed.trim()) ? undefined : 'A whole number above 0.'),
  });
  return Number(text);
}

function usableField(field: string): string {
  const problem = idFieldProblem(field);
  if (problem === undefined) return field;
  throw new UsageError('flag-unusable', `--id-field ${problem}`, 'Correct the flag.');
}

function missing(flag: string, what: string): UsageError {
  return new UsageError(
    'flag-missing',
    `${flag} is missing: ${what}`,
    `Add ${flag}. ${STARTER} discover <file> shows what there is.`,
  );
}
