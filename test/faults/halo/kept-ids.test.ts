import assert from 'node:assert/strict';
import type { MappedPerson } from '../../../src/mapping/types.js';
import type { FaultEffect } from '../../../src/sandbox/faults.js';
import type { UserDraft } from '../../../src/sandbox/halo-store.js';
import { HaloBench, outcomes, person } from '../../unit/halo/halo-bench.js';

const POST_USERS = { method: 'POST', path: '/api/Users' } as const;

describe('whether Halo keeps SeatGeek IDs', () => {
  let bench: HaloBench;
  /** Of each write the SeatGeek IDs of its new users. */
  let arrays: string[][];

  beforeEach(async () => {
    bench = await HaloBench.start({ checksIds: true });
    // Or the list of the newest users would be read in place of details.
    bench.add({ name: 'Other', emailaddress: 'other@example.org', customFields: { CFSeatGeekID: 'other' } });
    arrays = [];
    const note = (body: string): boolean => {
      const ids = Array.from(body.matchAll(/"CFSeatGeekID","value":"([^"]*)"/g), ([, id = '']) => id);
      if (ids.length > 0) arrays.push(ids);
      return false;
    };
    const match = { ...POST_USERS, where: ({ body }: { body: string }) => note(body), after: 0 };
    bench.sandbox.faults.add({ system: 'halo', kind: 'status', status: 500, match });
  });
  afterEach(() => bench.close());

  const write = async (...ids: string[]): Promise<string[][]> => {
    arrays = [];
    const settled = await bench.run().write(ids.map((id): MappedPerson => person(id)));
    assert.deepEqual(
      outcomes(settled),
      ids.map(() => 'created'),
    );
    return arrays;
  };
  const ours = (id: string): UserDraft => ({
    name: `Name ${id}`,
    emailaddress: `${id}@example.org`,
    customFields: { CFSeatGeekID: id },
  });
  const details = (effect: FaultEffect, times = Infinity): void => {
    const match = { method: 'GET', path: '/api/Users/*', after: 0 } as const;
    bench.sandbox.faults.add({ system: 'halo', ...effect, match, times });
  };

  it('is tried with the longest of each kind, alone', async () => {
    const sent = await write('12', '1234', '123', '0123', '00', 'ab', 'abcd', 'efgh', '1a');
    assert.deepEqual(sent, [['1234'], ['0123'], ['abcd'], ['12', '123', '00', 'ab', 'efgh', '1a']]);
  });

  for (const ids of [
    ['1234', '9bcde', '0123'],
    ['0123', 'z1234'],
    ['0123', '0bcde'],
  ])
    it(`is tried with each of ${ids.join(', ')}`, async () => {
      assert.deepEqual(
        await write(...ids),
        ids.map((id) => [id]),
      );
    });

  it('is tried again for longer ones only', async () => {
    await write('abcd');
    assert.deepEqual(await write('efgh', 'ef'), [['efgh', 'ef']]);
    assert.deepEqual(await write('ij', 'ijklm', 'klmno'), [['ijklm'], ['ij', 'klmno']]);
    assert.deepEqual(await write('pqrst', 'uvwx'), [['pqrst', 'uvwx']]);
  });

  it('is known of those who have theirs, however short others are', async () => {
    for (const id of ['abcd', 'ef']) bench.add(ours(id));
    const settled = await bench
      .run()
      .write(['abcd', 'ef', 'ghij', 'kl'].map((id) => person(id, { name: `New ${id}` })));
    assert.deepEqual(outcomes(settled), ['updated', 'updated', 'created', 'created']);
    assert.deepEqual(arrays, [['ghij', 'kl']]);
  });

  for (const [title, effect] of [
    ['is not shown', { kind: 'status', status: 404 }],
    ['is refused', { kind: 'status', status: 400 }],
    ['fails', { kind: 'status', status: 500 }],
  ] as const)
    it(`is left open where the user ${title}, and tried again`, async () => {
      details(effect);
      assert.deepEqual(await write('abcd', 'efgh'), [['abcd'], ['efgh']]);
      bench.sandbox.faults.clear();
      await bench.run().write(['ijkl', 'mnop'].map((id) => person(id)));
      assert.equal(bench.sandbox.halo.requests.of('POST', '/api/Users').length, 4);
    });

  it('stops the run where reading is forbidden', async () => {
    details({ kind: 'status', status: 403 });
    await assert.rejects(bench.run().write([person('abcd')]), { code: 'halo-forbidden' });
  });

  for (const [status, outcome] of [
    [400, 'rejected'],
    [500, 'created'],
  ] as const)
    it(`is not tried with somebody answered ${status}`, async () => {
      const match = { ...POST_USERS, nth: 1 };
      bench.sandbox.faults.add({ system: 'halo', kind: 'status', status, match });
      const settled = await bench.run().write(['abcd', 'efgh'].map((id) => person(id)));
      assert.deepEqual(outcomes(settled), [outcome, 'created']);
      assert.equal(bench.sandbox.halo.requests.of('GET', '/api/Users/*').length, 0);
    });

  for (const [title, name, isTheirs] of [
    ['takes nobody away who has another name', 'Stranger', false],
    ['takes away who came out with the name and another ID', 'Name abcd', true],
  ] as const)
    it(title, async () => {
      details({
        kind: 'rewritten-json',
        rewrite: (user) => ({
          ...(user as object),
          name,
          customfields: [{ id: 211, name: 'CFSeatGeekID', value: 'abc' }],
        }),
      });
      const writing = bench.run().write([person('abcd')]);
      if (isTheirs) await assert.rejects(writing, { code: 'seatgeek-id-not-kept', message: /with another one/ });
      else assert.deepEqual(outcomes(await writing), ['created']);
      assert.equal(bench.people().length, isTheirs ? 1 : 2);
    });

  it('is told by the list where details show no custom fields', async () => {
    details({ kind: 'rewritten-json', rewrite: (user) => ({ ...(user as object), customfields: [] }) });
    assert.deepEqual(await write('abcd', 'efgh'), [['abcd'], ['efgh']]);
  });

  it('is told without its ID where none is shown', async () => {
    const bare = (row: object): object => ({ ...row, customfields: [] });
    details({ kind: 'rewritten-json', rewrite: (user) => bare(user as object) });
    const match = { method: 'GET', path: '/api/Users', after: 0 } as const;
    const rewrite = (json: unknown): unknown => {
      const { users, ...list } = json as { users: object[] };
      return { ...list, users: users.map(bare) };
    };
    bench.sandbox.faults.add({ system: 'halo', kind: 'rewritten-json', rewrite, match, times: Infinity });
    await assert.rejects(bench.run().write([person('abcd')]), {
      message: /in the field CFSeatGeekID: .* without its ID/,
    });
  });

  it('is so in any letter case', async () => {
    details({ kind: 'rewritten-text', rewrite: (text) => text.replaceAll('"abcd"', '"ABCD"') });
    assert.deepEqual(await write('abcd'), [['abcd']]);
    assert.deepEqual(await write('efgh', 'ijkl'), [['efgh', 'ijkl']]);
  });
});
