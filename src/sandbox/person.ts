/** One made-up person at one revision: the same numbers always give the same row, so the feed keeps numbers instead of rows. */
import { hasFixedEmail, partOf, type Audience, type Part } from './cast.js';
import type { ClientRow } from './columns.js';
import { BROKEN_EMAILS, FIRST_NAMES, LAST_NAMES, ORGANISATIONS, PLACES, STREETS, TIERS } from './person-names.js';
import { chance, hash, hex, pick } from './random.js';

/** Everyone the sandbox can make up. `people` are those of history; higher numbers are born later. */
export interface Population extends Audience {
  readonly seed: number;
}

/** What a new revision may change. */
const ASPECTS = ['phone', 'tier', 'address', 'name', 'email'] as const;
type Aspect = (typeof ASPECTS)[number];

/** Separate dice for separate questions about one person. */
const DIE = {
  id: 1,
  kind: 2,
  first: 3,
  last: 4,
  email: 5,
  phone: 6,
  address: 7,
  tier: 8,
  dates: 9,
  aspect: 10,
} as const;

const BORN = Date.UTC(2015, 0, 1);
const DAY = 86_400_000;

/** The primary key. People of history have ascending keys, as the snapshot is read in key order (`reference/seatgeek.md` 1.6). */
export function personId({ seed, people }: Population, index: number): string {
  const stride = Math.floor(0xffff_ffff / Math.max(people, 1));
  const head = index < people ? index * stride + (hash(seed, index, DIE.id) % stride) : hash(seed, index, DIE.id);
  const tail = [1, 2, 3].map((turn) => hash(seed, index, DIE.id, turn));
  const [a = 0, b = 0, c = 0] = tail;
  return `${hex(head, 8)}-${hex(a >>> 16, 4)}-4${hex(a, 3)}-8${hex(b >>> 20, 3)}-${hex(b, 4)}${hex(c, 8)}`;
}

/** The row of person `index` after `revision` changes. */
export function personRow(population: Population, index: number, revision: number): ClientRow {
  const { seed } = population;
  const part = partOf(index, population);
  const since = lastChanges(seed, index, revision, part);
  const die = (question: number, turn = 0): number => hash(seed, index, question, turn);
  const isAccount = part === 'plain' && chance(seed, index, DIE.kind) < 0.06;
  const names = isAccount ? organisationNames(die) : personNames(die, since.name, part);
  const createdAt = BORN + Math.floor(chance(seed, index, DIE.dates) * 4_000) * DAY;
  const created = timestamp(createdAt);
  return {
    id: personId(population, index),
    client_code: String(100_000 + index),
    is_account: isAccount,
    is_active: true,
    is_hidden: false,
    prefix: isAccount ? null : pick([null, null, 'Mr', 'Ms', 'Dr'], die(DIE.first, 1)),
    ...names,
    email: emailOf(population, index, since.email),
    ...phones(die, since.phone),
    ...address(die, since.address),
    birthday: die(DIE.dates, 1) % 3 === 0 ? timestamp(createdAt - 9_000 * DAY).slice(0, 10) : null,
    culture: pick(['en-US', 'en-GB', 'de-DE', 'nl-NL', null], die(DIE.dates, 2)),
    loyalty_tier: die(DIE.tier, since.tier) % 4 === 0 ? null : pick(TIERS, die(DIE.tier, since.tier) >>> 4),
    creation_datetime: created,
    last_update_datetime: revision === 0 ? created : timestamp(createdAt + revision * DAY),
    account_linked_at: die(DIE.dates, 3) % 2 === 0 ? `${created.slice(0, 19)}.123` : null,
  };
}

/** For each aspect the last revision, up to this one, that changed it. */
function lastChanges(seed: number, index: number, revision: number, part: Part): Record<Aspect, number> {
  const since: Record<Aspect, number> = { phone: 0, tier: 0, address: 0, name: 0, email: 0 };
  for (let turn = 1; turn <= revision; turn += 1) {
    const aspect = pick(ASPECTS, hash(seed, index, DIE.aspect, turn));
    since[aspect === 'email' && hasFixedEmail(part) ? 'phone' : aspect] = turn;
  }
  return since;
}

type Die = (question: number, turn?: number) => number;

function organisationNames(die: Die): Pick<ClientRow, 'first_name' | 'middle_name' | 'last_name'> {
  return { first_name: null, middle_name: null, last_name: pick(ORGANISATIONS, die(DIE.last)) };
}

function personNames(die: Die, turn: number, part: Part): Pick<ClientRow, 'first_name' | 'middle_name' | 'last_name'> {
  if (part === 'nameless') return { first_name: null, middle_name: null, last_name: null };
  const isPartNamed = part === 'plain' && die(DIE.kind, 1) % 40 === 0;
  const last = pick(LAST_NAMES, die(DIE.last, turn));
  return {
    first_name: isPartNamed ? null : pick(FIRST_NAMES, die(DIE.first)),
    middle_name: die(DIE.first, 2) % 5 === 0 ? 'J.' : null,
    last_name: part === 'long-name' ? `${last} ${'von und zu '.repeat(30)}` : last,
  };
}

/** The e-mail as SeatGeek has it: often missing, sometimes in odd case or with blanks around it. */
export function emailOf(population: Population, index: number, turn: number): string | null {
  const { seed } = population;
  const part = partOf(index, population);
  if (part === 'family-member') return emailOf(population, index - 1, turn);
  const clean = `${pick(['fan', 'info', 'ticket.buyer', 'j.smith+tickets', 'o_neil'], hash(seed, index, DIE.email))}.${index}${turn === 0 ? '' : `.${turn}`}@${pick(['example.org', 'example.com', 'mail.example.net'], hash(seed, index, DIE.email, 1))}`;
  const dice = chance(seed, index, DIE.email, 2, turn);
  if (!hasFixedEmail(part)) {
    if (dice < 0.08) return null;
    if (dice < 0.086) return pick(BROKEN_EMAILS, hash(seed, index, DIE.email, 3));
  }
  if (dice < 0.9) return clean;
  return dice < 0.94
    ? ` ${clean} `
    : `${clean.slice(0, 1).toUpperCase()}${clean.slice(1).replace('example', 'Example')}`;
}

function phones(die: Die, turn: number): Pick<ClientRow, 'home_phone' | 'business_phone' | 'mobile_phone'> {
  const digits = String(die(DIE.phone, turn)).padStart(10, '5');
  const odd = pick(
    [`+1 (954) ${digits.slice(0, 3)}-${digits.slice(3, 7)}`, digits.slice(0, 10), `0${digits} ext. 12`, '-', '00000'],
    die(DIE.phone, turn + 1_000),
  );
  return {
    home_phone: die(DIE.phone, turn + 2_000) % 3 === 0 ? odd : null,
    business_phone: die(DIE.phone, turn + 3_000) % 9 === 0 ? '1-800-555-0100' : null,
    mobile_phone: die(DIE.phone, turn + 4_000) % 3 === 0 ? null : `+1${digits.slice(0, 10)}`,
  };
}

type AddressColumns = 'address_line_1' | 'address_line_2' | 'city' | 'state' | 'postal_code' | 'country';

function address(die: Die, turn: number): Pick<ClientRow, AddressColumns> {
  // Whether somebody has an address never changes: an address that goes away leaves what Halo has, whatever was read at a time.
  if (die(DIE.address, 999) % 6 === 0) {
    return { address_line_1: null, address_line_2: null, city: null, state: null, postal_code: null, country: null };
  }
  const [city, state, country] = pick(PLACES, die(DIE.address, turn));
  return {
    address_line_1: `${(die(DIE.address, turn + 1_000) % 900) + 1} ${pick(STREETS, die(DIE.address, turn + 2_000))}`,
    address_line_2: die(DIE.address, turn + 3_000) % 5 === 0 ? `Unit ${die(DIE.address, turn + 3_000) % 50}` : null,
    city,
    state,
    postal_code: String(10_000 + (die(DIE.address, turn + 4_000) % 89_999)),
    country,
  };
}

/** `2015-01-01 00:00:00.000`. */
function timestamp(ms: number): string {
  const iso = new Date(ms).toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11, 23)}`;
}
