import assert from 'node:assert/strict';
import { connectionSchema, type Connection } from '../../../src/connection/schema.js';
import { SyncError } from '../../../src/errors.js';
import { resolveTargets } from '../../../src/halo/setup/resolve-targets.js';
import { Reply, ScriptedHalo, serving, unlimitedClient, usersServed } from './scripted-halo.js';

const ID = { id: 211, name: 'CFSeatGeekID', type: 0, usage: 2 };
const TIER = { id: 212, name: 'CFTier', type: 2, usage: 2 };
const OF_TICKETS = { id: 5, name: 'CFSeatGeekID', type: 0, usage: 1 };
const UNNAMED = { id: 6, name: null, type: 1, usage: 1 };
const both = [ID, TIER];
const failing = (status: number, more: object = {}): Reply => new Reply({ status, text: '"no"', ...more });

const usersOf = (overrides: object = {}): Connection['users'] =>
  connectionSchema.shape.users.parse({
    seatgeekIdField: 'CFSeatGeekID',
    defaultSite: 18,
    fieldMappings: [
      { from: 'n', to: 'name' },
      { from: 't', to: 'CFTier' },
    ],
    ...overrides,
  });

interface Tenant {
  readonly definitions?: unknown;
  /** Custom fields of the users, newest first. */
  readonly users?: Parameters<typeof usersServed>[0];
}

/** What comes of it, and the paths asked for. */
async function resolve({ definitions = failing(403), users = [] }: Tenant, settings = usersOf()) {
  const halo = new ScriptedHalo();
  halo.answers = serving({ '/FieldInfo': definitions, ...usersServed(users) });
  const result = await resolveTargets(unlimitedClient(halo), settings).catch((error: unknown) => {
    assert.ok(error instanceof SyncError, String(error));
    return error;
  });
  const asked = halo.asked.map(({ url }) => url.pathname.slice('/api'.length));
  return { result, asked, reads: asked.filter((path) => path.startsWith('/Users/')).length };
}

/** The ids of our two fields. */
async function chosen(tenant: Tenant): Promise<{ ids: unknown; reads: number }> {
  const { result, reads } = await resolve(tenant);
  if (result instanceof SyncError) return { ids: result.code, reads };
  return { ids: result.all.flatMap(({ custom }) => custom?.id ?? []), reads };
}

describe('the custom fields that a connection names', () => {
  it('are not asked for where there are none', async () => {
    const plain = usersOf({ seatgeekIdField: 'other1', fieldMappings: [{ from: 'n', to: 'name' }] });
    const { result, asked } = await resolve({}, plain);
    assert.ok(!(result instanceof SyncError));
    assert.deepEqual([result.customIds, result.hasAllCustomFields, [...result.textIds], asked], [[], true, [], []]);
  });

  it('are found among the definitions, spelled as Halo does, with all others of users', async () => {
    const memo = { id: 213, name: 'CFMemo', type: 1, usage: 2 };
    const gate = { id: 7, name: 'CFGate', type: 2, usage: 1 };
    const definitions = [UNNAMED, gate, { ...ID, name: 'cfSeatgeekid' }, TIER, memo];
    const { result, asked } = await resolve({ definitions, users: [both] });
    assert.ok(!(result instanceof SyncError));
    assert.deepEqual([result.customIds, result.hasAllCustomFields], [[211, 212, 213], true]);
    assert.deepEqual([...result.textIds], [6, 211, 213]);
    assert.deepEqual(result.all[result.seatgeekId]?.custom, { id: 211, name: 'cfSeatgeekid' });
    assert.deepEqual(asked, ['/FieldInfo']);
  });

  for (const [count, isAll] of [
    [165, true],
    [166, false],
  ] as const)
    it(`are asked for ${isAll ? 'with all others' : 'alone'} where there are ${count} others of six digits`, async () => {
      const [id, tier] = [
        { ...ID, id: 200_000 },
        { ...TIER, id: 200_001 },
      ];
      const others = Array.from({ length: count }, (_, n) => ({ id: 300_000 + n, name: `CFExtra${n}`, usage: 2 }));
      const { result } = await resolve({ definitions: [id, tier, ...others] });
      assert.ok(!(result instanceof SyncError));
      assert.deepEqual([result.customIds.length, result.hasAllCustomFields], [isAll ? count + 2 : 2, isAll]);
    });

  for (const [what, tenant, overrides, message, place] of [
    [
      'for the SeatGeek ID',
      { definitions: [TIER, { ...ID, name: 'CFSeatGeekIDs' }] },
      {},
      /users named CFSeatGeekID; did you mean CFSeatGeekIDs\?$/,
      'users.seatgeekIdField',
    ],
    [
      'mapped',
      { definitions: [UNNAMED, ID] },
      {},
      /users named CFTier\.$/,
      'users.fieldMappings or users.staticMappings',
    ],
    ['of nobody', { users: [[ID]] }, {}, /users named CFTier\.$/, 'users.fieldMappings or users.staticMappings'],
  ] as const)
    it(`may be missing: ${what}`, async () => {
      const { result } = await resolve(tenant, usersOf(overrides));
      assert.ok(result instanceof SyncError && 'place' in result);
      assert.deepEqual([result.code, result.place], ['field-missing', place]);
      assert.match(result.message, message);
    });

  it('are to be made without the CF that Halo puts before', async () => {
    const { result } = await resolve({ definitions: [ID] });
    assert.match(result instanceof SyncError ? result.hint : '', /with the field name Tier /);
  });

  const choices: readonly (readonly [string, Tenant, unknown, number])[] = [
    ['the one that most of ours are like', { definitions: [OF_TICKETS, ...both] }, [211, 212], 0],
    ['the first of those alike', { definitions: [OF_TICKETS, ID, { ...TIER, usage: 3 }] }, [5, 212], 0],
    [
      'the one that a user carries',
      { definitions: [OF_TICKETS, ID, { ...TIER, usage: 3 }], users: [[ID], [ID]] },
      [211, 212],
      1,
    ],
    [
      'the one that a user carries, though most of ours are like another',
      { definitions: [ID, OF_TICKETS, TIER], users: [[], [OF_TICKETS], []] },
      [5, 212],
      2,
    ],
    [
      'the one like another field of users, of whom three are read',
      { definitions: [ID, UNNAMED, OF_TICKETS, TIER], users: [[UNNAMED], [], [], [ID]] },
      [5, 212],
      3,
    ],
  ];
  for (const [what, tenant, ids, reads] of choices)
    it(`are, of several with a name, ${what}`, async () => assert.deepEqual(await chosen(tenant), { ids, reads }));
});

describe('custom fields where definitions may not be read', () => {
  for (const [title, definitions] of [
    ['403', failing(403)],
    ['401', failing(401)],
    ['404', failing(404)],
  ] as const)
    it(`are those that users carry, read until all are found (${title})`, async () => {
      const { result, reads } = await resolve({ definitions, users: [[ID], [TIER], [ID, TIER]] });
      assert.ok(!(result instanceof SyncError));
      assert.deepEqual([result.customIds, result.hasAllCustomFields], [[211, 212], false]);
      assert.deepEqual([[...result.textIds], reads], [[], 2]);
    });

  it('are not looked for among users in an outage', async () => {
    const { result, asked } = await resolve({ definitions: failing(503), users: [both] });
    assert.equal(result instanceof SyncError && result.code, 'halo-unavailable');
    assert.deepEqual(new Set(asked), new Set(['/FieldInfo']));
  });

  const down = failing(500);
  const cases: readonly (readonly [string, NonNullable<Tenant['users']>, unknown])[] = [
    ['three users who are not shown', [down, down, down, both], [211, 212]],
    ['four of them are an outage', [down, down, down, down, both], 'halo-unavailable'],
    ['four of them after one who is shown', [[], down, down, down, down, both], [211, 212]],
    ['a user who is gone', [failing(404), both], [211, 212]],
    ['a user of another shape', [new Reply({ text: '{}' }), both], [211, 212]],
    ['a user who is forbidden', [failing(403), both], 'halo-forbidden'],
    ['a used up limit', [failing(429, { retryAfterMs: 3_600_000 }), both], 'halo-rate-limited'],
    ['a field without a number', [[{ name: 'CFSeatGeekID' }, TIER], both], [211, 212]],
    ['nobody', [], 'field-missing'],
  ];
  for (const [what, users, ids] of cases)
    it(`meet ${what}`, async () => assert.deepEqual((await chosen({ users })).ids, ids));
});
