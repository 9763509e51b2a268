/** The wizard's questions about people: which columns name them, and what goes where. The proposal is accepted or changed. */
import { givesRights, targetProblem } from '../../connection/targets.js';
import { isInListRow, USER_FIELDS } from '../../halo/fields/user-fields.js';
import { columnExpression } from '../../mapping/expression.js';
import type { Choice, Context } from '../context.js';
import { UsageError } from '../errors.js';
import { clean, table } from '../text.js';
import { asks } from './ask-endpoints.js';
import type { Choices } from './find-choices.js';
import { mappingsWith, type InitFlags } from './flags.js';
import type { Mapping, Proposal } from './proposal.js';

/** A column by its flag, its likely name, or an answer. Throws UsageError when nothing is known and nobody can be asked. */
export async function askColumn(
  context: Context,
  { columns }: Choices,
  asked: {
    readonly flag: string;
    readonly given: string | undefined;
    readonly likely: string | null;
    readonly what: string;
  },
): Promise<string> {
  const known = asked.given ?? asked.likely;
  if (known !== null) return known;
  if (!context.terminal.interactive) {
    const hint = `Add ${asked.flag}. The feed has: ${columns.map(clean).join(', ')}.`;
    throw new UsageError('flag-missing', `no column looks like ${asked.what}`, hint);
  }
  return context.choose(`Which column is ${asked.what}?`, columns.map(plainChoice), {});
}

/** The mappings as accepted, changed, or changed by flags. */
export async function askMappings(
  context: Context,
  choices: Choices,
  { mappings }: Proposal,
  chosen: { readonly idField: string; readonly flags: InitFlags },
): Promise<readonly Mapping[]> {
  // The column that looks like the chosen ID field would have been proposed for it.
  const free = mappings.filter(({ to }) => to.toLowerCase() !== chosen.idField.toLowerCase());
  let current: readonly Mapping[] = mappingsWith(free, chosen.flags.map);
  if (!asks(context, chosen.flags)) return current;
  for (;;) {
    for (const line of mappingLines(current)) context.terminal.say(line);
    const missing = current.some(({ to }) => to === 'name')
      ? []
      : ['Nothing maps to name yet, without which Halo creates nobody.'];
    for (const line of missing) context.terminal.say(line);
    const next = await context.choose('These are the mappings', NEXT, {
      initial: missing.length === 0 ? 'accept' : 'add',
    });
    if (next === 'accept' && missing.length === 0) return current;
    if (next === 'drop') current = await kept(context, current);
    if (next === 'add') current = await withAnother(context, choices, current, chosen.idField);
  }
}

const NEXT = [
  { value: 'accept', label: 'Take them', hint: 'the file can be changed at any time' },
  { value: 'add', label: 'Map another column' },
  { value: 'drop', label: 'Leave some out' },
] as const;

export function mappingLines(mappings: readonly Mapping[]): string[] {
  return table(
    mappings.map(({ from, to, when }) => [
      { text: `  ${clean(from)}` },
      { text: `→ ${clean(to)}` },
      { text: when === 'create' ? '(new people only)' : '' },
    ]),
  );
}

async function kept(context: Context, mappings: readonly Mapping[]): Promise<readonly Mapping[]> {
  const choices = mappings.map((mapping) => ({
    value: mapping,
    label: `${clean(mapping.from)} → ${clean(mapping.to)}`,
  }));
  return context.chooseMany('Which of them stay? (space switches one)', choices, { initial: mappings });
}

async function withAnother(
  context: Context,
  { columns, customFields }: Choices,
  mappings: readonly Mapping[],
  idField: string,
): Promise<readonly Mapping[]> {
  const column = await context.choose('Which column?', columns.map(plainChoice), {});
  const custom = (customFields ?? []).map(({ name, label }) => ({
    value: name,
    label: clean(name),
    hint: clean(label),
  }));
  const fields = [...custom, ...USER_FIELDS.map(fieldChoice)].filter(
    ({ value }) => !givesRights(value) && targetProblem(value, idField) === undefined,
  );
  const to = await context.choose(`Which of Halo's fields takes ${clean(column)}?`, fields, {});
  return mappingsWith(mappings, [`${columnExpression(column)}=${to}`]);
}

function fieldChoice(value: string): Choice<string> {
  return isInListRow(value)
    ? plainChoice(value)
    : { ...plainChoice(value), hint: 'a request for each unchanged person' };
}

function plainChoice(value: string): Choice<string> {
  return { value, label: clean(value) };
}
