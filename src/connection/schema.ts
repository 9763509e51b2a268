/** The connection file: one schema for the starter, the worker and the editor (`connection.schema.json` is generated from it). */
import { z } from 'zod';

/** Names of connections become workflow ids and prefixes of environment variables. */
const connectionName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be 1 to 40 lower-case letters, digits or hyphens, beginning with a letter')
  .describe(
    'Names the connection, its workflow and its secrets: lower-case letters, digits and hyphens. It can not be changed.',
  );

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

/** Bounded before any pattern looks at it: those that trim slashes need the square of a long run of them. */
const url = z.url({ protocol: /^https?$/ }).max(2_048);

/** Halo's own page shows the addresses of its API and of its authorisation server: both lie below that of Halo. */
function withoutApiPath(address: string): string {
  return address.replace(/\/+((api|auth(\/token)?)\/*)?$/i, '');
}

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
  to: z.string().min(1).max(100).describe('The Halo field, as in fieldMappings.'),
  value: z
    .union(
      [z.string().max(1_000), z.number(), z.boolean(), z.null()],
      'must be a text of up to 1000 letters, a number, true, false or null',
    )
    .describe('The same for everybody.'),
  when: z.enum(['always', 'create']).default('always').describe('create: only when the user is created.'),
});

const addressLine = z.string().max(2_000).optional();

const primaryAddress = z
  .strictObject({
    line1: addressLine.describe('A column or an expression, like address_line_1.'),
    line2: addressLine.describe('A column or an expression.'),
    line3: addressLine.describe("Halo's addresses have no city of their own: by habit it is the third line."),
    line4: addressLine.describe("State and country, like join([state, country], ', ')."),
    postcode: addressLine.describe('A column or an expression, like postal_code.'),
  })
  .describe(
    'The lines of the primary address, each a column or an expression. A line that is not here stays as Halo has it.',
  );

const seatgeek = z.strictObject({
  clientId: secretRef,
  clientSecret: secretRef,
  apiUrl: url.default('https://ringside.seatgeek.com/v1').describe('Where the feed is.'),
  tokenUrl: url.default('https://auth.seatgeek.com/oauth/token').describe('Where its tokens are granted.'),
  audience: z.string().min(1).default('https://ringside.seatgeek.com').describe('What its tokens are for.'),
  entity: z
    .string()
    .regex(/^[a-z][a-z0-9_/-]*$/, 'must be a path of the feed, like clients')
    .default('clients')
    .describe('The part of the feed that has people: its path below apiUrl.'),
  pageSize: z
    .int()
    .min(1)
    .max(10_000)
    .default(1_000)
    .describe('Change events in a page. A page that SeatGeek can not serve is asked for at half the size.'),
  columns: z
    .strictObject({
      id: z.string().min(1).default('id').describe('The column that holds the SeatGeek ID; never a personal one.'),
      email: z.string().min(1).default('email').describe('The column that holds the e-mail address for matching.'),
    })
    .prefault({}),
});

const halo = z.strictObject({
  url: url.describe('The address of Halo, like https://acme.halopsa.com.').transform(withoutApiPath),
  clientId: secretRef,
  clientSecret: secretRef,
  tenant: z.string().min(1).optional().describe("Halo's tenant, where its token needs one."),
  scope: z.string().min(1).default('all').describe('The scopes that are asked for.'),
  rateLimit: z
    .strictObject({
      requests: z.int().min(1).max(1_000_000).default(300).describe('So many requests …'),
      perSeconds: z
        .number()
        .positive()
        .max(3_600)
        .default(300)
        .describe('… in so many seconds, of all connections into this Halo together.'),
    })
    .prefault({}),
  writeBatch: z.int().min(1).max(100).default(50).describe('Users in one request, where Halo takes many.'),
  fireAutomations: z
    .boolean()
    .default(false)
    .describe('true: Halo runs its automations for each imported person, and may send mails.'),
});

const users = z.strictObject({
  seatgeekIdField: z
    .string()
    .min(1)
    .max(100)
    .describe('The custom field (CF…) or other1 to other5 that keeps the SeatGeek ID in Halo.'),
  defaultSite: z.int().min(1).describe('The Halo site where unmatched people are created.'),
  fieldMappings: z.array(fieldMapping).min(1).max(200).describe('What goes where; one of them must lead to name.'),
  staticMappings: z.array(staticMapping).max(200).default([]).describe('Values that are the same for everybody.'),
  importPrimaryAddress: z.boolean().default(false).describe('Import the lines of primaryAddress.'),
  primaryAddress: primaryAddress.prefault({}),
  onDelete: z
    .enum(['deactivate', 'ignore'])
    .default('deactivate')
    .describe(
      'What becomes in Halo of a person whom SeatGeek deletes: made inactive, or left alone. Nobody is deleted.',
    ),
  onSharedEmail: z
    .enum(['reject', 'create'])
    .default('reject')
    .describe('What becomes of a person whose e-mail address does not tell who it is, because several have it.'),
});

const brake = z
  .strictObject({
    enabled: z.boolean().default(true).describe('Whether a run is looked at before it writes.'),
    atLeast: z.int().min(1).max(10_000_000).default(200).describe('Fewer people than this never hold a run.'),
    percent: z
      .number()
      .positive()
      .max(100)
      .default(20)
      .describe('A run that would create or deactivate more than this part of the people imported so far is held.'),
  })
  .describe(
    'Holds a run before it writes, until the signal approve. A first import is held only where its IDs are those of other people in Halo.',
  );

const integrator = z.strictObject({
  enabled: z
    .boolean()
    .default(false)
    .describe('true: it runs as soon as it is started. Afterwards resume and pause decide.'),
  entities: z
    .array(z.literal('users', 'must be users: people are the only entity there is'))
    .length(1, 'must be ["users"]: people are the only entity there is')
    .default(['users'])
    .describe('People are the only entity there is.'),
  intervalMinutes: z.number().min(0.05).max(10_080).default(15).describe('From the end of a run to the next.'),
  brake: brake.prefault({}),
});

const alerts = z.strictObject({
  webhook: alertsSecretRef,
});

/** The shape of the file; `check.ts` adds what a shape can't say (targets, expressions, secrets in clear text, hosts). */
export const connectionSchema = z.strictObject({
  $schema: z.string().optional().describe('connection.schema.json, so that an editor completes and explains.'),
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
