import assert from 'node:assert/strict';
import type { SeatGeekDialect } from '../../../src/sandbox/dialects.js';
import { ask, askFeed, openSandbox, pageOf, readFeed, seatGeekToken } from './talk.js';

const SEQUENCE = /^[0-9a-f]{8}:[0-9a-f]{8}:[0-9a-f]{4}\/[0-9a-f]{8}:[0-9a-f]{8}:[0-9a-f]{4}$/;

describe('sandbox SeatGeek: feed', () => {
  it('serves all of history page by page, no row twice', async () => {
    const sandbox = await openSandbox({ people: 250 });
    const pages = await readFeed(sandbox, 100);
    const served = pages.flatMap(({ data }) => data);
    assert.deepEqual(served, [...sandbox.seatgeek.feed.rows()]);
    assert.deepEqual(
      pages.map(({ data }) => data.length),
      [100, 100, sandbox.seatgeek.feed.length - 200],
    );
  });

  it('serves the same rows for the same seed and others for another', async () => {
    const [one, same, other] = await Promise.all([1, 1, 2].map((seed) => openSandbox({ seed })));
    const first = pageOf(await askFeed(one!)).data;
    assert.deepEqual(pageOf(await askFeed(same!)).data, first);
    assert.notDeepEqual(pageOf(await askFeed(other!)).data, first);
  });

  it('begins with a snapshot in key order under one sequence', async () => {
    const { data } = pageOf(await askFeed(await openSandbox(), 'limit=30'));
    const ids = data.map((row) => String(row['id']));
    assert.deepEqual(ids, [...ids].sort());
    assert.equal(new Set(data.map((row) => row['_ringside_sequence'])).size, 1);
    assert.match(String(data[0]?.['_ringside_sequence']), SEQUENCE);
  });

  it('gives later changes ascending sequences', async () => {
    const sandbox = await openSandbox();
    sandbox.addLiveChanges(20);
    const sequences = [...sandbox.seatgeek.feed.rows()].slice(-20).map((row) => String(row['_ringside_sequence']));
    assert.deepEqual(sequences, [...new Set(sequences)].sort());
  });

  it('serves 5,000 rows when no limit is asked for', async () => {
    const sandbox = await openSandbox({ people: 5_100 });
    assert.equal(pageOf(await askFeed(sandbox)).data.length, 5_000);
  });

  it('names its columns with their types', async () => {
    const { data, metadata } = pageOf(await askFeed(await openSandbox()));
    const columns = metadata.table_definition!.map(({ column }) => column);
    assert.deepEqual(
      Object.keys(data[0]!)
        .filter((column) => !column.startsWith('_ringside_'))
        .sort(),
      [...columns].sort(),
    );
  });

  it('serves what happened since the last cursor, and the cursor again when nothing has', async () => {
    const sandbox = await openSandbox();
    const { cursor } = pageOf(await askFeed(sandbox));
    const query = `cursor=${encodeURIComponent(cursor!)}`;
    const nothing = pageOf(await askFeed(sandbox, query));
    assert.deepEqual([nothing.data.length, nothing.has_more, nothing.cursor], [0, false, cursor]);
    sandbox.seatgeek.feed.change(3, { city: 'Nowhere' });
    const [row, ...more] = pageOf(await askFeed(sandbox, query)).data;
    assert.equal(row?.['city'], 'Nowhere');
    assert.equal(more.length, 0);
  });

  it('refuses a cursor of another entity', async () => {
    const sandbox = await openSandbox();
    const headers = { authorization: `Bearer ${await seatGeekToken(sandbox)}` };
    const { cursor } = pageOf(await ask(`${sandbox.seatgeek.apiUrl}/payments`, { headers }));
    const told = await askFeed(sandbox, `cursor=${encodeURIComponent(cursor!)}`);
    assert.deepEqual([told.status, JSON.parse(told.text)], [400, { message: 'Invalid cursor' }]);
  });

  for (const limit of ['0', '-1', 'x', '1.5']) {
    it(`refuses limit ${limit}`, async () =>
      assert.equal((await askFeed(await openSandbox(), `limit=${limit}`)).status, 400));
  }

  it('knows no users entity', async () => {
    const sandbox = await openSandbox();
    assert.equal((await ask(`${sandbox.seatgeek.apiUrl}/users`)).status, 404);
  });
});

describe('sandbox SeatGeek: what is not known, by dialect', () => {
  const ends: [Partial<SeatGeekDialect>, unknown][] = [
    [{ endCursor: 'null' }, null],
    [{ endCursor: 'absent' }, undefined],
  ];
  for (const [seatgeek, due] of ends) {
    it(`ends with the cursor ${seatgeek.endCursor}`, async () => {
      const sandbox = await openSandbox({ seatgeek });
      const { cursor } = pageOf(await askFeed(sandbox));
      assert.equal(pageOf(await askFeed(sandbox, `cursor=${encodeURIComponent(cursor!)}`)).cursor, due);
    });
  }

  for (const expiredCursor of [410, 409, 400, 404] as const) {
    it(`answers an expired cursor with ${expiredCursor}, and a fresh start works`, async () => {
      const sandbox = await openSandbox({ seatgeek: { expiredCursor } });
      const { cursor } = pageOf(await askFeed(sandbox, 'limit=10'));
      sandbox.seatgeek.feed.expireCursors();
      const told = await askFeed(sandbox, `cursor=${encodeURIComponent(cursor!)}`);
      assert.equal(told.status, expiredCursor);
      assert.match(told.text, /cursor/i);
      assert.ok((await readFeed(sandbox, 10)).length > 1);
    });
  }

  it('serves each person once when the log is compacted', async () => {
    const sandbox = await openSandbox({ people: 200, images: 3, seatgeek: { log: 'compacted' } });
    const read = async (): Promise<unknown[]> =>
      (await readFeed(sandbox, 50)).flatMap(({ data }) => data.map((row) => row['id']));
    const ids = (await read()).filter((id) => id !== null);
    assert.equal(new Set(ids).size, ids.length);
    sandbox.addLiveChanges(30);
    const after = (await read()).filter((id) => id !== null);
    assert.equal(new Set(after).size, after.length);
  });

  it('serves only the key of a deleted row', async () => {
    const sandbox = await openSandbox({ seatgeek: { deletedRow: 'key' } });
    sandbox.seatgeek.feed.remove(4);
    const row = [...sandbox.seatgeek.feed.rows()].at(-1)!;
    assert.deepEqual(Object.keys(row).sort(), ['_ringside_operation', '_ringside_sequence', 'id']);
  });

  it('serves pages without rows in mid-feed that move on', async () => {
    const sandbox = await openSandbox({ seatgeek: { emptyPageEvery: 1 } });
    const pages = await readFeed(sandbox, 10);
    assert.ok(pages.some(({ data, has_more }) => data.length === 0 && has_more));
    assert.equal(pages.flatMap(({ data }) => data).length, sandbox.seatgeek.feed.length);
  });

  it('cuts a page at the largest limit, or refuses it', async () => {
    const cut = await openSandbox({ seatgeek: { maxLimit: 1_000, aboveMaxLimit: 'cut' }, people: 1_200 });
    assert.equal(pageOf(await askFeed(cut, 'limit=1100')).data.length, 1_000);
    const strict = await openSandbox({ seatgeek: { maxLimit: 100, aboveMaxLimit: '413' } });
    assert.equal((await askFeed(strict, 'limit=101')).status, 413);
    assert.equal((await askFeed(strict, 'limit=100')).status, 200);
  });

  const shapes: [Partial<SeatGeekDialect>, (row: Record<string, unknown>) => boolean][] = [
    [{ idColumn: 'crm_id' }, (row) => typeof row['crm_id'] === 'string' && !('id' in row)],
    [{ sequence: 'absent' }, (row) => !('_ringside_sequence' in row)],
    [{ sequence: 'null' }, (row) => row['_ringside_sequence'] === null],
    [{ sequence: 'opaque' }, (row) => !SEQUENCE.test(String(row['_ringside_sequence']))],
    [{ firstOperation: 'I' }, (row) => row['_ringside_operation'] === 'I'],
    [{ firstOperation: 'absent' }, (row) => !('_ringside_operation' in row)],
    [{ quotedColumns: true }, (row) => '"culture"' in row],
  ];
  for (const [seatgeek, holds] of shapes) {
    it(`serves rows with ${JSON.stringify(seatgeek)}`, async () => {
      const { data } = pageOf(await askFeed(await openSandbox({ seatgeek }), 'limit=1'));
      assert.ok(holds(data[0]!));
    });
  }

  it('begins a page with the last rows of the one before where it repeats itself', async () => {
    const sandbox = await openSandbox({ seatgeek: { repeats: 7 } });
    const [first, second] = await readFeed(sandbox, 20);
    assert.equal(first?.data.length, 20);
    assert.deepEqual(second?.data.slice(0, 7), first.data.slice(-7));
  });

  it('gives cursors longer than Halo keeps, and another one each time when caught up', async () => {
    const sandbox = await openSandbox({ seatgeek: { cursorLength: 'long', endCursor: 'renewed' } });
    const last = (await readFeed(sandbox, 20)).at(-1)?.cursor ?? '';
    assert.ok(last.length > 600);
    const ask = async (cursor: string): Promise<string> => {
      const { data, has_more, cursor: next } = pageOf(await askFeed(sandbox, `cursor=${encodeURIComponent(cursor)}`));
      assert.deepEqual([data, has_more], [[], false]);
      return next ?? '';
    };
    const [once, twice] = [await ask(last), await ask(await ask(last))];
    assert.notEqual(once, last);
    assert.notEqual(twice, once);
  });

  it('empties all columns but the key of a deleted row where the dialect says so', async () => {
    const sandbox = await openSandbox({ seatgeek: { deletedRow: 'blank' } });
    sandbox.seatgeek.feed.remove(3);
    const row = (await readFeed(sandbox, 100)).flatMap(({ data }) => data).at(-1) ?? {};
    assert.equal(row['_ringside_operation'], 'D');
    assert.equal(row['id'], sandbox.seatgeek.feed.person(3)['id']);
    assert.deepEqual([row['email'], 'email' in row], [null, true]);
  });
});
