/** The connection file: one schema for the starter, the worker and the editor (`connection.schema.json` is generated from it). */
import { z } from 'zod';

/** Names of connections become workflow ids and prefixes of environment variables. */
const connectionName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be 1 to 40 lower-case letters, digits or hyphens, beginning with a letter');

/** Begins with the system it belongs to, so that two connections never share one (`secrets.ts`). */
const secretName = z
  .string()
  .regex(
    /^(seatgeek|halo)-[a-z0-9-]{1,50}$/,
    'must begin with seatgeek- or halo- and hold lower-case letters, digits or hyphens',
  );

const secretRef = z
  .strictObject({ secret: secretName })
  .describe('The name of a secret, never the secret: the worker reads it from its environment or its secrets folder.');

/** A word of its own, so that no mapping of credentials can name the address of a webhook, nor the other way round (`secrets.ts`). */
const alertsSecretRef = z
  .strictObject({
    secret: z
      .string()
      .regex(/^alerts-[a-z0-9-]{1,50}$/, 'must begin with alerts- and hold lower-case letters, digits or hyphens'),
  })
  .describe(
    'The name of the secret that holds the address of a webhook, because who knows the address may post there.',
  );

const url = z.url({ protocol: /^https?$/ });

const expression = z
  .string()
  .min(1)
  .max(2_000)
  .describe(
    "A column of the feed (in double quotes where its name is no plain word), or a CEL expression over the row, like first_name + ' ' + last_name.",
  );

const fieldMapping = z.strictObject({
  from: expression,
  to: z.string().min(1).max(100).describe("A Halo user field as Halo's API names it, or a custom field (CF…)."),
  when: z.enum(['always', 'create']).default('always').describe('create: only when the user is created.'),
  blank: z
    .enum(['keep', 'clear'])
    .default('keep')
    .describe('keep: a blank value leaves what Halo has. clear: it empties the field.'),
});

const staticMapping = z.strictObject({
  to: z.string().min(1).max(100),
  value: z.union(
    [z.string().max(1_000), z.number(), z.boolean(), z.null()],
    'must be a text of up to 1000 letters, a number, true, false or null',
  ),
  when: z.enum(['always', 'create']).default('always'),
});

const addressLine = z.string().max(2_000).optional();

const primaryAddress = z
  .strictObject({
    line1: addressLine.describe('A column or an expression, like address_line_1.'),
    line2: addressLine,
    line3: addressLine.describe("Halo's addresses have no city of their own: by habit it is the third line."),
    line4: addressLine.describe("State and country, like join([state, country], ', ')."),
    postcode: addressLine,
  })
  .describe(
    'The lines of the primary address, each a column or an expression. A line that is not here stays as Halo has it.',
  );

const seatgeek = z.strictObject({
  clientId: secretRef,
  clientSecret: secretRef,
  apiUrl: url.default('https://ringside.seatgeek.com/v1'),
  tokenUrl: url.default('https://auth.seatgeek.com/oauth/token'),
  audience: z.string().min(1).default('https://ringside.seatgeek.com'),
  entity: z
    .string()
    .regex(/^[a-z][a-z0-9_/-]*$/, 'must be a path of the feed, like clients')
    .default('clients'),
  pageSize: z.int().min(1).max(10_000).default(1_000),
  columns: z
    .strictObject({ id: z.string().min(1).default('id'), email: z.string().min(1).default('email') })
    .prefault({}),
});

const halo = z.strictObject({
  url,
  clientId: secretRef,
  clientSecret: secretRef,
  tenant: z.string().min(1).optional(),
  scope: z.string().min(1).default('all'),
  rateLimit: z
    .strictObject({
      requests: z.int().min(1).max(1_000_000).default(300),
      perSeconds: z.number().positive().max(3_600).default(300),
    })
    .prefault({}),
  writeBatch: z.int().min(1).max(100).default(50),
  fireAutomations: z.boolean().default(false),
});

const users = z.strictObject({
  seatgeekIdField: z
    .string()
    .min(1)
    .max(100)
    .describe('The custom field (CF…) or other1 to other5 that keeps the SeatGeek ID in Halo.'),
  defaultSite: z.int().min(1).describe('The Halo site where unmatched people are created.'),
  fieldMappings: z.array(fieldMapping).min(1).max(200),
  staticMappings: z.array(staticMapping).max(200).default([]),
  importPrimaryAddress: z.boolean().default(false),
  primaryAddress: primaryAddress.prefault({}),
  onDelete: z.enum(['deactivate', 'ignore']).default('deactivate'),
  onSharedEmail: z.enum(['reject', 'create']).default('reject'),
});

const brake = z
  .strictObject({
    enabled: z.boolean().default(true),
    atLeast: z.int().min(1).max(10_000_000).default(200).describe('Fewer people than this never hold a run.'),
    percent: z
      .number()
      .positive()
      .max(100)
      .default(20)
      .describe('A run that would create or deactivate more than this part of the people imported so far is held.'),
  })
  .describe('Holds a run before it writes, until the signal approve. The first import is never held.');

const integrator = z.strictObject({
  enabled: z.boolean().default(false),
  entities: z
    .array(z.literal('users', 'must be users: people are the only entity there is'))
    .length(1, 'must be ["users"]: people are the only entity there is')
    .default(['users']),
  intervalMinutes: z.number().min(0.05).max(10_080).default(15),
  brake: brake.prefault({}),
});

const alerts = z.strictObject({
  webhook: alertsSecretRef,
});

/** The shape of the file; `check.ts` adds what a shape can't say (targets, expressions, secrets in clear text, hosts). */
export const connectionSchema = z.strictObject({
  $schema: z.string().optional(),
  name: connectionName,
  seatgeek,
  halo,
  users,
  integrator: integrator.prefault({}),
  alerts: alerts.optional().describe('Who is told when the connection fails, is held, or has recovered.'),
});

/** A connection file as it is on disk, defaults not filled in. */
export type ConnectionFile = z.input<typeof connectionSchema>;

/** A connection with every default filled in. */
export type Connection = z.output<typeof connectionSchema>;

/** Where the two systems are and which secrets open them: all that can be said before there are mappings. */
export const endpointsSchema = connectionSchema.pick({ name: true, seatgeek: true, halo: true });

export type EndpointsFile = z.input<typeof endpointsSchema>;

export type Endpoints = z.output<typeof endpointsSchema>;

/** A reference to a secret, as the file has it. */
export type SecretRef = z.output<typeof secretRef>;
