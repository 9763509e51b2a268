import assert from 'node:assert/strict';
import { HaloBench, outcomes, person, type BenchOptions } from '../../unit/halo/halo-bench.js';
import { GET_USERS, stranger } from './scene.js';

const GET_DEFINITIONS = { method: 'GET', path: '/api/FieldInfo', after: 0 } as const;
const WITHOUT_CUSTOM_FIELDS = {
  users: {
    fieldMappings: [
      { from: 'n', to: 'name' },
      { from: 'e', to: 'emailaddress' },
    ],
    staticMappings: [],
  },
};
const OURS = { CFLoyaltyTier: 'Gold', CFSource: 'x', CFCustomerSince: 'y' };

describe("Halo's definitions of custom fields", function () {
  this.timeout(40_000);
  let bench: HaloBench;
  const open = async (options: BenchOptions = {}): Promise<void> => void (bench = await HaloBench.start(options));
  afterEach(() => bench.close());

  const define = (...extra: readonly object[]): void => {
    bench.sandbox.faults.add({
      ...{ system: 'halo', kind: 'rewritten-json', times: Number.POSITIVE_INFINITY, match: GET_DEFINITIONS },
      rewrite: (json: unknown) => [...(json as object[]), ...extra],
    });
  };
  const ofTickets = { id: 163, name: 'CFSeatGeekID', label: 'x', type: 0, usage: 1, custom: 1 };

  for (const checksIds of [true, false])
    for (const [halo, connection] of [
      ['an empty Halo', WITHOUT_CUSTOM_FIELDS],
      ['a Halo with users', WITHOUT_CUSTOM_FIELDS],
      ['a Halo without users, more fields mapped', {}],
    ] as const)
      it(`may have a field of tickets with the name of ours: nobody is doubled (${halo}, IDs checked: ${checksIds})`, async () => {
        await open({ checksIds, connection });
        if (halo === 'a Halo with users') bench.add({ ...stranger(1), customFields: { CFSeatGeekID: 's1' } });
        const before = bench.people().length;
        define(ofTickets);
        for (let turn = 0; turn < 3; turn += 1) {
          const settled = await bench.run().write([person('p1', { email: null }), person('p2', { email: null })]);
          const expected = turn === 0 ? 'created' : 'unchanged';
          assert.deepEqual(outcomes(settled), [expected, expected]);
        }
        assert.equal(bench.people().length, before + 2);
      });

  it('may be so many that a list asking for all of them has an address too long for a web server', async () => {
    await open();
    const extra = Array.from({ length: 350 }, (_, n) => ({ id: 10_000 + n, name: `CFExtra${n}`, type: 0, usage: 2 }));
    define(...extra);
    bench.sandbox.faults.add({
      ...{ system: 'halo', kind: 'html', status: 404 },
      match: { ...GET_USERS, where: ({ query }) => query.toString().length > 2_048, after: 0 },
    });
    assert.deepEqual(outcomes(await bench.run().write([person('p1')])), ['created']);
  });

  it('may be refused by 401 in place of 403', async () => {
    await open();
    bench.add({ ...stranger(1), customFields: { CFSeatGeekID: 's', ...OURS } });
    bench.sandbox.faults.add({ system: 'halo', kind: 'status', status: 401, match: GET_DEFINITIONS });
    assert.deepEqual(outcomes(await bench.run().write([person('p1')])), ['created']);
  });

  for (const status of [404, 500])
    it(`may not be readable while one of the newest users is answered ${status}`, async () => {
      await open({ halo: { rights: 'no-field-info' } });
      for (let n = 0; n < 5; n += 1) bench.add({ ...stranger(n), customFields: { CFSeatGeekID: `s${n}` } });
      const odd = bench.add(stranger(9));
      const match = { method: 'GET', path: `/api/Users/${odd}`, after: 0 } as const;
      bench.sandbox.faults.add({ system: 'halo', kind: 'status', status, match });
      assert.deepEqual(outcomes(await bench.run().write([person('p1')])), ['created']);
    });

  it('may not be readable while the newest users have our fields blank, and Halo leaves blank ones out', async () => {
    await open({ halo: { rights: 'no-field-info', blankCustomFields: 'left-out' } });
    bench.add({ ...stranger(1), customFields: { CFSeatGeekID: 's1', ...OURS } });
    for (let n = 0; n < 5; n += 1) bench.add(stranger(20 + n));
    assert.deepEqual(outcomes(await bench.run().write([person('p2')])), ['created']);
  });
});
