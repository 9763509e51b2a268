import assert from 'node:assert/strict';
import { SyncError } from '../../../src/errors.js';
import type { MappedPerson } from '../../../src/mapping/types.js';
import { sends, isNew } from '../../../src/sandbox/asked.js';
import type { HaloDialect } from '../../../src/sandbox/dialects.js';
import { HaloBench, outcomes, person } from '../../unit/halo/halo-bench.js';

const GET_USERS = 'GET /api/Users';
const POST_USERS = { method: 'POST', path: '/api/Users' } as const;

describe('answers to arrays are held against what is in Halo', function () {
  this.timeout(60_000);
  let bench: HaloBench;
  const people = (count: number, mark = '', from = 0): MappedPerson[] =>
    Array.from({ length: count }, (_, n) => person(`p${from + n}`, { name: `Name ${from + n}${mark}` }));
  const open = async (writeBatch: number): Promise<void> => {
    bench = await HaloBench.start({ connection: { halo: { writeBatch } } });
  };

  afterEach(() => bench.close());

  it('the first time and the hundredth', async () => {
    await open(2);
    const run = bench.run();
    const kinds = (): string[] => bench.sandbox.halo.requests.all().map(({ method, path }) => `${method} ${path}`);
    await run.write(people(2));
    for (const [arrays, looks] of [
      [98, 0],
      [1, 1],
      [1, 0],
    ] as const) {
      const before = kinds().length;
      const from = bench.people().length;
      assert.deepEqual(new Set(outcomes(await run.write(people(2 * arrays, '', from)))), new Set(['created']));
      assert.equal(
        kinds()
          .slice(before)
          .filter((kind) => kind === GET_USERS).length,
        looks,
        `after ${from} people`,
      );
    }
  });

  for (const [unreadable, isOutage] of [
    [3, false],
    [4, true],
  ] as const)
    it(`also when ${unreadable} who were changed can't be read: ${isOutage ? 'an outage' : 'by the next'}`, async () => {
      await open(10);
      await bench.run().write(people(6));
      const ids = bench.people().map(({ id }) => id);
      for (const id of ids.slice(-unreadable)) {
        const match = { method: 'GET', path: `/api/Users/${id}`, after: 0 } as const;
        bench.sandbox.faults.add({ system: 'halo', kind: 'status', status: 500, match });
      }
      const writing = bench.run().write(people(6, ' new'));
      if (isOutage) await assert.rejects(writing, SyncError);
      else assert.deepEqual(new Set(outcomes(await writing)), new Set(['updated']));
      assert.ok(bench.people().every(({ name }) => name.endsWith(' new')));
    });

  it('so that changes which were not done are found', async () => {
    await open(10);
    await bench.run().write(people(6));
    const match = { ...POST_USERS, where: sends((item) => !isNew(item)) };
    bench.sandbox.faults.add({ system: 'halo', kind: 'status', status: 200, body: [], match });
    assert.deepEqual(new Set(outcomes(await bench.run().write(people(6, ' new')))), new Set(['updated']));
    assert.ok(bench.people().every(({ name }) => name.endsWith(' new')));
  });

  /** Of two pages of new people and the same two changed: `P` an array, `l` a list, `d` a user's details, `x` the fields. */
  const COSTS: readonly (readonly [Partial<HaloDialect>, readonly string[]])[] = [
    [{}, ['dxllPllP', 'PP', 'PdP', 'PP']],
    [{ answerNames: 'nobody' }, ['dxllPllPPl', 'PlPl', 'PdPd', 'PdPd']],
    [{ answerOfMany: 'object' }, ['dxllPllPPl', 'PPl', 'PdP', 'PP']],
    [{ arrays: 'skips-bad' }, ['dxllPllP', 'PP', 'PdP', 'PP']],
    [{ arrays: 'skips-bad', answerOfMany: 'object' }, ['dxllPllPPl', 'PlPl', 'PddddPdddd', 'PddddPdddd']],
    [{ arrays: 'skips-bad', answerNames: 'nobody' }, ['dxllPllPPl', 'PlPl', 'PdddddPddddd', 'PdddddPddddd']],
    [{ arrays: 'first-only' }, ['dxllPllllPPPPPPPPP', 'PPPPPPPPPP', 'PPPdPPPPPPP', 'PPPPPPPPPP']],
    [
      { arrays: 'first-only', answerNames: 'everybody-sent' },
      ['dxllPllllddddPPPPPPPPP', 'PPPPPPPPPP', 'PPPdPPPPPPPP', 'PPPPPPPPPP'],
    ],
    [{ arrays: 'one-only' }, ['dxllPllllPllPlPPPlPPPPPPP', 'PPPPPPPPPP', 'PPPPPPPPPPP', 'PPPPPPPPPP']],
  ];

  for (const [halo, costs] of COSTS)
    it(`for no more requests than that takes: ${JSON.stringify(halo)}`, async () => {
      bench = await HaloBench.start({ halo, connection: { halo: { writeBatch: 5 } } });
      const run = bench.run();
      const made: string[] = [];
      for (const [from, mark] of [
        [0, ''],
        [10, ''],
        [0, ' new'],
        [10, ' new'],
      ] as const) {
        const before = bench.sandbox.halo.requests.count;
        const settled = await run.write(people(10, mark, from));
        assert.deepEqual(new Set(outcomes(settled)), new Set([mark === '' ? 'created' : 'updated']));
        made.push(bench.sandbox.halo.requests.all().slice(before).map(letter).join(''));
      }
      assert.deepEqual(made, costs);
      assert.deepEqual(
        bench.people().map(({ seatgeekId, name }) => `${String(seatgeekId)} ${name}`),
        people(20, ' new').map(({ seatgeekId }, n) => `${seatgeekId} Name ${n} new`),
      );
    });
});

function letter({ method, path }: { readonly method: string; readonly path: string }): string {
  if (method === 'POST') return 'P';
  if (path.endsWith('/Users')) return 'l';
  return /\d+$/.test(path) ? 'd' : 'x';
}
