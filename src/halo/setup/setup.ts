/** The set-up report's lines on Halo: token, users, site, custom fields, search. Writes nothing. */
import type { Connection } from '../../connection/schema.js';
import { attempt, notChecked, type CheckLine } from '../../contract/check-line.js';
import type { CallOptions, HaloClient } from '../api/client.js';
import { resolveTargets, targetNames } from './resolve-targets.js';
import { checkSite } from './sites.js';
import { emailField, seatgeekIdField, toKnownUser } from '../directory/known-user.js';
import { findSearchSupport } from '../directory/look-up.js';
import type { SearchSupport } from '../directory/search-support.js';
import type { Targets } from '../fields/targets.js';
import { isCustomField } from '../fields/user-fields.js';
import { readNewestUsers } from '../directory/newest-users.js';

const TOKEN = 'Halo token';
const USERS = 'Halo users';
const SITE = 'Halo default site';
const FIELDS = 'Halo fields';
const SEARCH = 'Halo search';

/** Five lines, always in this order. A new token is fetched, so that a changed secret is what is checked. Throws on the caller's abort only. */
export async function checkHalo(
  client: HaloClient,
  connection: Pick<Connection, 'halo' | 'users'>,
  call: CallOptions = {},
): Promise<CheckLine[]> {
  const { users } = connection;
  const token = await checkToken(client);
  if (!token.ok) return [token, ...[USERS, SITE, FIELDS, SEARCH].map(notChecked)];
  const site = await attempt(SITE, call.signal, async () => {
    await checkSite(client, users.defaultSite, call);
    return { value: null, message: `Site ${users.defaultSite} exists; people new to Halo are created there.` };
  });
  const fields = await attempt(FIELDS, call.signal, async () => ({
    value: await resolveTargets(client, users, call),
    message: fieldsMessage(users),
  }));
  return [token, await checkUsers(client, call), site.line, fields.line, await checkSearch(client, fields.value, call)];
}

/** Fetches a new token. */
export async function checkToken(client: HaloClient): Promise<CheckLine> {
  const { line } = await attempt(TOKEN, undefined, async () => {
    await client.authenticate();
    return { value: null, message: 'Halo accepts the client id and secret.' };
  });
  return line;
}

/** An empty list usually means that the agent can't see the client (`reference/halo.md` 4); a new Halo may be empty too. */
async function checkUsers(client: HaloClient, call: CallOptions): Promise<CheckLine> {
  const { line, value } = await attempt(USERS, call.signal, async () => {
    const { total } = await readNewestUsers(client, { customIds: [] }, call);
    return { value: total, message: `Halo shows ${total} users.` };
  });
  if (value !== 0) return line;
  return {
    ...line,
    message: 'Halo shows no users.',
    hint: "If there are any, the API application's agent may not see their client: then people would be created twice.",
  };
}

function fieldsMessage(users: Connection['users']): string {
  const custom = [...new Set([users.seatgeekIdField, ...targetNames(users)])].filter(isCustomField);
  return `The field for the SeatGeek ID (${users.seatgeekIdField}) and all mapped custom fields exist (${custom.length}).`;
}

/** Never red: what the search can't do costs requests, not correctness. */
async function checkSearch(client: HaloClient, targets: Targets | null, call: CallOptions): Promise<CheckLine> {
  if (targets === null) return notChecked(SEARCH);
  const { line } = await attempt(SEARCH, call.signal, async () => {
    const { users } = await readNewestUsers(client, targets, call);
    const newest = users.map((user) => toKnownUser(user, targets, 'row', 0));
    const context = { client, fields: targets, call };
    const ids = newest.flatMap(({ seatgeekId }) => seatgeekId ?? []);
    const emails = newest.flatMap(({ email }) => email ?? []);
    const byId = await findSearchSupport(context, seatgeekIdField(targets), ids);
    const byEmail = await findSearchSupport(context, emailField, emails);
    const message = `By SeatGeek ID: ${words(byId)}; by e-mail address: ${words(byEmail)}.${consequence(byId)}`;
    return { value: null, message };
  });
  return line;
}

function words(support: SearchSupport | null): string {
  switch (support) {
    case 'many':
      return 'many in one request';
    case 'one':
      return 'one in a request';
    case 'none':
      return 'not supported';
    case null:
      return 'not known yet, as no user has one';
  }
}

function consequence(byId: SearchSupport | null): string {
  return byId === 'none' || byId === null ? ' So each run with changes lists all users, 100 in a request.' : '';
}
