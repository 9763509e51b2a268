/** The sites of a Halo: whether it has the default site, and which there are to choose from. */
import { z } from 'zod';
import { nearest } from '../../connection/nearest.js';
import type { DiscoveredSite } from '../../contract/discovery.js';
import { ConfigError, SyncError } from '../../errors.js';
import type { CallOptions, HaloClient } from '../api/client.js';
import { HaloRefusalError } from '../api/errors.js';
import { siteListSchema, siteSchema } from '../api/wire.js';
import { PAGE_SIZE } from '../directory/users-reader.js';

/** The first hundred by id (`GET /Site`; `search` is a "like", as everywhere in Halo). */
export async function readSites(
  client: HaloClient,
  search: string,
  call: CallOptions,
): Promise<{ sites: DiscoveredSite[]; total: number }> {
  const { sites, record_count } = await client.get(
    '/Site',
    siteListSchema,
    {
      includeactive: true,
      includeinactive: false,
      pageinate: true,
      page_no: 1,
      page_size: PAGE_SIZE,
      order: 'id',
      search: search === '' ? undefined : search,
    },
    call,
  );
  const rows = sites.slice(0, PAGE_SIZE).map(({ id, name, client_name }) => ({
    id,
    name: name ?? '',
    client: client_name ?? '',
  }));
  return { sites: rows, total: record_count ?? rows.length };
}

/** Throws ConfigError `site-missing` when the default site does not exist or may not be seen. */
export async function checkSite(client: HaloClient, id: number, call: CallOptions = {}): Promise<void> {
  try {
    const site = await client.get(`/Site/${id}`, z.union([siteSchema, z.null()]), {}, call);
    if (site?.id === id) return;
  } catch (error) {
    if (!(error instanceof HaloRefusalError)) throw error;
  }
  throw new ConfigError(
    'site-missing',
    `Halo has no site ${id}, or the API application's agent may not see it.${await otherSites(client, id, call)}`,
    'Set users.defaultSite to the number of a site that exists (it stands in the address of its page in Halo), and let the agent see its client.',
    'users.defaultSite',
  );
}

const MOST_SITES = 10;

/** By number only: a site may be named after a customer. Empty where Halo does not show its sites. */
async function otherSites(client: HaloClient, id: number, call: CallOptions): Promise<string> {
  try {
    const { sites, total } = await readSites(client, '', call);
    if (sites.length === 0) return '';
    const ids = sites.map((site) => String(site.id));
    const near = nearest(String(id), ids);
    const more = total > MOST_SITES ? ` and ${total - MOST_SITES} more` : '';
    const shown = `It shows ${ids.slice(0, MOST_SITES).join(', ')}${more}.`;
    return near === undefined ? ` ${shown}` : ` Did you mean ${near}? ${shown}`;
  } catch (error) {
    if (error instanceof SyncError) return '';
    throw error;
  }
}
