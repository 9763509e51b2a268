import assert from 'node:assert/strict';
import { TransientError } from '../../../src/errors.js';
import { createFeedClient } from '../../../src/seatgeek/feed-client.js';
import { createPageReader } from '../../../src/seatgeek/page-reader.js';
import { page, startFakeSeatGeek, type Answer, type FakeSeatGeek } from './fake-seatgeek.js';

const TOO_LARGE: Answer = { status: 413, text: '' };
const TIMEOUT: Answer = { status: 504, text: '' };

describe('the page reader', () => {
  let fake: FakeSeatGeek;
  let largest: number;

  beforeEach(async () => {
    fake = await startFakeSeatGeek();
    largest = Infinity;
    fake.feed = ({ query }) => (Number(query['limit']) > largest ? TOO_LARGE : page([]));
  });

  afterEach(() => fake.close());

  const limits = () => fake.feedRequests.map(({ query }) => Number(query['limit']));
  const reader = () => createPageReader(createFeedClient(fake));
  const at = (limit: number) => ({ cursor: 'here', limit });

  it('reads with the size asked for', async () => {
    const { limit, requests } = await reader().read(at(1_000));
    assert.deepEqual([limit, requests, limits()], [1_000, 1, [1_000]]);
  });

  it('halves the size until the page is small enough, and says which size it was', async () => {
    largest = 130;
    const { limit, requests } = await reader().read(at(1_000));
    assert.deepEqual([limit, requests, limits()], [125, 4, [1_000, 500, 250, 125]]);
  });

  it('stays at the smaller size', async () => {
    largest = 500;
    const pages = reader();
    await pages.read(at(1_000));
    assert.equal((await pages.read(at(1_000))).requests, 1);
    assert.equal((await pages.read(at(100))).limit, 100);
  });

  it('does not go below 50', async () => {
    largest = 10;
    await assert.rejects(reader().read(at(150)), { code: 'seatgeek-page-too-large' });
    assert.deepEqual(limits(), [150, 75, 50]);
  });

  it('leaves a page alone that was asked for smaller than 50', async () => {
    largest = 1;
    await assert.rejects(reader().read(at(20)), { code: 'seatgeek-page-too-large' });
    assert.deepEqual(limits(), [20]);
  });

  it('doubles the size after five easy pages, up to the size asked for', async () => {
    largest = 250;
    const pages = reader();
    await pages.read(at(1_000));
    largest = Infinity;
    const sizes: number[] = [];
    for (let count = 0; count < 10; count += 1) sizes.push((await pages.read(at(1_000))).limit);
    assert.deepEqual(sizes, [250, 250, 250, 250, 500, 500, 500, 500, 500, 1_000]);
  });

  it('shrinks on timeouts too, but gives them back to the caller after three', async () => {
    fake.feed = [TIMEOUT];
    const pages = reader();
    await assert.rejects(pages.read(at(1_000)), { code: 'seatgeek-timeout' });
    assert.deepEqual(limits(), [1_000, 500, 250]);
    fake.feed = [page([])];
    assert.equal((await pages.read(at(1_000))).limit, 125);
  });

  it('hands on other errors at once', async () => {
    fake.feed = [{ status: 500, text: '' }];
    await assert.rejects(reader().read(at(1_000)), TransientError);
    assert.deepEqual(limits(), [1_000]);
  });
});
