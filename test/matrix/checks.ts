/** What must hold whenever a run is over: Halo as the oracle says, nobody twice, no address twice, the rejected named, nothing told of people. */
import assert from 'node:assert/strict';
import type { HaloUser } from '../../src/sandbox/halo-store.js';
import type { Sandbox } from '../../src/sandbox/start.js';
import type { RejectedUser } from '../../src/workflows/rejected.js';
import { compare, expectedHaloUsers, type Expected } from '../oracle/index.js';

type Row = Readonly<Record<string, unknown>>;

export interface Scene {
  /** Halo before the first import. */
  readonly before: readonly HaloUser[];
  /** Halo ids that nothing is said about. */
  readonly except?: readonly number[];
  /** What the feed has served by now, where it forgets older images; the whole feed when left out. */
  readonly served?: readonly Row[];
}

/** What was played: the pipeline, or what a workflow answers. */
export interface Played {
  readonly sandbox: Sandbox;
  readonly state: { readonly rejected: { readonly users: readonly RejectedUser[] } };
  /** What else was told: logs, errors. */
  readonly logged: readonly string[];
  readonly errors: readonly unknown[];
}

/** Throws an AssertionError that names the stage and each difference. */
export function assertRight(played: Played, scene: Scene, stage: string): void {
  const { sandbox, state } = played;
  const { before, except = [], served } = scene;
  const idColumn = sandbox.options.seatgeek.idColumn;
  const rows = served ?? [...sandbox.seatgeek.feed.rows()];
  const expected = expectedHaloUsers({ rows, before, idColumn, anyClaimant: true });
  const excused = excusedIds(rows, idColumn, state.rejected.users, sandbox);
  const differences = [
    ...compare(sandbox, expected, { except }).filter((line) => !excused.some((id) => line.startsWith(`${id}: `))),
    ...doubledAddresses(sandbox, before),
    ...wronglyRejected(expected, state.rejected.users, excused),
    ...silentlyMissing(expected, state.rejected.users, sandbox),
  ];
  assert.deepEqual(differences, [], stage);
  assertDiscreet(played, rows, stage);
}

/** A Halo that wants e-mail addresses unique refuses texts without an @ too, which the oracle takes for no address. */
function excusedIds(
  rows: readonly Row[],
  idColumn: string,
  rejected: readonly RejectedUser[],
  { options }: Sandbox,
): string[] {
  if (options.halo.duplicateEmail !== 'refused') return [];
  const broken = rows.filter(({ email }) => typeof email === 'string' && email.trim() !== '' && !email.includes('@'));
  const ids = new Set(broken.map((row) => row[idColumn]));
  return rejected.flatMap(({ seatgeekId, code }) =>
    code === 'halo-refused' && ids.has(seatgeekId) ? [seatgeekId] : [],
  );
}

function doubledAddresses({ halo }: Sandbox, before: readonly HaloUser[]): string[] {
  const had = new Map(before.map(({ id, addresses }) => [id, addresses.length]));
  return halo
    .users()
    .filter(({ id, addresses }) => addresses.length > Math.max(1, had.get(id) ?? 0))
    .map(({ id, addresses }) => `Halo user ${id} has ${addresses.length} addresses`);
}

/** Whoever is on the list must be one of whom nothing was to become. */
function wronglyRejected(
  { people }: Expected,
  rejected: readonly RejectedUser[],
  excused: readonly string[],
): string[] {
  const byId = new Map(people.map((person) => [person.id, person]));
  return rejected.flatMap(({ seatgeekId, code }) => {
    const fates = byId.get(seatgeekId)?.fates;
    if (fates === undefined || excused.includes(seatgeekId) || fates.some(({ kind }) => kind === 'nothing')) return [];
    return [`${seatgeekId}: is on the list of rejected (${code}), but a place in Halo was due`];
  });
}

/** Whoever is in Halo under no user, though the newest image is no delete, must be named. */
function silentlyMissing({ people }: Expected, rejected: readonly RejectedUser[], { halo }: Sandbox): string[] {
  const named = new Set(rejected.map(({ seatgeekId }) => seatgeekId));
  const present = new Set(halo.users().flatMap(({ customfields }) => customfields.map(({ value }) => value)));
  return people.flatMap(({ id, fates }) => {
    const isDeleted = fates.some((fate) => fate.kind === 'nothing' && fate.why.startsWith('deleted'));
    return isDeleted || present.has(id) || named.has(id)
      ? []
      : [`${id}: is neither in Halo nor on the list of rejected`];
  });
}

/** Neither the workflow's state nor the log holds a person's e-mail address or phone number. */
function assertDiscreet({ state, logged, errors }: Played, rows: readonly Row[], stage: string): void {
  const told = [JSON.stringify(state), JSON.stringify(errors), ...logged].join('\n').toLowerCase();
  for (const row of rows) {
    for (const column of ['email', 'mobile_phone', 'address_line_1']) {
      const value = row[column];
      if (typeof value !== 'string' || value.trim().length < 8) continue;
      assert.ok(!told.includes(value.trim().toLowerCase()), `${stage}: ${column} of somebody is told`);
    }
  }
}
