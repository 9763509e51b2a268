import assert from 'node:assert/strict';
import { ConfigError } from '../../../src/errors.js';
import { checkSeatGeek } from '../../../src/seatgeek/setup.js';
import { page, startFakeSeatGeek, type FakeSeatGeek } from './fake-seatgeek.js';

describe('the set-up report on SeatGeek', () => {
  let fake: FakeSeatGeek;

  beforeEach(async () => {
    fake = await startFakeSeatGeek();
    const table_definition = ['id', 'email', 'first_name'].map((column) => ({ column }));
    fake.feed = [page([{ id: '1' }], { has_more: true, metadata: { table_definition } })];
  });

  afterEach(() => fake.close());

  const columns = ['id', 'email'];
  const verdicts = (lines: Awaited<ReturnType<typeof checkSeatGeek>>) => lines.map(({ check, ok }) => [check, ok]);

  it('is green when token, feed and columns are right, and reads one event', async () => {
    const lines = await checkSeatGeek({ ...fake, columns });
    assert.deepEqual(verdicts(lines), [
      ['SeatGeek token', true],
      ['SeatGeek feed', true],
      ['SeatGeek columns', true],
    ]);
    assert.deepEqual(
      fake.feedRequests.map(({ query }) => query),
      [{ limit: '1' }],
    );
    assert.equal(fake.tokenRequests.length, 1);
    assert.deepEqual(
      lines.map(({ message }) => message),
      [
        'SeatGeek accepts the client id and secret.',
        "The feed 'clients' can be read and has events.",
        'All mapped columns exist (2).',
      ],
    );
  });

  for (const [rows, has_more] of [
    [[{ id: '1' }], false],
    [[], true],
  ] as const)
    it(`knows that ${rows.length} rows, ${has_more ? 'and more' : 'and no more'}, are no empty feed`, async () => {
      fake.feed = [page(rows, { has_more })];
      const lines = await checkSeatGeek({ ...fake, columns });
      assert.equal(lines[1]?.message, "The feed 'clients' can be read and has events.");
    });

  it('names the columns that are missing and those that there are', async () => {
    const lines = await checkSeatGeek({ ...fake, columns: [...columns, 'loyalty', 'fist_name', 'loyalty'] });
    assert.deepEqual(lines[2], {
      check: 'SeatGeek columns',
      ok: false,
      message: "The feed has no column 'loyalty', 'fist_name' (did you mean first_name?).",
      hint: 'Correct the mappings. The feed has: email, first_name, id.',
    });
  });

  it('takes the columns of the first row when the feed defines none', async () => {
    fake.feed = [page([{ id: '1', _ringside_operation: 'U' }])];
    const lines = await checkSeatGeek({ ...fake, columns });
    assert.equal(lines[2]?.message, "The feed has no column 'email'.");
  });

  it('does not call columns missing when the feed is empty', async () => {
    fake.feed = [page([])];
    const lines = await checkSeatGeek({ ...fake, columns });
    assert.equal(lines[1]?.message, "The feed 'clients' can be read and is empty.");
    assert.deepEqual(lines[2]?.ok, true);
  });

  it('stops at refused credentials and says what to do', async () => {
    fake.token = [{ status: 401, body: { error_description: 'Unauthorized' } }];
    const lines = await checkSeatGeek({ ...fake, columns });
    assert.deepEqual(verdicts(lines), [
      ['SeatGeek token', false],
      ['SeatGeek feed', false],
      ['SeatGeek columns', false],
    ]);
    assert.match(lines[0]?.hint ?? '', /secret.*grant/);
    assert.deepEqual([fake.feedRequests.length, fake.tokenRequests.length], [0, 1]);
  });

  it('shows a secret that is not set as a line', async () => {
    const missing = new ConfigError('secret-missing', 'ARENA_ID is not set', 'Set it.', 'ARENA_ID');
    const lines = await checkSeatGeek({ ...fake, columns, credentials: () => Promise.reject(missing) });
    assert.deepEqual(lines[0], { check: 'SeatGeek token', ok: false, message: 'ARENA_ID is not set', hint: 'Set it.' });
  });

  it('shows a feed that is not open to the credentials', async () => {
    fake.feed = [{ status: 403, body: { message: 'Forbidden' } }];
    const lines = await checkSeatGeek({ ...fake, columns });
    assert.deepEqual(verdicts(lines), [
      ['SeatGeek token', true],
      ['SeatGeek feed', false],
      ['SeatGeek columns', false],
    ]);
  });
});
