/** What Halo has to choose from, for whoever writes a connection file: custom fields of users and sites. Writes nothing, answers no people. */
import { z } from 'zod';
import { attempt, notChecked, type CheckLine } from '../../contract/check-line.js';
import type { DiscoveredField, Discovery } from '../../contract/discovery.js';
import type { CallOptions, HaloClient } from '../api/client.js';
import { readCarriedFields, readDefinitions, USERS_READ } from './resolve-targets.js';
import { checkToken } from './setup.js';
import { readSites } from './sites.js';
import { isCustomField } from '../fields/user-fields.js';

export type HaloChoices = Pick<Discovery, 'customFields' | 'sites' | 'sitesInAll'> & { readonly lines: CheckLine[] };

const FIELDS = 'Halo custom fields';
const SITES = 'Halo sites';

/** Three lines: token, custom fields, sites whose name holds `search`. Throws on the caller's abort only. */
export async function discoverHalo(client: HaloClient, search: string, call: CallOptions = {}): Promise<HaloChoices> {
  const token = await checkToken(client);
  if (!token.ok) {
    return { lines: [token, notChecked(FIELDS), notChecked(SITES)], customFields: null, sites: null, sitesInAll: 0 };
  }
  const fields = await attempt(FIELDS, call.signal, async () => {
    const value = await readUserFields(client, call);
    return { value, message: `Halo shows ${value.length} custom fields for users.` };
  });
  const sites = await attempt(SITES, call.signal, async () => {
    const value = await readSites(client, search, call);
    return { value, message: `Halo shows ${value.total} active sites${search === '' ? '' : ' with that name'}.` };
  });
  return {
    lines: [token, fields.line, sites.line],
    customFields: fields.value,
    sites: sites.value?.sites ?? null,
    sitesInAll: sites.value?.total ?? 0,
  };
}

/**
 * The definitions say by a number what a field belongs to, and no source tells which number means users: the fields that some users carry
 * tell. Without the right to read definitions these fields are all there is; without any user all custom fields are shown.
 */
async function readUserFields(client: HaloClient, call: CallOptions): Promise<DiscoveredField[]> {
  const fields = await readCarriedFields(client, (_, read) => read >= USERS_READ, call);
  const carried = fields.flatMap(fieldOf);
  const definitions = await readDefinitions(client, call);
  if (definitions === null) return carried;
  const carriedIds = new Set(carried.map(({ id }) => id));
  const usages = new Set(definitions.filter(({ id }) => carriedIds.has(id)).map(({ usage }) => usage));
  const ofUsers = usages.size === 0 ? definitions : definitions.filter(({ usage }) => usages.has(usage));
  return ofUsers.flatMap(fieldOf);
}

const fieldSchema = z.looseObject({
  id: z.number(),
  name: z.string().refine(isCustomField),
  label: z.string().nullish(),
});

/** Fields whose name can stand in a connection file. */
function fieldOf(field: unknown): DiscoveredField[] {
  const { success, data } = fieldSchema.safeParse(field);
  return success ? [{ id: data.id, name: data.name, label: data.label ?? data.name }] : [];
}
