import assert from 'node:assert/strict';
import { SyncError } from '../../../src/errors.js';
import { checkSite, readSites } from '../../../src/halo/setup/sites.js';
import { Reply, ScriptedHalo, serving, unlimitedClient } from './scripted-halo.js';

const sitesOf = (count: number, total?: number): object => ({
  sites: Array.from({ length: count }, (_, n) => ({ id: 5_000 + n, name: `Site ${n}` })),
  ...(total !== undefined && { record_count: total }),
});

function open(paths: Readonly<Record<string, unknown>>) {
  const halo = new ScriptedHalo();
  halo.answers = serving(paths);
  return { halo, client: unlimitedClient(halo) };
}

describe("Halo's sites", () => {
  it('are asked for by id, active ones only, a hundred at most', async () => {
    const { halo, client } = open({ '/Site': sitesOf(101, 154) });
    const { sites, total } = await readSites(client, '', {});
    assert.deepEqual([sites.length, total, sites[0]], [100, 154, { id: 5_000, name: 'Site 0', client: '' }]);
    await readSites(client, 'Gate', {});
    const usual = 'includeactive=true&includeinactive=false&pageinate=true&page_no=1&page_size=100&order=id';
    assert.deepEqual(
      halo.asked.map(({ url }) => url.search),
      [`?${usual}`, `?${usual}&search=Gate`],
    );
  });

  it('may come as a bare list, or without a total, and have no names', async () => {
    for (const answer of [[{ id: 1, name: null }], { sites: [{ id: 1 }] }])
      assert.deepEqual(await readSites(open({ '/Site': answer }).client, '', {}), {
        sites: [{ id: 1, name: '', client: '' }],
        total: 1,
      });
  });
});

describe('the default site', () => {
  it('is there when Halo shows it by its number', async () => {
    const { client, halo } = open({ '/Site/18': { id: 18 } });
    await checkSite(client, 18);
    assert.equal(halo.asked.length, 1);
  });

  const ten = '5000, 5001, 5002, 5003, 5004, 5005, 5006, 5007, 5008, 5009';
  const missing: readonly (readonly [string, Readonly<Record<string, unknown>>, string])[] = [
    ['is gone', { '/Site': sitesOf(2) }, ' It shows 5000, 5001.'],
    ['is another', { '/Site/18': { id: 19 }, '/Site': sitesOf(0) }, ''],
    ['is nothing', { '/Site/18': null, '/Site': sitesOf(10) }, ` It shows ${ten}.`],
    ['is one of many', { '/Site': sitesOf(12, 40) }, ` It shows ${ten} and 30 more.`],
    ['is a slip', { '/Site': { sites: [{ id: 81 }, { id: 180 }] } }, ' Did you mean 180? It shows 81, 180.'],
    ['is hidden with all others', { '/Site': new Reply({ status: 403 }) }, ''],
    ['is gone, and the others can not be read', { '/Site': new Reply({ status: 500 }) }, ''],
  ];
  for (const [title, paths, others] of missing)
    it(`${title}: it is missing, and others are named by number`, async () => {
      await assert.rejects(checkSite(open(paths).client, 18), (error) => {
        assert.ok(error instanceof SyncError && 'place' in error);
        assert.deepEqual([error.code, error.place], ['site-missing', 'users.defaultSite']);
        const start = "Halo has no site 18, or the API application's agent may not see it.";
        assert.equal(error.message, start + others);
        return true;
      });
    });

  it('is not taken for missing in an outage, nor when its search is called off', async () => {
    const down = open({ '/Site/18': new Reply({ status: 503 }) });
    await assert.rejects(checkSite(down.client, 18), { code: 'halo-unavailable' });
    const { client, halo } = open({});
    const stop = new AbortController();
    halo.onAsked = () => stop.abort(new Error('told to stop'));
    await assert.rejects(checkSite(client, 18, { signal: stop.signal }), /told to stop/);
  });
});
