/** Holds what Halo has against what it must have: person by person, field by field, and everybody else untouched. */
import { storedText, type HaloScalar } from '../../src/sandbox/halo-fields.js';
import { customValue, type HaloAddress, type HaloUser } from '../../src/sandbox/halo-store.js';
import type { Sandbox } from '../../src/sandbox/start.js';
import { type Expected, type ExpectedPerson, type Fate, idOf } from './expected-users.js';
import type { Values } from './expected-values.js';

export interface CompareOptions {
  /** Halo ids that a test made or changed itself, which nothing is said about. */
  readonly except?: readonly number[];
}

/** One line per difference, naming the SeatGeek ID or the Halo id and the field; empty when all is as it must be. */
export function compare(sandbox: Sandbox, expected: Expected, { except = [] }: CompareOptions = {}): string[] {
  const users = sandbox.halo.users();
  const { primaryAddress, addressOfUser, newUserDefaults, storedTexts } = sandbox.options.halo;
  const scene: Scene = {
    expected,
    after: new Map(users.map((user) => [user.id, user])),
    byId: groupById(users),
    checksAddress: primaryAddress === 'persisted' || addressOfUser !== 'refused',
    filledIn: newUserDefaults === 'none' ? {} : FILLED_IN,
    claimed: new Set(except),
    kept: (field, value) => storedText(field, value, storedTexts),
  };
  const differences = expected.people.flatMap((person) => comparePerson(scene, person));
  return [...differences, ...compareGroups(scene), ...compareOthers(scene), ...doubledIds(scene)];
}

interface Scene {
  readonly expected: Expected;
  readonly after: ReadonlyMap<number, HaloUser>;
  readonly byId: ReadonlyMap<string, readonly HaloUser[]>;
  readonly checksAddress: boolean;
  /** What Halo fills in for a new user by itself. */
  readonly filledIn: Readonly<Record<string, string>>;
  /** The form in which Halo keeps a value. */
  readonly kept: (field: string, value: HaloScalar) => HaloScalar;
  /** Halo users that a person of the feed accounts for. */
  readonly claimed: Set<number>;
}

function comparePerson(scene: Scene, person: ExpectedPerson): string[] {
  const tried = person.fates.map((fate) => ({ fate, ...tryFate(scene, person, fate) }));
  const right = tried.find(({ differences }) => differences.length === 0);
  const [shown] = [...tried].sort((a, b) => a.differences.length - b.differences.length);
  for (const id of (right ?? shown)?.claims ?? []) scene.claimed.add(id);
  return right === undefined ? (shown?.differences ?? []).map((difference) => `${person.id}: ${difference}`) : [];
}

interface Trial {
  readonly differences: string[];
  readonly claims: readonly number[];
}

function tryFate(scene: Scene, person: ExpectedPerson, fate: Fate): Trial {
  const found = scene.byId.get(person.id) ?? [];
  const ids = found.map(({ id }) => id).join(', ');
  const { before } = scene.expected;
  switch (fate.kind) {
    case 'nothing': {
      const wrong = found.filter(
        (user) => before.get(user.id) === undefined || idOf(before.get(user.id)!) !== person.id,
      );
      const differences = wrong.map(({ id }) => `Halo user ${id} carries the ID, but must not: ${fate.why}`);
      return { differences, claims: wrong.map(({ id }) => id) };
    }
    case 'created': {
      const [user, ...more] = found;
      if (user === undefined) return { differences: ['is missing in Halo'], claims: [] };
      if (more.length > 0)
        return { differences: [`is in Halo ${found.length} times: ${ids}`], claims: found.map(({ id }) => id) };
      const known = before.has(user.id) ? [`is Halo user ${user.id}, who was there before; a new one was due`] : [];
      return { differences: [...known, ...compareCreated(scene, person, fate, user)], claims: [user.id] };
    }
    case 'linked': {
      const user = scene.after.get(fate.haloId);
      if (user === undefined) return { differences: [`Halo user ${fate.haloId} is gone`], claims: [] };
      const astray =
        found.length === 1 && found[0]?.id === fate.haloId ? [] : [`stands at [${ids}], due at ${fate.haloId}`];
      return { differences: [...astray, ...compareLinked(scene, person, fate, user)], claims: [fate.haloId] };
    }
  }
}

function compareCreated(
  scene: Scene,
  person: ExpectedPerson,
  fate: Extract<Fate, { kind: 'created' }>,
  user: HaloUser,
): string[] {
  const facts = [line('inactive', user.inactive, fate.inactive), line('site_id_int', user.site_id_int, 18)];
  if (fate.values === null) return facts.flat();
  return [
    ...facts.flat(),
    ...compareValues(scene, fate.values, user, scene.kept('name', fate.values.name)),
    ...line('CFCustomerSince', customText(user, 'CFCustomerSince'), scene.kept('', fate.values.customerSince)),
    ...compareAddress(scene, person, fate.values, user, null),
    ...UNMAPPED_CUSTOM.flatMap((name) => {
      const [now, due] = [customText(user, name), scene.filledIn[name] ?? ''];
      // The whole array is sent with a change of one.
      return now === scene.kept('', due) ? [] : line(name, now, due);
    }),
  ];
}

function compareLinked(
  scene: Scene,
  person: ExpectedPerson,
  fate: Extract<Fate, { kind: 'linked' }>,
  user: HaloUser,
): string[] {
  const before = scene.expected.before.get(user.id);
  if (before === undefined) return ['was not there before'];
  const facts = [
    ...line('inactive', user.inactive, fate.inactive),
    ...line('site_id_int', user.site_id_int, before.site_id_int),
    ...compareUnmapped(scene, user, before),
  ];
  if (fate.values === null) return facts;
  return [
    ...facts,
    ...compareValues(scene, fate.values, user, nameDue(scene, fate.values, before, user)),
    ...compareAddress(scene, person, fate.values, user, before.primary_address),
  ];
}

const UNMAPPED_CUSTOM = ['CFBadgeNumber', 'CFDietaryNotes', 'CFPressPass', 'CFStand'];
const FILLED_IN = { CFBadgeNumber: 'to be issued', CFDietaryNotes: 'not asked yet' };
const MAPPED = new Set(
  [
    'name firstname surname emailaddress phonenumber mobilenumber inactive customfields primary_address addresses lastupdate'.split(
      ' ',
    ),
  ].flat(),
);

/** A name that was there as it is wanted is not sent, so it keeps its form. */
function nameDue({ kept }: Scene, { name }: Values, before: HaloUser, now: HaloUser): HaloScalar {
  if (name === '') return before.name;
  return now.name === name && before.name === name ? name : kept('name', name);
}

function compareValues({ kept }: Scene, values: Values, user: HaloUser, name: HaloScalar): string[] {
  const fields = ['firstname', 'surname', 'emailaddress', 'phonenumber', 'mobilenumber'] as const;
  return [
    ...line('name', user.name, name),
    ...fields.flatMap((field) => line(field, user[field], kept(field, values[field]))),
    ...line('CFLoyaltyTier', customText(user, 'CFLoyaltyTier'), kept('', values.loyaltyTier)),
    ...line('CFSource', customValue(user, 'CFSource'), kept('', 'SeatGeek')),
  ];
}

/** Fields and custom fields that no mapping names are as they were. */
function compareUnmapped({ kept }: Scene, user: HaloUser, before: HaloUser): string[] {
  const fields = Object.keys(before).filter((field) => !MAPPED.has(field));
  return [
    ...fields.flatMap((field) => line(field, user[field], before[field])),
    ...[...UNMAPPED_CUSTOM, 'CFCustomerSince'].flatMap((name) => {
      const [now, then] = [customValue(user, name), customValue(before, name)];
      // The whole array is sent with a change of one.
      return now === kept('', then) ? [] : line(name, now, then);
    }),
  ];
}

function compareAddress(
  scene: Scene,
  person: ExpectedPerson,
  values: Values,
  user: HaloUser,
  before: HaloAddress | null,
): string[] {
  if (!scene.checksAddress || person.anyAddress) return [];
  const { address } = values;
  const lines = ['line1', 'line2', 'line3', 'line4', 'postcode'] as const;
  const due = (name: (typeof lines)[number]): HaloScalar =>
    address === null ? (before?.[name] ?? '') : scene.kept(name, address[name]);
  return lines.flatMap((name) => line(`primary_address.${name}`, user.primary_address?.[name] ?? '', due(name)));
}

function compareGroups({ expected, byId }: Scene): string[] {
  return expected.oneOf.flatMap((group) => {
    const present = group.filter((id) => byId.has(id)).length;
    return present === 1 ? [] : [`${group.join(' / ')}: share an e-mail, ${present} of them are in Halo, due 1`];
  });
}

/** Everybody whom the feed does not account for is as before, and nobody has come. */
function compareOthers({ expected, after, claimed }: Scene): string[] {
  const gone = [...expected.before.keys()].filter((id) => !after.has(id) && !claimed.has(id));
  const differences = gone.map((id) => `Halo user ${id} is gone`);
  for (const [id, user] of after) {
    if (claimed.has(id)) continue;
    const before = expected.before.get(id);
    if (before === undefined) differences.push(`Halo user ${id} is new and nobody in the feed accounts for it`);
    else if (JSON.stringify(user) !== JSON.stringify(before))
      differences.push(`Halo user ${id} was changed, but nothing was due`);
  }
  return differences;
}

function doubledIds({ expected, byId }: Scene): string[] {
  const before = groupById([...expected.before.values()]);
  return [...byId].flatMap(([id, users]) =>
    users.length <= Math.max(1, before.get(id)?.length ?? 0) ? [] : [`${id}: carried by ${users.length} Halo users`],
  );
}

function groupById(users: readonly HaloUser[]): Map<string, HaloUser[]> {
  const groups = new Map<string, HaloUser[]>();
  for (const user of users) {
    const id = idOf(user);
    if (id !== null) groups.set(id, [...(groups.get(id) ?? []), user]);
  }
  return groups;
}

function customText(user: HaloUser, name: string): unknown {
  return customValue(user, name) ?? '';
}

function line(field: string, actual: unknown, due: unknown): string[] {
  return actual === due ? [] : [`${field} is ${JSON.stringify(actual)}, due ${JSON.stringify(due)}`];
}
