/** The page `docs/settings.md`: every setting of a connection file, from the schema that the program applies. Pure. */
import { z } from 'zod';
import { connectionSchema } from './schema.js';

type Node = z.core.JSONSchema.BaseSchema;

/** A part of the schema that says what it takes; some say only whether they take anything. */
function node(part: Node['items']): Node | undefined {
  return typeof part === 'object' && !Array.isArray(part) ? part : undefined;
}

/** One setting, as a row of the page. */
export interface Setting {
  /** `users.fieldMappings[].to`. */
  readonly place: string;
  readonly takes: string;
  /** What it is when left out; `required` where it may not be. */
  readonly unlessSaid: string;
  readonly description: string;
}

/** In the order of the schema. */
export function settings(): Setting[] {
  return settingsOf(z.toJSONSchema(connectionSchema, { io: 'input' }), '');
}

function settingsOf({ properties = {}, required = [] }: Node, place: string): Setting[] {
  return Object.entries(properties).flatMap(([name, part]) => {
    const at = place === '' ? name : `${place}.${name}`;
    const inner = node(part) ?? {};
    const items = node(inner.items);
    if (items?.properties !== undefined)
      return [setting(at, inner, required.includes(name)), ...settingsOf(items, `${at}[]`)];
    if (inner.properties === undefined || isSecret(inner)) return [setting(at, inner, required.includes(name))];
    return settingsOf(inner, at);
  });
}

function setting(place: string, inner: Node, isRequired: boolean): Setting {
  return {
    place,
    takes: takes(inner),
    unlessSaid: inner.default === undefined ? (isRequired ? 'required' : 'none') : JSON.stringify(inner.default),
    description: inner.description ?? '',
  };
}

function isSecret({ properties }: Node): boolean {
  return properties?.['secret'] !== undefined;
}

function takes(inner: Node): string {
  if (isSecret(inner)) return '`{"secret": "<name>"}`';
  if (inner.enum !== undefined) return inner.enum.map((one) => `\`${String(one)}\``).join(' or ');
  if (inner.anyOf !== undefined) return inner.anyOf.map(takes).join(', ');
  const onlyItem = node(inner.items)?.const;
  switch (inner.type) {
    case 'array':
      return onlyItem === undefined ? 'a list' : `\`[${JSON.stringify(onlyItem)}]\``;
    case 'boolean':
      return 'true or false';
    case 'integer':
      return `whole number${range(inner)}`;
    case 'number':
      return `number${range(inner)}`;
    case 'null':
      return 'null';
    default:
      return inner.format === 'uri' ? 'an address' : 'text';
  }
}

function range({ minimum, maximum, exclusiveMinimum }: Node): string {
  const least = minimum ?? exclusiveMinimum;
  if (least === undefined || maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER)
    return least === undefined ? '' : ` of at least ${least.toLocaleString('en')}`;
  const from = minimum === undefined ? `above ${least.toLocaleString('en')}` : least.toLocaleString('en');
  return `, ${from} to ${maximum.toLocaleString('en')}`;
}

const TITLES: Readonly<Record<string, string>> = {
  seatgeek: '`seatgeek`: where people come from',
  halo: '`halo`: where people go',
  users: '`users`: what becomes of a person',
  integrator: '`integrator`: when it runs',
  alerts: '`alerts`: who is told',
};

/** The text of `docs/settings.md`, not yet formatted. */
export function settingsPage(): string {
  const all = settings();
  const sections = [...new Set(all.map(({ place }) => place.split('.')[0]?.replace('[]', '') ?? ''))];
  const single = sections.filter((section) => TITLES[section] === undefined);
  return [
    '# Settings of a connection file',
    'Made by `npm run schema` from the schema that the program applies. Editors show the same through `$schema`. A file that is right: [connections/example.json](../connections/example.json).',
    tableOf(all.filter(({ place }) => single.includes(place))),
    ...Object.entries(TITLES).flatMap(([section, title]) => [
      `## ${title}`,
      tableOf(all.filter(({ place }) => place.startsWith(`${section}.`))),
    ]),
  ].join('\n\n');
}

function tableOf(rows: readonly Setting[]): string {
  return [
    '| setting | takes | unless said | what it does |',
    '| --- | --- | --- | --- |',
    ...rows.map(
      ({ place, takes: what, unlessSaid, description }) =>
        `| \`${place}\` | ${cell(what)} | ${unlessSaid === 'required' || unlessSaid === 'none' ? unlessSaid : `\`${unlessSaid}\``} | ${cell(description)} |`,
    ),
  ].join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
