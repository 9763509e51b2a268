import assert from 'node:assert/strict';
import type { MappedPerson } from '../../../src/mapping/types.js';
import { HALO_DIALECT } from '../../../src/sandbox/dialects.js';
import { HaloBench, outcomes, person, type BenchOptions } from './halo-bench.js';

const LINES = { line1: '1 High St', line2: '', line3: 'London', line4: 'UK', postcode: 'N1 1AA' };
const MOVED = { ...LINES, line1: '2 Low St' };
const COUNT = 30;

const people = (address = LINES, count = COUNT): MappedPerson[] =>
  Array.from({ length: count }, (_, n) => person(`p${n}`, { address }));

describe('the list of addresses', () => {
  let bench: HaloBench;
  const open = async (options: BenchOptions = {}): Promise<HaloBench> => (bench = await HaloBench.start(options));
  const details = (): number => bench.sandbox.halo.requests.of('GET', '/api/Users/*').length;
  const lists = (): number => bench.sandbox.halo.requests.of('GET', '/api/Address').length;
  const lines = (): string[] => [...bench.sandbox.halo.store.addresses.values()].map(({ line1 }) => line1);

  afterEach(() => bench.close());

  const readAlone = {
    whole: 1,
    cut: 1 + COUNT - 10,
    'without-users': COUNT,
    'without-primary': COUNT,
    refused: COUNT,
  };

  for (const addressList of HALO_DIALECT.addressList.values) {
    it(`is believed as far as it is true, and nobody's address is written without need (${addressList})`, async () => {
      await open({ halo: { addressList } });
      await bench.run().write(people());
      bench.sandbox.halo.requests.clear();
      assert.deepEqual(new Set(outcomes(await bench.run().write(people()))), new Set(['unchanged']));
      assert.deepEqual([details(), lists()], [readAlone[addressList], 1]);
    });

    it(`leads to what details would have (${addressList})`, async () => {
      for (const primaryAddress of HALO_DIALECT.primaryAddress.values) {
        await open({ halo: { addressList, primaryAddress } });
        await bench.run().write(people());
        const [byHand] = bench.people().slice(-1);
        bench.sandbox.halo.store.update(byHand?.id ?? 0, { address: { ...LINES, line1: 'by hand' } });
        const settled = outcomes(await bench.run().write([...people(MOVED, 5), ...people().slice(5)]));
        assert.deepEqual(
          settled.map((outcome, n) => (outcome === 'updated' ? n : null)).filter((n) => n !== null),
          [0, 1, 2, 3, 4, COUNT - 1],
        );
        assert.equal(lines().length, COUNT, 'no address is doubled');
        assert.equal(lines().filter((line) => line === MOVED.line1).length, 5);
        assert.equal(lines().filter((line) => line === LINES.line1).length, COUNT - 5);
        if (primaryAddress === 'persisted') await bench.close();
      }
    });
  }

  it('spares people who come again in a run of changes a write that changes nothing', async () => {
    await open();
    await bench.run().write(people());
    bench.sandbox.halo.writes.clear();
    const again = [...people(MOVED, 3), ...people().slice(3)];
    const settled = outcomes(await bench.run().write(again, { haveChanged: true }));
    assert.deepEqual([bench.sandbox.halo.writes.updated, lists()], [3, 1]);
    assert.deepEqual(settled, [...Array<string>(3).fill('updated'), ...Array<string>(COUNT - 3).fill('unchanged')]);
  });

  it('is not asked for again where it was of no use', async () => {
    await open({ halo: { addressList: 'without-users' } });
    await bench.run().write(people());
    for (let times = 0; times < 3; times++) await bench.run().write(people());
    assert.equal(lists(), 1);
  });

  it('is not read for a few people', async () => {
    await open();
    await bench.run().write(people());
    await bench.run().write(people().slice(0, 5));
    assert.equal(lists(), 0);
  });

  it('is read once in a run', async () => {
    await open();
    await bench.run().write(people());
    const run = bench.run();
    await run.write(people().slice(0, 10));
    await run.write(people().slice(10));
    assert.deepEqual([lists(), details()], [1, 2 + 1], 'two when they were written, one to check the list');
  });

  it('tells who has none, once that was seen to be true of three', async () => {
    await open();
    await bench.run().write(people(LINES, COUNT + 1));
    for (let n = 0; n < 20; n++) {
      const id = `old${n}`;
      bench.add({ name: `Name ${id}`, emailaddress: `${id}@example.org`, customFields: { CFSeatGeekID: id } });
    }
    bench.sandbox.halo.requests.clear();
    const old = Array.from({ length: 20 }, (_, n) => person(`old${n}`, { address: LINES }));
    const settled = outcomes(await bench.run().write([...people(LINES, COUNT + 1), ...old]));
    assert.deepEqual(
      [settled.filter((outcome) => outcome === 'updated').length, details()],
      [20, 1 + 3],
      'a listed one, three absent ones',
    );
    assert.equal(lines().length, COUNT + 1 + 20);
  });

  for (const addressWithoutId of HALO_DIALECT.addressWithoutId.values)
    it(`says nothing of those beyond its end (without an id: ${addressWithoutId})`, async () => {
      await open({
        halo: { addressList: 'cut', addressWithoutId },
        connection: { users: { importPrimaryAddress: true, primaryAddress: { line1: 'a', line3: 'b' } } },
      });
      const byAgent = { ...LINES, line2: 'Flat 7' };
      const ids = Array.from({ length: 22 }, (_, n) => `p${n}`);
      const isWithout = (n: number): boolean => n === 0 || n === 21;
      ids.forEach((id, n) => {
        const user = { name: `Name ${id}`, emailaddress: `${id}@example.org`, customFields: { CFSeatGeekID: id } };
        bench.add({ ...user, ...(!isWithout(n) && { address: byAgent }) });
      });
      const wanted = ids.map((id) => person(id, { address: { line1: LINES.line1, line3: LINES.line3 } }));
      assert.deepEqual(
        outcomes(await bench.run().write(wanted)),
        ids.map((_, n) => (isWithout(n) ? 'updated' : 'unchanged')),
      );
      assert.equal(lines().length, ids.length);
    });

  for (const halo of [{ primaryAddress: 'ignored' }, { addressWithoutId: 'adds' }] as const) {
    it(`is not believed of those whose address was written since (${JSON.stringify(halo)})`, async () => {
      await open({ halo });
      const at = (line1: string): MappedPerson[] => people({ ...LINES, line1 });
      await bench.run().write(at('home'));
      const run = bench.run();
      for (const line1 of ['away', 'home']) await run.write(at(line1));
      assert.deepEqual(lines(), Array(COUNT).fill('home'));
    });
  }
});
