import assert from 'node:assert/strict';
import { discoverColumns } from '../../../src/seatgeek/discover.js';
import { page, startFakeSeatGeek, type FakeSeatGeek } from './fake-seatgeek.js';

describe('the columns of the feed', () => {
  let fake: FakeSeatGeek;

  beforeEach(async () => (fake = await startFakeSeatGeek()));
  afterEach(() => fake.close());

  it('come with the types of the table definition, in its order', async () => {
    const table_definition = [
      { column: 'id', postgres_type: 'uuid' },
      { column: '"email"' },
      { column: '_ringside_x' },
    ];
    fake.feed = [page([{ id: '1' }], { metadata: { table_definition } })];
    assert.deepEqual((await discoverColumns(fake)).columns, [
      { name: 'id', type: 'uuid' },
      { name: 'email', type: null },
    ]);
  });

  it("are the first row's keys where there is no definition, without a value of that row", async () => {
    fake.feed = [page([{ _ringside_operation: 'U', id: 'sg-1', email: 'ada@example.org' }])];
    const found = await discoverColumns(fake);
    assert.deepEqual(found.columns, [
      { name: 'id', type: null },
      { name: 'email', type: null },
    ]);
    assert.doesNotMatch(JSON.stringify(found), /sg-1|ada@/);
    assert.equal(fake.feedRequests.length, 1);
  });

  it('are not known when the credentials are refused', async () => {
    fake.token = [{ status: 401, body: { error_description: 'Unauthorized' } }];
    const { lines, columns } = await discoverColumns(fake);
    assert.equal(columns, null);
    assert.deepEqual(
      lines.map(({ ok }) => ok),
      [false, false],
    );
  });

  it('are few and short whatever the feed names', async () => {
    const table_definition = Array.from({ length: 900 }, (_, at) => ({ column: `${'x'.repeat(300)}${at}` }));
    fake.feed = [page([], { metadata: { table_definition } })];
    const { columns } = await discoverColumns(fake);
    assert.equal(columns?.length, 500);
    assert.ok(columns.every(({ name }) => name.length === 100));
  });
});
