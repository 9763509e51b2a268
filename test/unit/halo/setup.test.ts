import assert from 'node:assert/strict';
import { checkHalo } from '../../../src/halo/setup/setup.js';
import { HaloBench, type BenchOptions } from './halo-bench.js';

describe("the set-up report's lines on Halo", () => {
  let bench: HaloBench;
  const open = async (options: BenchOptions = {}): Promise<HaloBench> => (bench = await HaloBench.start(options));
  const lines = () => checkHalo(bench.client, bench.connection);
  const colours = async () => (await lines()).map(({ check, ok }) => `${check}: ${ok ? 'green' : 'red'}`);

  afterEach(() => bench.close());

  it('are all green when everything is there, and nothing is written', async () => {
    await open({ existing: 3 });
    assert.deepEqual(await colours(), [
      'Halo token: green',
      'Halo users: green',
      'Halo default site: green',
      'Halo fields: green',
      'Halo search: green',
    ]);
    assert.equal(
      bench.sandbox.halo.requests.all().every(({ method }) => method === 'GET'),
      true,
    );
  });

  it('stop at wrong credentials', async () => {
    await open();
    const wrong = bench.clientOf(bench.connection, 'wrong');
    const [token, ...rest] = await checkHalo(wrong, bench.connection);
    assert.match(token?.message ?? '', /refuses the client credentials/);
    assert.deepEqual(new Set(rest.map(({ message }) => message)), new Set(['Not checked.']));
    assert.equal(bench.sandbox.halo.requests.count, 0);
  });

  it('name a missing custom field and where to make it', async () => {
    await open({ connection: { users: { staticMappings: [{ to: 'CFNowhere', value: 'x' }] } } });
    const fields = (await lines()).find(({ check }) => check === 'Halo fields');
    assert.equal(fields?.ok, false);
    assert.match(`${fields.message} ${fields.hint}`, /CFNowhere.*Custom Fields/);
  });

  it('name the custom field that was likely meant', async () => {
    await open({ connection: { users: { staticMappings: [{ to: 'CFLoyaltyTeir', value: 'x' }] } } });
    const fields = (await lines()).find(({ check }) => check === 'Halo fields');
    assert.match(fields?.message ?? '', /named CFLoyaltyTeir; did you mean CFLoyaltyTier\?/);
  });

  it('name a missing site', async () => {
    await open({ connection: { users: { defaultSite: 4_711 } } });
    assert.match((await lines()).find(({ check }) => check === 'Halo default site')?.message ?? '', /no site 4711/);
  });

  it('warn when no users are shown', async () => {
    await open({ halo: { rights: 'sees-nothing' } });
    assert.match((await lines()).find(({ check }) => check === 'Halo users')?.hint ?? '', /may not see their client/);
  });

  it('tell what was found', async () => {
    await open({ existing: 3 });
    const messages = (await lines()).map(({ message }) => message);
    assert.deepEqual(messages.slice(0, 4), [
      'Halo accepts the client id and secret.',
      'Halo shows 3 users.',
      'Site 18 exists; people new to Halo are created there.',
      'The field for the SeatGeek ID (CFSeatGeekID) and all mapped custom fields exist (4).',
    ]);
  });

  const listed = ' So each run with changes lists all users, 100 in a request.';
  for (const [halo, existing, message] of [
    [
      { advancedSearch: 'emailaddress+customfields', advancedSearchIn: true },
      120,
      'many in one request; by e-mail address: many in one request.',
    ],
    [{ advancedSearch: 'emailaddress+customfields' }, 120, 'one in a request; by e-mail address: one in a request.'],
    [{ advancedSearch: 'emailaddress' }, 120, `not supported; by e-mail address: one in a request.${listed}`],
    [
      { advancedSearch: 'none' },
      0,
      `not known yet, as no user has one; by e-mail address: not known yet, as no user has one.${listed}`,
    ],
  ] as const)
    it(`say what the search supports (${halo.advancedSearch}, ${existing} users)`, async () => {
      await open({ halo, existing });
      const search = (await lines()).find(({ check }) => check === 'Halo search');
      assert.equal(search?.message, `By SeatGeek ID: ${message}`);
    });
});
