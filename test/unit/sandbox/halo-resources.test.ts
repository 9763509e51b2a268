import assert from 'node:assert/strict';
import type { HaloDialect } from '../../../src/sandbox/dialects.js';
import { askHalo, openSandbox } from './talk.js';

describe('sandbox Halo: sites and fields', () => {
  it('shows a site, the list, and 404 for one that is not there', async () => {
    const sandbox = await openSandbox();
    assert.equal((JSON.parse((await askHalo(sandbox, '/Site/18')).text) as { id: number }).id, 18);
    assert.equal(
      (JSON.parse((await askHalo(sandbox, '/Site?client_id=12')).text) as { record_count: number }).record_count,
      2,
    );
    assert.equal((await askHalo(sandbox, '/Site/999')).status, 404);
  });

  it('serves sites page by page, filtered by a part of their name, without the inactive ones', async () => {
    const sandbox = await openSandbox({ moreSites: 120 });
    const sites = async (query: string): Promise<[number, number]> => {
      const told = JSON.parse((await askHalo(sandbox, `/Site?${query}`)).text) as {
        record_count: number;
        sites: unknown[];
      };
      return [told.record_count, told.sites.length];
    };
    assert.deepEqual(await sites('pageinate=true&page_no=1&page_size=500'), [124, 100]);
    assert.deepEqual(await sites('pageinate=true&page_no=2&page_size=500'), [124, 24]);
    assert.deepEqual(await sites('search=gate%2012'), [2, 2]);
    assert.deepEqual(await sites('includeactive=false&includeinactive=true'), [0, 0]);
  });

  it('lists custom fields of users and of other kinds', async () => {
    const fields = JSON.parse((await askHalo(await openSandbox(), '/FieldInfo')).text) as {
      name: string;
      usage: number;
    }[];
    const ofUsers = fields.filter(({ usage }) => usage === 2).map(({ name }) => name);
    for (const name of ['CFSeatGeekID', 'CFLoyaltyTier', 'CFSource']) assert.ok(ofUsers.includes(name), name);
    assert.ok(fields.length > ofUsers.length);
  });

  it('knows no other resource', async () => {
    assert.equal((await askHalo(await openSandbox(), '/Nonsense')).status, 404);
  });
});

describe('sandbox Halo: addresses', () => {
  const cases: { addressOfUser: HaloDialect['addressOfUser']; withSite: boolean; status: number }[] = [
    { addressOfUser: 'accepted', withSite: false, status: 201 },
    { addressOfUser: 'accepted', withSite: true, status: 201 },
    { addressOfUser: 'needs-site', withSite: false, status: 400 },
    { addressOfUser: 'needs-site', withSite: true, status: 201 },
    { addressOfUser: 'refused', withSite: true, status: 400 },
  ];
  for (const { addressOfUser, withSite, status } of cases) {
    it(`answers ${status} to a user's address ${withSite ? 'with' : 'without'} a site: ${addressOfUser}`, async () => {
      const sandbox = await openSandbox({ halo: { addressOfUser } });
      const user_id = sandbox.halo.store.create({ name: 'Ada' });
      const told = await askHalo(sandbox, '/Address', {
        json: [{ line1: '1 High St', user_id, ...(withSite && { site_id: 18 }) }],
      });
      assert.equal(told.status, status);
      const kept = sandbox.halo.store.user(user_id)?.primary_address?.line1;
      assert.equal(kept, status === 201 ? '1 High St' : undefined);
    });
  }

  it('takes an address of a site, changes it and removes it', async () => {
    const sandbox = await openSandbox({ halo: { addressOfUser: 'refused' } });
    const { id } = JSON.parse((await askHalo(sandbox, '/Address', { json: [{ line1: 'x', site_id: 53 }] })).text) as {
      id: number;
    };
    await askHalo(sandbox, '/Address', { json: [{ id, line1: 'y' }] });
    assert.deepEqual([sandbox.halo.writes.created, sandbox.halo.writes.updated], [1, 1]);
    const listed = JSON.parse((await askHalo(sandbox, '/Address?site_id=53')).text) as {
      addresses: { line1: string }[];
    };
    assert.deepEqual(
      listed.addresses.map(({ line1 }) => line1),
      ['y'],
    );
    assert.equal((await askHalo(sandbox, `/Address/${id}`, { method: 'DELETE' })).status, 200);
    assert.equal((await askHalo(sandbox, `/Address/${id}`)).status, 404);
  });

  it('has one primary address per user', async () => {
    const sandbox = await openSandbox();
    const user_id = sandbox.halo.store.create({ name: 'Ada' });
    for (const line1 of ['first', 'second', 'third']) {
      await askHalo(sandbox, '/Address', { json: [{ line1, user_id, primary: line1 !== 'third' }] });
    }
    const user = sandbox.halo.store.user(user_id)!;
    assert.deepEqual([user.addresses.length, user.addresses.filter(({ primary }) => primary).length], [3, 1]);
    assert.equal(user.primary_address?.line1, 'second');
  });
});
