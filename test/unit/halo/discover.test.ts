import assert from 'node:assert/strict';
import { discoverHalo } from '../../../src/halo/setup/discover.js';
import { HaloBench, type BenchOptions } from './halo-bench.js';

describe('what Halo has to choose from', () => {
  let bench: HaloBench;
  const open = async (options: BenchOptions = {}): Promise<HaloBench> => (bench = await HaloBench.start(options));
  const userFields = [
    'CFSeatGeekID',
    'CFLoyaltyTier',
    'CFSource',
    'CFCustomerSince',
    'CFBadgeNumber',
    'CFDietaryNotes',
    'CFPressPass',
    'CFStand',
  ];

  afterEach(() => bench.close());

  it('are the custom fields of users with their labels and the sites with their clients, read without writing', async () => {
    await open({ existing: 3 });
    const { lines, customFields, sites, sitesInAll } = await discoverHalo(bench.client, '');
    assert.deepEqual(
      lines.map(({ check, ok }) => [check, ok]),
      [
        ['Halo token', true],
        ['Halo custom fields', true],
        ['Halo sites', true],
      ],
    );
    assert.deepEqual(
      customFields?.map(({ name }) => name),
      userFields,
    );
    assert.equal(customFields.find(({ name }) => name === 'CFSeatGeekID')?.label, 'SeatGeek ID');
    assert.deepEqual(sites?.[1], { id: 18, name: 'Box Office', client: 'Arena Fans' });
    assert.equal(sitesInAll, 4);
    assert.ok(bench.sandbox.halo.requests.all().every(({ method }) => method === 'GET'));
  });

  it('are the fields that users carry where definitions may not be read', async () => {
    await open({ existing: 3, halo: { rights: 'no-field-info' } });
    const { customFields } = await discoverHalo(bench.client, '');
    assert.deepEqual(
      customFields?.map(({ name }) => name),
      userFields,
    );
  });

  it('are all custom fields where no user tells which are theirs', async () => {
    await open();
    const { customFields } = await discoverHalo(bench.client, '');
    assert.deepEqual(
      customFields?.map(({ name }) => name),
      ['CFTicketGate', 'CFTicketRow', ...userFields],
    );
  });

  it('are a hundred sites at most, and those of a name when asked for', async () => {
    await open({ moreSites: 150 });
    const all = await discoverHalo(bench.client, '');
    assert.deepEqual([all.sites?.length, all.sitesInAll], [100, 154]);
    const some = await discoverHalo(bench.client, 'Gate 15');
    assert.deepEqual(
      some.sites?.map(({ name }) => name),
      ['Gate 15', 'Gate 150'],
    );
  });

  it('are unknown when the credentials are refused', async () => {
    await open();
    const found = await discoverHalo(bench.clientOf(bench.connection, 'wrong'), '');
    assert.deepEqual([found.customFields, found.sites], [null, null]);
    assert.match(found.lines[0]?.message ?? '', /refuses the client credentials/);
    assert.equal(bench.sandbox.halo.requests.count, 0);
  });

  it('are the sites alone where the agent may see no users', async () => {
    await open({ halo: { rights: 'no-users' } });
    const { lines, customFields, sites } = await discoverHalo(bench.client, '');
    assert.deepEqual(
      lines.map(({ ok }) => ok),
      [true, false, true],
    );
    assert.equal(customFields, null);
    assert.equal(sites?.length, 4);
  });
});
