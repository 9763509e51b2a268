/** The parts of a file that the checks look at, as far as they are readable: a wrong key elsewhere must not hide other problems. */
import { z } from 'zod';

const text = z.string().optional().catch(undefined);
const mapping = z.looseObject({ from: text, to: text, value: z.unknown().optional() }).catch({ value: undefined });
const mappings = z.array(mapping).catch([]);
const credentials = { clientId: z.unknown().optional(), clientSecret: z.unknown().optional() };
const columns = z.looseObject({ id: text, email: text }).prefault({}).catch({ id: undefined, email: undefined });
const webhook = z.looseObject({ webhook: z.unknown().optional() });
const flag = z.boolean().optional().catch(undefined);
const lines = z.record(z.string(), text).catch({});

const draftSchema = z.looseObject({
  seatgeek: z.looseObject({ ...credentials, apiUrl: text, tokenUrl: text, columns }).catch({
    clientId: undefined,
    clientSecret: undefined,
    apiUrl: undefined,
    tokenUrl: undefined,
    columns: { id: undefined, email: undefined },
  }),
  halo: z
    .looseObject({ ...credentials, url: text })
    .catch({ clientId: undefined, clientSecret: undefined, url: undefined }),
  users: z
    .looseObject({
      seatgeekIdField: text,
      fieldMappings: mappings,
      staticMappings: mappings,
      primaryAddress: lines,
      importPrimaryAddress: flag,
    })
    .catch({
      seatgeekIdField: undefined,
      fieldMappings: [],
      staticMappings: [],
      primaryAddress: {},
      importPrimaryAddress: undefined,
    }),
  alerts: webhook.optional().catch(undefined),
});

/** A file whose members may be missing. */
export type Draft = z.output<typeof draftSchema>;

/** Undefined when the file isn't even an object. */
export function readDraft(file: unknown): Draft | undefined {
  return draftSchema.safeParse(withObjects(file)).data;
}

/** Missing sections become empty ones, so that each can be looked at. */
function withObjects(file: unknown): unknown {
  return typeof file === 'object' && file !== null ? { seatgeek: {}, halo: {}, users: {}, ...file } : file;
}
