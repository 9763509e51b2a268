import assert from 'node:assert/strict';
import type { Sandbox } from '../../../src/sandbox/start.js';
import { askHalo, listUsers, openSandbox } from './talk.js';

const ADVANCED = encodeURIComponent(
  JSON.stringify([{ filter_name: 'emailaddress', filter_type: 2, filter_value: 'ADA@example.org' }]),
);

async function withAda(options: Parameters<typeof openSandbox>[0] = {}): Promise<{ sandbox: Sandbox; ada: number }> {
  const sandbox = await openSandbox({ people: 0, existing: 130, ...options });
  const ada = sandbox.halo.store.create({
    name: 'Ada Byron',
    emailaddress: 'ada@example.org',
    email2: 'second@example.org',
    mobilenumber: '07700900123',
    customFields: { CFSeatGeekID: 'sg-1', CFLoyaltyTier: 'Gold' },
  });
  return { sandbox, ada };
}

describe('sandbox Halo: list of users', () => {
  it('cuts pages at 100 whatever is asked for, with the true count', async () => {
    const { sandbox } = await withAda();
    const first = await listUsers(sandbox, 'pageinate=true&page_no=1&page_size=500&includeinactive=true');
    const second = await listUsers(sandbox, 'pageinate=true&page_no=2&page_size=500&includeinactive=true');
    const third = await listUsers(sandbox, 'pageinate=true&page_no=3&page_size=500&includeinactive=true');
    assert.deepEqual([first.users.length, second.users.length, third.users.length], [100, 35, 0]);
    assert.deepEqual([first.record_count, third.record_count], [135, 135]);
  });

  it('shows rows thinner than users, with the custom fields asked for only', async () => {
    const { sandbox } = await withAda();
    const { users } = await listUsers(sandbox, 'search=ada@example.org&include_custom_fields=211,9999');
    const [row] = users;
    assert.equal(users.length, 1);
    for (const field of ['email2', 'email3', 'primary_address', 'addresses', 'third_party_id'])
      assert.ok(!(field in row!), field);
    assert.deepEqual(
      (row!['customfields'] as { id: number; name: string; value: unknown }[]).map(({ id, name, value }) => ({
        id,
        name,
        value,
      })),
      [{ id: 211, name: 'CFSeatGeekID', value: 'sg-1' }],
    );
  });

  for (const [listedFields, asked, lacking] of [
    ['notes-when-asked', '', ['notes']],
    ['notes-when-asked', '&includenotes=true', []],
    ['fewer', '&includenotes=true', ['notes', 'title', 'language_id']],
    ['not-blank', '&includenotes=true', ['notes', 'title']],
  ] as const)
    it(`shows rows without ${lacking.join(', ') || 'nothing'} (${listedFields}${asked})`, async () => {
      const { sandbox } = await withAda({ halo: { listedFields } });
      const { users } = await listUsers(sandbox, `search=ada@example.org${asked}`);
      const [row = {}] = users;
      assert.deepEqual(
        ['name', 'notes', 'title', 'language_id'].filter((field) => !(field in row)),
        lacking,
      );
    });

  it('leaves inactive users out unless asked for', async () => {
    const { sandbox, ada } = await withAda();
    sandbox.halo.store.update(ada, { inactive: true });
    const ids = async (query: string): Promise<boolean> =>
      (await listUsers(sandbox, query)).users.some(({ id }) => id === ada);
    assert.deepEqual([await ids(''), await ids('includeinactive=true')], [false, true]);
  });

  it('has a General User at each site, left out when asked', async () => {
    const { sandbox } = await withAda();
    const generals = async (query: string): Promise<number> =>
      (await listUsers(sandbox, query)).users.filter(({ name }) => name === 'General User').length;
    assert.deepEqual([await generals(''), await generals('exclude_generaluser=true')], [4, 0]);
  });

  it('orders by id both ways, and by name when not told', async () => {
    const { sandbox, ada } = await withAda();
    const first = async (query: string): Promise<number | undefined> =>
      (await listUsers(sandbox, `pageinate=true&page_size=1&${query}`)).users[0]?.id;
    assert.equal(await first('order=id&orderdesc=true'), ada);
    assert.equal(await first('order=id'), 1);
    const names = (await listUsers(sandbox, '')).users.map(({ name }) => name.toLowerCase());
    assert.deepEqual(names, [...names].sort());
  });

  it('searches names and e-mails by likeness, phones and custom fields never', async () => {
    const { sandbox } = await withAda();
    const count = async (query: string): Promise<number> => (await listUsers(sandbox, query)).record_count;
    assert.deepEqual(
      [await count('search=ADA@EXAMPLE'), await count('search=0770090'), await count('search=sg-1')],
      [1, 0, 0],
    );
  });

  it('sees what was written between two pages', async () => {
    const { sandbox } = await withAda();
    const before = await listUsers(sandbox, 'pageinate=true&page_size=1&order=id&orderdesc=true');
    sandbox.halo.store.create({ name: 'Newcomer' });
    const after = await listUsers(sandbox, 'pageinate=true&page_size=1&order=id&orderdesc=true');
    assert.equal(after.record_count, before.record_count + 1);
    assert.equal(after.users[0]?.name, 'Newcomer');
  });
});

describe('sandbox Halo: advanced search, by dialect', () => {
  it('finds an e-mail by equality, case aside', async () => {
    const { sandbox, ada } = await withAda();
    assert.deepEqual(
      (await listUsers(sandbox, `advanced_search=${ADVANCED}`)).users.map(({ id }) => id),
      [ada],
    );
  });

  const filter = (filter_name: string, filter_type: number, filter_value: unknown): string =>
    encodeURIComponent(JSON.stringify([{ filter_name, filter_type, filter_value }]));
  const refused = [
    { what: 'anything where the tenant takes none', halo: { advancedSearch: 'none' }, search: ADVANCED },
    { what: 'a custom field by default', halo: {}, search: filter('CFSeatGeekID', 2, 'sg-1') },
    { what: 'many values by default', halo: {}, search: filter('emailaddress', 0, 'ada@example.org') },
    { what: 'what is no filter', halo: {}, search: 'x' },
  ] as const;
  for (const { what, halo, search } of refused) {
    it(`refuses ${what}`, async () => {
      const { sandbox } = await withAda({ halo });
      const told = await askHalo(sandbox, `/Users?advanced_search=${search}`);
      assert.deepEqual([told.status, told.text], [400, '"Invalid advanced search parameter"']);
    });
  }

  const taken = [
    {
      what: 'a custom field',
      halo: { advancedSearch: 'emailaddress+customfields' },
      search: filter('CFSeatGeekID', 2, 'sg-1'),
    },
    {
      what: 'many e-mails',
      halo: { advancedSearchIn: true },
      search: filter('emailaddress', 0, 'nobody@x.y, ada@example.org'),
    },
    {
      what: 'many e-mails as a list',
      halo: { advancedSearchIn: true },
      search: filter('emailaddress', 0, ['ada@example.org', 'z']),
    },
  ] as const;
  for (const { what, halo, search } of taken) {
    it(`takes ${what} where the tenant does`, async () => {
      const { sandbox, ada } = await withAda({ halo });
      assert.deepEqual(
        (await listUsers(sandbox, `advanced_search=${search}`)).users.map(({ id }) => id),
        [ada],
      );
    });
  }

  it('finds a custom field by its newest value only', async () => {
    const { sandbox, ada } = await withAda({ halo: { advancedSearch: 'emailaddress+customfields' } });
    const found = async (tier: string): Promise<unknown[]> => {
      const { users } = await listUsers(sandbox, `advanced_search=${filter('CFLoyaltyTier', 2, tier)}`);
      return users.map(({ id }) => id);
    };
    assert.deepEqual(await found('gold'), [ada]);
    sandbox.halo.store.update(ada, { customFields: { CFLoyaltyTier: 'Silver' } });
    assert.deepEqual([await found('gold'), await found('silver')], [[], [ada]]);
    sandbox.halo.store.remove(ada);
    assert.deepEqual(await found('silver'), []);
  });

  it('shows a new user in lists only after some time where they lag, and by its id at once', async () => {
    let now = Date.now();
    const sandbox = await openSandbox({ people: 0, halo: { listLag: 10 }, now: () => now });
    const told = await askHalo(sandbox, '/Users', { json: [{ name: 'Ada', site_id: 18 }] });
    const { id } = JSON.parse(told.text) as { id: number };
    const isListed = async (): Promise<boolean> =>
      (JSON.parse((await askHalo(sandbox, '/Users?count=100')).text) as { users: { id: number }[] }).users.some(
        (user) => user.id === id,
      );
    assert.equal(await isListed(), false);
    now += 9_000;
    assert.equal(await isListed(), false);
    now += 1_000;
    assert.equal(await isListed(), true);
    assert.equal((await askHalo(sandbox, `/Users/${id}`)).status, 200);
  });

  for (const [blankCustomFields, due] of [
    ['null', { value: null }],
    ['text', { value: '' }],
    ['left-out', undefined],
  ] as const) {
    it(`shows custom fields without a value as: ${blankCustomFields}`, async () => {
      const sandbox = await openSandbox({ people: 0, halo: { blankCustomFields } });
      const id = sandbox.halo.store.create({ name: 'Ada', customFields: { CFSource: 'x' } });
      type Shown = { customfields: { id: number; value: unknown }[] };
      const details = JSON.parse((await askHalo(sandbox, `/Users/${id}?includedetails=true`)).text) as Shown;
      const list = JSON.parse((await askHalo(sandbox, '/Users?include_custom_fields=211,213')).text) as {
        users: (Shown & { id: number })[];
      };
      for (const shown of [details, list.users.find((user) => user.id === id)]) {
        const of = (field: number) => shown?.customfields.find((one) => one.id === field);
        assert.deepEqual(of(213)?.value, 'x');
        const blank = of(211);
        assert.deepEqual(blank === undefined ? undefined : { value: blank.value }, due);
      }
    });
  }
});
