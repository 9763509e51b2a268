/** The set-up report's lines on Halo: token, users, site, custom fields, search. Writes nothing. */
import type { Connection } from '../../connection/schema.js';
import { SyncError } from '../../errors.js';
import type { CallOptions, HaloClient } from '../api/client.js';
import { checkSite, resolveTargets, targetNames } from './resolve-targets.js';
import { emailField, seatgeekIdField, toKnownUser } from '../directory/known-user.js';
import { findSearchSupport } from '../directory/look-up.js';
import type { SearchSupport } from '../directory/search-support.js';
import type { Targets } from '../fields/targets.js';
import { isCustomField } from '../fields/user-fields.js';
import { readNewestUsers } from '../directory/users-reader.js';

/** One line of the set-up report; the activities' contract has the same shape. */
export interface CheckLine {
  readonly check: string;
  readonly ok: boolean;
  readonly message: string;
  readonly hint?: string;
}

const TOKEN = 'Halo token';
const USERS = 'Halo users';
const SITE = 'Halo default site';
const FIELDS = 'Halo fields';
const SEARCH = 'Halo search';
export const SKIPPED = { ok: false, message: 'Not checked.', hint: 'Correct the line above first.' } as const;

/** Five lines, always in this order. A new token is fetched, so that a changed secret is what is checked. Throws on the caller's abort only. */
export async function checkHalo(
  client: HaloClient,
  connection: Pick<Connection, 'halo' | 'users'>,
  call: CallOptions = {},
): Promise<CheckLine[]> {
  const { users } = connection;
  const token = await checkToken(client);
  if (!token.ok) return [token, ...[USERS, SITE, FIELDS, SEARCH].map((name) => ({ check: name, ...SKIPPED }))];
  const site = await check(SITE, async () => {
    await checkSite(client, users.defaultSite, call);
    return `Site ${users.defaultSite} exists; people new to Halo are created there.`;
  });
  let targets: Targets | undefined;
  const fields = await check(FIELDS, async () => {
    targets = await resolveTargets(client, users, call);
    return fieldsMessage(users);
  });
  return [token, await checkUsers(client, call), site, fields, await checkSearch(client, targets, call)];
}

/** Fetches a new token. */
export function checkToken(client: HaloClient): Promise<CheckLine> {
  return check(TOKEN, async () => {
    await client.authenticate();
    return 'Halo accepts the client id and secret.';
  });
}

/** The line of one check: what `action` says, or why it failed and the way out. */
export async function check(name: string, action: () => Promise<string>): Promise<CheckLine> {
  try {
    return { check: name, ok: true, message: await action() };
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    return { check: name, ok: false, message: error.message, hint: error.hint };
  }
}

/** An empty list usually means that the agent can't see the client (`reference/halo.md` 4); a new Halo may be empty too. */
async function checkUsers(client: HaloClient, call: CallOptions): Promise<CheckLine> {
  let count = 0;
  const line = await check(USERS, async () => {
    count = (await readNewestUsers(client, { customIds: [] }, 1, call)).total;
    return `Halo shows ${count} users.`;
  });
  if (!line.ok || count > 0) return line;
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
async function checkSearch(client: HaloClient, targets: Targets | undefined, call: CallOptions): Promise<CheckLine> {
  if (targets === undefined) return { check: SEARCH, ...SKIPPED };
  return check(SEARCH, async () => {
    const { users } = await readNewestUsers(client, targets, 1, call);
    const newest = users.map((user) => toKnownUser(user, targets, 'row', 0));
    const context = { client, customIds: targets.customIds, call };
    const ids = newest.flatMap(({ seatgeekId }) => seatgeekId ?? []);
    const emails = newest.flatMap(({ email }) => email ?? []);
    const byId = await findSearchSupport(context, seatgeekIdField(targets), ids);
    const byEmail = await findSearchSupport(context, emailField, emails);
    return `By SeatGeek ID: ${words(byId)}; by e-mail address: ${words(byEmail)}.${consequence(byId)}`;
  });
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
