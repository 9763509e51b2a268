/** The page `docs/settings.md`: every setting of a connection file, from the schema that the program applies. Pure. */
import { z } from 'zod';
import { connectionSchema } from './schema.js';

interface Node {
  readonly type?: string | undefined;
  readonly description?: string | undefined;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Node>> | undefined;
  readonly required?: readonly string[] | undefined;
  readonly items?: Node | undefined;
  readonly enum?: readonly unknown[] | undefined;
  readonly const?: unknown;
  readonly anyOf?: readonly Node[] | undefined;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  readonly exclusiveMinimum?: number | undefined;
  readonly maxLength?: number | undefined;
  readonly format?: string | undefined;
}

const node: z.ZodType<Node> = z.lazy(() =>
  z.looseObject({
    type: z.string().optional(),
    description: z.string().optional(),
    properties: z.record(z.string(), node).optional(),
    required: z.array(z.string()).optional(),
    items: node.optional(),
    enum: z.array(z.unknown()).optional(),
    anyOf: z.array(node).optional(),
    minimum: z.number().optional(),
    maximum: z.number().optional(),
    exclusiveMinimum: z.number().optional(),
    maxLength: z.number().optional(),
    format: z.string().optional(),
  }),
);

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
  const schema = node.parse(z.toJSONSchema(connectionSchema, { io: 'input' }));
  return settingsOf(schema, '');
}

function settingsOf({ properties = {}, required = [] }: Node, place: string): Setting[] {
  return Object.entries(properties).flatMap(([name, inner]) => {
    const at = place === '' ? name : `${place}.${name}`;
    if (inner.items?.properties !== undefined)
      return [setting(at, inner, required.includes(name)), ...settingsOf(inner.items, `${at}[]`)];
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
  switch (inner.type) {
    case 'array':
      return inner.items?.const === undefined ? 'a list' : `\`[${JSON.stringify(inner.items.const)}]\``;
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
