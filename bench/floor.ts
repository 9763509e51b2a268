/**
 * The floor: the import as a script that somebody writes in an afternoon, with nothing but undici. Per change event one look-up by SeatGeek
 * ID, one by e-mail, one write. It shares nothing with the program, and does what such scripts do: no difference is taken, an older image
 * overwrites a newer one, and a refused person is counted and forgotten. `floor-process.ts` starts it: `floor.ts <workers>`, addresses and
 * credentials in the environment, result on standard output.
 */
import { request } from 'undici';

type Json = Record<string, unknown>;

const WORKERS = Number(process.argv[2] ?? 1);
const SITE = 18;
const { FEED_URL, SEATGEEK_TOKEN_URL, SEATGEEK_AUDIENCE, HALO_URL } = process.env;
const { SEATGEEK_ID, SEATGEEK_SECRET, HALO_ID, HALO_SECRET } = process.env;

const totals = { events: 0, refused: 0 };
let seatgeekToken = '';
let haloToken = '';

async function main(): Promise<void> {
  const began = performance.now();
  seatgeekToken = await getSeatGeekToken();
  haloToken = await getHaloToken();
  let cursor: string | null = null;
  for (;;) {
    const page = await readPage(cursor);
    await Promise.all(Array.from({ length: WORKERS }, (_, worker) => importShare(page.rows, worker)));
    if (!page.hasMore) break;
    cursor = page.cursor;
  }
  const { user, system } = process.cpuUsage();
  const result = {
    ...totals,
    seconds: (performance.now() - began) / 1_000,
    peakMiB: process.resourceUsage().maxRSS / 1_024,
    cpuSeconds: (user + system) / 1_000_000,
  };
  process.stdout.write(JSON.stringify(result));
}

/** All events of one person fall to one worker, so they keep their order. */
async function importShare(rows: readonly Json[], worker: number): Promise<void> {
  for (const row of rows) if (shareOf(text(row['id'])) === worker) await importRow(row);
}

function shareOf(id: string): number {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + letter.charCodeAt(0)) % 1_000_003;
  return sum % WORKERS;
}

async function importRow(row: Json): Promise<void> {
  totals.events += 1;
  const seatgeekId = text(row['id']);
  const email = text(row['email']).trim();
  if (seatgeekId === '') {
    totals.refused += 1;
    return;
  }
  const id =
    (await findUser('CFSeatGeekID', seatgeekId)) ?? (email === '' ? null : await findUser('emailaddress', email));
  if (row['_ringside_operation'] === 'D') {
    if (id !== null) await writeUser({ id, inactive: true });
    return;
  }
  await writeUser({ ...(id === null ? { site_id: SITE } : { id }), ...userOf(row, seatgeekId, email) });
}

function userOf(row: Json, seatgeekId: string, email: string): Json {
  const custom = (name: string, value: unknown): Json => ({ name, value });
  return {
    name: [row['first_name'], row['last_name']].map(text).filter(Boolean).join(' '),
    firstname: text(row['first_name']),
    surname: text(row['last_name']),
    emailaddress: email,
    phonenumber: text(row['home_phone']),
    mobilenumber: text(row['mobile_phone']),
    inactive: false,
    customfields: [
      custom('CFSeatGeekID', seatgeekId),
      custom('CFLoyaltyTier', row['loyalty_tier']),
      custom('CFCustomerSince', row['creation_datetime']),
      custom('CFSource', 'SeatGeek'),
    ],
    primary_address: {
      line1: text(row['address_line_1']),
      line2: text(row['address_line_2']),
      line3: text(row['city']),
      line4: [row['state'], row['country']].map(text).filter(Boolean).join(', '),
      postcode: text(row['postal_code']),
    },
  };
}

async function findUser(field: string, value: string): Promise<number | null> {
  const search = JSON.stringify([{ filter_name: field, filter_type: 2, filter_value: value }]);
  const query = `includeinactive=true&count=2&advanced_search=${encodeURIComponent(search)}`;
  const { body } = await request(`${HALO_URL}/api/Users?${query}`, {
    headers: { authorization: `Bearer ${haloToken}` },
  });
  const { users } = (await body.json()) as { users: { id: number }[] };
  return users[0]?.id ?? null;
}

async function writeUser(user: Json): Promise<void> {
  const { statusCode, body } = await request(`${HALO_URL}/api/Users`, {
    method: 'POST',
    headers: { authorization: `Bearer ${haloToken}`, 'content-type': 'application/json' },
    body: JSON.stringify([user]),
  });
  await body.dump();
  if (statusCode >= 300) totals.refused += 1;
}

async function readPage(cursor: string | null): Promise<{ rows: Json[]; cursor: string | null; hasMore: boolean }> {
  const query = `limit=1000${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
  const { body } = await request(`${FEED_URL}?${query}`, { headers: { authorization: `Bearer ${seatgeekToken}` } });
  const page = (await body.json()) as { data: Json[]; cursor?: string; has_more: boolean };
  return { rows: page.data, cursor: page.cursor ?? cursor, hasMore: page.has_more };
}

async function getSeatGeekToken(): Promise<string> {
  const { body } = await request(String(SEATGEEK_TOKEN_URL), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      client_id: SEATGEEK_ID,
      client_secret: SEATGEEK_SECRET,
      audience: SEATGEEK_AUDIENCE,
      grant_type: 'client_credentials',
    }),
  });
  return ((await body.json()) as { access_token: string }).access_token;
}

async function getHaloToken(): Promise<string> {
  const { body } = await request(`${HALO_URL}/auth/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: String(HALO_ID),
      client_secret: String(HALO_SECRET),
      scope: 'all',
    }).toString(),
  });
  return ((await body.json()) as { access_token: string }).access_token;
}

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

await main();
