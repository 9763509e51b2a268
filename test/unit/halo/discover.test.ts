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
    assert.deepEqual(
      found.lines.slice(1).map(({ ok, message }) => [ok, message]),
      Array(2).fill([false, 'Not checked.']),
    );
    assert.deepEqual([bench.sandbox.halo.requests.count, bench.sandbox.halo.tokenRequests.count], [0, 1]);
  });

  it('are told by their numbers, and by three of the users', async () => {
    await open({ existing: 5 });
    const said = async (search: string) =>
      (await discoverHalo(bench.client, search)).lines.map(({ message }) => message);
    assert.deepEqual((await said('')).slice(1), [
      'Halo shows 8 custom fields for users.',
      'Halo shows 4 active sites.',
    ]);
    assert.equal(bench.sandbox.halo.requests.of('GET', '/api/Users/*').length, 3);
    assert.equal((await said('Box'))[2], 'Halo shows 1 active sites with that name.');
  });

  it('are the fields alone where sites may not be read', async () => {
    await open({ existing: 3 });
    const match = { method: 'GET', path: '/api/Site', after: 0 } as const;
    bench.sandbox.faults.add({ system: 'halo', kind: 'status', status: 403, match });
    const { lines, customFields, sites, sitesInAll } = await discoverHalo(bench.client, '');
    assert.deepEqual([lines.map(({ ok }) => ok), customFields?.length], [[true, true, false], 8]);
    assert.deepEqual([sites, sitesInAll], [null, 0]);
  });

  it('have no other fields than those whose name can stand in a connection file', async () => {
    await open({ existing: 3 });
    bench.sandbox.faults.add({
      ...{ system: 'halo', kind: 'rewritten-json', match: { method: 'GET', path: '/api/FieldInfo' } },
      rewrite: (json: unknown) => [...(json as object[]), { id: 900, name: 'Other', usage: 2 }],
    });
    assert.deepEqual(
      (await discoverHalo(bench.client, '')).customFields?.map(({ name }) => name),
      userFields,
    );
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
