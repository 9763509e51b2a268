import assert from 'node:assert/strict';
import { SyncError } from '../../../src/errors.js';
import type { FaultEffect } from '../../../src/sandbox/faults.js';
import { HaloBench, outcomes, person } from '../../unit/halo/halo-bench.js';

const FIELDS = ['name', 'emailaddress', 'email2'].map((to) => ({ from: 'x', to }));
const WANTED = [{ to: 'email2', value: 'x@example.org', when: 'always' as const }];
const STATUS_500 = { kind: 'status', status: 500 } as const;

describe('users whom Halo lists and does not show', () => {
  let bench: HaloBench;

  beforeEach(async () => {
    bench = await HaloBench.start({ connection: { users: { fieldMappings: FIELDS, staticMappings: [] } } });
  });
  afterEach(() => bench.close());

  /** Outcomes of people `p0`, `p1` … whose details must be read; those of `hidden` are not shown. */
  const write = async (count: number, hidden: readonly number[], effect: FaultEffect): Promise<string[]> => {
    const ids = Array.from({ length: count }, (_, n) => `p${n}`);
    const users = ids.map((id) =>
      bench.add({ name: `Name ${id}`, emailaddress: `${id}@example.org`, customFields: { CFSeatGeekID: id } }),
    );
    for (const n of hidden) {
      const match = { method: 'GET', path: `/api/Users/${users[n]}`, after: 0 } as const;
      bench.sandbox.faults.add({ system: 'halo', ...effect, times: Infinity, match });
    }
    return outcomes(await bench.run().write(ids.map((id) => person(id, { fields: WANTED }))));
  };
  const places = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, n) => from + n);
  const outcome = (count: number, hidden: readonly number[]): string[] =>
    Array.from({ length: count }, (_, n) => (hidden.includes(n) ? 'rejected' : 'updated'));

  for (const [title, count, hidden] of [
    ['three', 3, places(0, 3)],
    ['many after somebody who is shown', 16, places(4, 16)],
  ] as const)
    it(`are their own matter: ${title}`, async () => {
      assert.deepEqual(await write(count, hidden, STATUS_500), outcome(count, hidden));
    });

  it('are an outage where they are four and nobody is shown', async () => {
    await assert.rejects(write(4, places(0, 4), STATUS_500), SyncError);
  });

  it('are their own matter however many they are where Halo refuses them', async () => {
    assert.deepEqual(await write(6, places(0, 6), { kind: 'status', status: 400 }), outcome(6, places(0, 6)));
  });

  it('are an outage where no list is shown either', async () => {
    const lists = { method: 'GET', path: '/api/Users', where: () => details() > 0, after: 0 } as const;
    const details = (): number => bench.sandbox.halo.requests.of('GET', '/api/Users/*').length;
    bench.sandbox.faults.add({ system: 'halo', ...STATUS_500, match: lists });
    await assert.rejects(write(1, [0], STATUS_500), SyncError);
  });
});
