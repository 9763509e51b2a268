import assert from 'node:assert/strict';
import { habitsOf } from '../../../src/halo/habits.js';
import { HALO_DIALECT } from '../../../src/sandbox/dialects.js';
import { habitsInWords } from '../../../src/workflows/habits.js';
import type { FaultEffect, FaultMatch } from '../../../src/sandbox/faults.js';
import { HaloBench, outcomes, person, type BenchOptions } from './halo-bench.js';

const LINES = { line1: '1 High St', line2: '', line3: 'London', line4: 'UK', postcode: 'N1 1AA' };
const MOVED = { ...LINES, line1: '2 Low St' };

describe('primary addresses', () => {
  let bench: HaloBench;
  const open = async (options: BenchOptions = {}): Promise<HaloBench> => (bench = await HaloBench.start(options));
  const withAddress = (id: string, address = LINES) => person(id, { address });

  afterEach(() => bench.close());

  function addresses(): unknown[] {
    return [...bench.sandbox.halo.store.addresses.values()].map(({ line1, line3, postcode, primary }) => [
      line1,
      line3,
      postcode,
      primary,
    ]);
  }

  for (const primaryAddress of HALO_DIALECT.primaryAddress.values) {
    for (const addressOfUser of HALO_DIALECT.addressOfUser.values) {
      const isKept = primaryAddress === 'persisted' || addressOfUser !== 'refused';

      it(`${isKept ? 'are kept' : 'never cost the person'} (with the user ${primaryAddress}, apart ${addressOfUser})`, async () => {
        await open({ halo: { primaryAddress, addressOfUser } });
        const people = ['a', 'b', 'c', 'd', 'e'].map((id) => withAddress(id));
        assert.deepEqual(new Set(outcomes(await bench.run().write(people))), new Set(['created']));
        assert.equal(bench.people().length, 5);
        assert.deepEqual(addresses(), isKept ? Array(5).fill(['1 High St', 'London', 'N1 1AA', true]) : []);
      });

      if (!isKept)
        it('are told to be refused where no address comes to be there', async () => {
          await open({ halo: { primaryAddress, addressOfUser } });
          await bench.run().write(['a', 'b', 'c'].map((id) => withAddress(id)));
          assert.match(habitsInWords(habitsOf(bench.instance)).join('; '), /it refuses addresses/);
        });

      if (!isKept) continue;

      it(`are changed, not doubled (with the user ${primaryAddress}, apart ${addressOfUser})`, async () => {
        await open({ halo: { primaryAddress, addressOfUser } });
        await bench.run().write([withAddress('a'), withAddress('b')]);
        const run = bench.run();
        const settled = await run.write([withAddress('a', MOVED), withAddress('b')]);
        assert.deepEqual(outcomes(settled), ['updated', 'unchanged']);
        assert.deepEqual(addresses(), [
          ['2 Low St', 'London', 'N1 1AA', true],
          ['1 High St', 'London', 'N1 1AA', true],
        ]);
        assert.deepEqual(outcomes(await run.write([withAddress('a', MOVED)])), ['unchanged']);
      });
    }
  }

  for (const halo of [
    { addressWithoutId: 'adds' },
    { addressWithoutId: 'replaces' },
    { primaryAddress: 'ignored' },
  ] as const) {
    it(`are not doubled when somebody moves twice in one run (${JSON.stringify(halo)})`, async () => {
      await open({ halo });
      const run = bench.run();
      for (const line1 of ['1 High St', '2 Low St', '3 Mid St']) {
        await run.write(['a', 'b'].map((id) => withAddress(id, { ...LINES, line1 })));
      }
      assert.deepEqual(addresses(), Array(2).fill(['3 Mid St', 'London', 'N1 1AA', true]));
    });
  }

  for (const answerOfMany of HALO_DIALECT.answerOfMany.values) {
    it(`are not doubled when an array of changes is sent once more (${answerOfMany})`, async () => {
      await open({ halo: { addressWithoutId: 'adds', answerOfMany } });
      await bench.run().write([withAddress('first')]);
      const ids = ['a', 'b', 'c', 'd'];
      for (const id of ids) bench.add({ name: id, emailaddress: `${id}@example.org` });
      await bench.run().write(ids.map((id) => withAddress(id)));
      assert.equal(addresses().length, 1 + ids.length);
    });
  }

  for (const kind of ['reset-after-commit', 'truncated-json'] as const) {
    it(`are not doubled when the answer to a change is lost (${kind})`, async () => {
      await open({ halo: { addressWithoutId: 'adds' } });
      await bench.run().write([withAddress('first')]);
      bench.add({ name: 'a', emailaddress: 'a@example.org' });
      const lost = bench.sandbox.faults.add({ system: 'halo', kind, match: { method: 'POST', path: '/api/Users' } });
      await bench.run().write([withAddress('a')]);
      assert.deepEqual([lost.hits, addresses().length], [1, 2]);
    });
  }

  const hidden: readonly (readonly [string, FaultEffect])[] = [
    ['is refused', { kind: 'status', status: 400 }],
    ['is refused by a page', { kind: 'html', status: 403 }],
    ['is empty', { kind: 'rewritten-json', rewrite: () => ({ record_count: 0, addresses: [] }) }],
    [
      'names no user',
      {
        kind: 'rewritten-json',
        rewrite: (json) => {
          const list = json as { readonly addresses: readonly object[] };
          return { ...list, addresses: list.addresses.map((address) => ({ ...address, user_id: 0 })) };
        },
      },
    ],
  ];

  for (const [title, effect] of hidden)
    it(`kept apart are not doubled where the list of a user's addresses ${title}`, async () => {
      await open({ halo: { primaryAddress: 'ignored' } });
      const match: FaultMatch = { method: 'GET', path: '/api/Address', after: 0 };
      bench.sandbox.faults.add({ system: 'halo', match, times: Infinity, ...effect });
      const people = ['a', 'b', 'c'].map((id) => withAddress(id));
      for (let turn = 0; turn < 3; turn += 1) {
        await bench.run().write(people);
        assert.deepEqual(addresses(), Array(3).fill(['1 High St', 'London', 'N1 1AA', true]));
      }
    });

  for (const [title, effect] of [
    ['is refused', { kind: 'status', status: 400 }],
    ['is a page of a firewall', { kind: 'html', status: 403 }],
    ['is still empty', { kind: 'rewritten-json', rewrite: () => ({ record_count: 0, addresses: [] }) }],
  ] as const)
    it(`kept apart are changed in later runs though the first list of them ${title}`, async () => {
      await open({ halo: { primaryAddress: 'ignored' } });
      bench.sandbox.faults.add({ system: 'halo', match: { method: 'GET', path: '/api/Address' }, ...effect });
      const ids = ['a', 'b', 'c'];
      await bench.run().write(ids.map((id) => withAddress(id)));
      for (let turn = 0; turn < 2; turn += 1) await bench.run().write(ids.map((id) => withAddress(id, MOVED)));
      assert.deepEqual(addresses(), Array(3).fill(['2 Low St', 'London', 'N1 1AA', true]));
    });

  it('kept apart are changed though the list of one user is refused once', async () => {
    await open({ halo: { primaryAddress: 'ignored' } });
    const ids = ['a', 'b', 'c'];
    await bench.run().write(ids.map((id) => withAddress(id)));
    const match: FaultMatch = { method: 'GET', path: '/api/Address' };
    bench.sandbox.faults.add({ system: 'halo', kind: 'status', status: 400, match });
    const moved = ids.map((id) => withAddress(id, MOVED));
    await bench.run().write(moved);
    assert.equal(addresses().length, 3);
    await bench.run().write(moved);
    assert.deepEqual(addresses(), Array(3).fill(['2 Low St', 'London', 'N1 1AA', true]));
  });

  it('are not taken to be replaced because the try got no answer', async () => {
    await open({ halo: { addressWithoutId: 'adds' } });
    bench.sandbox.faults.add({
      system: 'halo',
      kind: 'reset-before',
      match: { method: 'POST', path: '/api/Users', nth: 2 },
    });
    await bench.run().write([withAddress('a')]);
    assert.notEqual(bench.instance.addresses.withoutId, 'replaces');
  });

  const reads = (): number => bench.sandbox.halo.requests.of('GET', '/api/Users/*').length;

  it('are read back once, and once more to see what one without an id does', async () => {
    await open();
    await bench.run().write(['a', 'b', 'c'].map((id) => withAddress(id)));
    await bench.run().write(['d', 'e'].map((id) => withAddress(id)));
    assert.equal(reads(), 2);
  });

  for (const addressWithoutId of HALO_DIALECT.addressWithoutId.values) {
    it(`of people who change otherwise are sent without a look where that is safe (without an id: ${addressWithoutId})`, async () => {
      await open({ halo: { addressWithoutId } });
      const ids = ['a', 'b', 'c', 'd'];
      await bench.run().write(ids.map((id) => withAddress(id)));
      const before = reads();
      const moved = ids.map((id) => person(id, { name: 'New', address: MOVED }));
      assert.deepEqual(outcomes(await bench.run().write(moved)), Array(4).fill('updated'));
      assert.deepEqual(addresses(), Array(4).fill(['2 Low St', 'London', 'N1 1AA', true]));
      const checks = 1;
      assert.equal(
        reads() - before,
        checks + (addressWithoutId === 'replaces' ? 0 : 4),
        'the first array of updates is checked',
      );
    });
  }

  it('of people who have changed in SeatGeek go along in the array, unseen', async () => {
    await open();
    const ids = ['a', 'b', 'c', 'd'];
    await bench.run().write(ids.map((id) => withAddress(id)));
    const before = reads();
    const run = bench.run();
    const settled = await run.write(
      ids.map((id) => withAddress(id, MOVED)),
      { haveChanged: true },
    );
    assert.deepEqual(outcomes(settled), Array(4).fill('updated'));
    assert.deepEqual(addresses(), Array(4).fill(['2 Low St', 'London', 'N1 1AA', true]));
    assert.equal(reads() - before, 0);
  });

  it('that did not change cost no write when nothing else did', async () => {
    await open();
    await bench.run().write(['a', 'b'].map((id) => withAddress(id)));
    const before = bench.sandbox.halo.requests.of('POST', '/api/Users').length;
    assert.deepEqual(outcomes(await bench.run().write(['a', 'b'].map((id) => withAddress(id)))), [
      'unchanged',
      'unchanged',
    ]);
    assert.equal(bench.sandbox.halo.requests.of('POST', '/api/Users').length, before);
  });
});
