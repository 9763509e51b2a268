/**
 * What Halo must hold when everything in the feed is imported through the sandbox's connection file. Written from the design and sharing
 * no code with mapping, matching or writing.
 *
 * The order it assumes: people are processed in feed order. Where the right outcome depends on how much was read at a time, every right
 * outcome is accepted:
 * - A person whose newest image is a delete and who was not linked before may be absent (the older images were known to be superseded) or
 *   inactive (they were written first).
 * - One e-mail claimed by several people of the feed goes to the first in feed order when each of them has one image; with more images the
 *   first depends on which images were written, so exactly one of them, whoever, must have it. If one of them is deleted, changes the
 *   e-mail or was linked before, any number may. Where a user of Halo has it, it is nobody's, unless a sample was written first.
 * - Somebody whose images have different e-mails may be found by any of them.
 */
import { customValue, type HaloUser } from '../../src/sandbox/halo-store.js';
import { feedPeople, type FeedPerson, type Row } from './feed-people.js';
import { fitsHalo, matchKey, type Values, valuesOf } from './expected-values.js';

export interface OracleInput {
  /** The whole feed, in feed order. */
  readonly rows: Iterable<Row>;
  /** All users of Halo before the first import. */
  readonly before: readonly HaloUser[];
  /** Default `id`. */
  readonly idColumn?: string;
  /** Halo refuses some for no reason of theirs, so that another may come first. */
  readonly anyClaimant?: boolean;
}

/** What may become of one person. `values` null: only the named facts count. */
export type Fate =
  /** Nobody is made or changed on this person's account. */
  | { readonly kind: 'nothing'; readonly why: string }
  | { readonly kind: 'created'; readonly inactive: boolean; readonly values: Values | null }
  | { readonly kind: 'linked'; readonly haloId: number; readonly inactive: boolean; readonly values: Values | null };

export interface ExpectedPerson {
  readonly id: string;
  /** Any of them is right. */
  readonly fates: readonly Fate[];
  /** An older image had an address and the newest has none: what Halo keeps depends on whether it was written. */
  readonly anyAddress: boolean;
}

export interface Expected {
  readonly before: ReadonlyMap<number, HaloUser>;
  readonly people: readonly ExpectedPerson[];
  /** Of each group exactly one must be in Halo. */
  readonly oneOf: readonly (readonly string[])[];
}

const GENERAL_USER = 'general user';

export function expectedHaloUsers({ rows, before, idColumn = 'id', anyClaimant = false }: OracleInput): Expected {
  const people = [...feedPeople(rows, idColumn).values()];
  const halo = indexHalo(before);
  const alone = new Map(people.map((person) => [person.id, { person, fates: fatesAlone(person, halo) }]));
  const oneOf: string[][] = [];
  for (const [email, claimants] of claims(people)) {
    if (claimants.length < 2) continue;
    if (halo.byEmail.has(email)) claimHaloUser(claimants, alone);
    else settleClaims(claimants, { alone, halo, oneOf, anyClaimant });
  }
  return {
    before: new Map(before.map((user) => [user.id, user])),
    people: [...alone.values()].map(({ person, fates }) => ({
      id: person.id,
      fates,
      anyAddress: losesAddress(person),
    })),
    oneOf,
  };
}

interface HaloIndex {
  readonly byId: ReadonlyMap<string, readonly HaloUser[]>;
  readonly byEmail: ReadonlyMap<string, readonly HaloUser[]>;
}

function indexHalo(users: readonly HaloUser[]): HaloIndex {
  const people = users.filter((user) => user.name.trim().toLowerCase() !== GENERAL_USER);
  return {
    byId: groupBy(people, (user) => idOf(user)),
    byEmail: groupBy(people, (user) => matchKey(user.emailaddress)),
  };
}

export function idOf(user: HaloUser): string | null {
  const id = customValue(user, 'CFSeatGeekID');
  return typeof id === 'string' && id.trim() !== '' ? id.trim() : null;
}

/** As if nobody else in the feed had this person's e-mail. */
function fatesAlone(person: FeedPerson, halo: HaloIndex): Fate[] {
  const linked = halo.byId.get(person.id) ?? [];
  const { isDelete, row } = person.newest;
  if (linked.length > 1) return [nothing('several Halo users carry the SeatGeek ID')];
  const values = isDelete ? null : valuesOf(row);
  const [home] = linked;
  if (home !== undefined) return [writeTo(home, values)];
  if (isDelete) return [nothing('deleted and unknown to Halo'), ...fatesByEmails(person, halo, null)];
  return fatesByEmails(person, halo, values);
}

/** By the newest e-mail, and by older ones where there were others. A deleted person counts only by images that were upserts. */
function fatesByEmails(person: FeedPerson, halo: HaloIndex, values: Values | null): Fate[] {
  const upserts = person.images.filter(({ isDelete }) => !isDelete);
  const newest = values === null ? [] : [matchKey(person.newest.row['email'])];
  const emails = new Set([...newest, ...upserts.map(({ row }) => matchKey(row['email']))]);
  return [...emails].map((email) => fateByEmail(email === null ? [] : (halo.byEmail.get(email) ?? []), values));
}

function fateByEmail(found: readonly HaloUser[], values: Values | null): Fate {
  const [user, ...more] = found;
  if (more.length > 0) return nothing('several Halo users have the e-mail');
  if (user !== undefined && idOf(user) !== null) return nothing('the e-mail belongs to another SeatGeek ID');
  if (user !== undefined) return writeTo(user, values);
  if (values === null) return { kind: 'created', inactive: true, values };
  if (values.name === '') return nothing('without a name');
  return fitsHalo(values) ? { kind: 'created', inactive: false, values } : nothing('Halo refuses a value');
}

function writeTo(user: HaloUser, values: Values | null): Fate {
  if (values !== null && !fitsHalo(values)) return nothing('Halo refuses a value');
  return { kind: 'linked', haloId: user.id, inactive: values === null, values };
}

function nothing(why: string): Fate {
  return { kind: 'nothing', why };
}

/** Everybody who ever had an e-mail, by e-mail, in feed order. */
function claims(people: readonly FeedPerson[]): Map<string, FeedPerson[]> {
  const claimants = new Map<string, FeedPerson[]>();
  for (const person of people) {
    for (const email of emailsOf(person)) claimants.set(email, [...(claimants.get(email) ?? []), person]);
  }
  return claimants;
}

function emailsOf({ images }: FeedPerson): Set<string> {
  const emails = images.map(({ isDelete, row }) => (isDelete ? null : matchKey(row['email'])));
  return new Set(emails.filter((email) => email !== null));
}

type Alone = Map<string, { readonly person: FeedPerson; fates: Fate[] }>;

/** Who of several a user of Halo is can't be told. */
function claimHaloUser(claimants: readonly FeedPerson[], alone: Alone): void {
  for (const { id } of claimants) alone.get(id)?.fates.push(nothing('several people claim the Halo user'));
}

interface Claims {
  readonly alone: Alone;
  readonly halo: HaloIndex;
  readonly oneOf: string[][];
  readonly anyClaimant: boolean;
}

function settleClaims(claimants: readonly FeedPerson[], { alone, halo, oneOf, anyClaimant }: Claims): void {
  const takers = claimants.filter(({ id }) => alone.get(id)?.fates.some(({ kind }) => kind !== 'nothing'));
  if (takers.length < 2) return;
  const isPlain = takers.every(
    (person) =>
      emailsOf(person).size === 1 && !person.images.some(({ isDelete }) => isDelete) && !halo.byId.has(person.id),
  );
  const isStrict = isPlain && !anyClaimant && takers.every(({ images }) => images.length === 1);
  const [first] = [...takers].sort((a, b) => a.newest.position - b.newest.position);
  for (const taker of takers) {
    const entry = alone.get(taker.id);
    if (entry === undefined || (isStrict && taker === first)) continue;
    const loses = nothing('the e-mail went to another person of the feed');
    entry.fates = isStrict ? [loses] : [...entry.fates, loses];
  }
  if (isPlain && !isStrict) oneOf.push(takers.map(({ id }) => id));
}

function losesAddress({ newest, images }: FeedPerson): boolean {
  return valuesOf(newest.row).address === null && images.some(({ row }) => valuesOf(row).address !== null);
}

function groupBy(users: readonly HaloUser[], keyOf: (user: HaloUser) => string | null): Map<string, HaloUser[]> {
  const groups = new Map<string, HaloUser[]>();
  for (const user of users) {
    const key = keyOf(user);
    if (key !== null) groups.set(key, [...(groups.get(key) ?? []), user]);
  }
  return groups;
}
