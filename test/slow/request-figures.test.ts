/** The requests that decide everything, through the whole program: sandbox over HTTP, real Temporal, a worker process. Counts, not times. */
import assert from 'node:assert/strict';
import { haloRequestsPer1000, type Measurement } from '../../bench/measurement.js';
import { measureAgain, measureFirst, measureImages, measureOnePerRequest } from '../../bench/scenarios/imports.js';
import { measureIncremental } from '../../bench/scenarios/incremental.js';

const SIZE = { people: 10_000, changed: 20, haloUsers: 50_000 };
const MOST = {
  firstImport: 25,
  onePerRequest: 1_030,
  reImport: 12,
  /** In all; one of them is spent once on a Halo, to see whether its lists show custom fields as they are stored. */
  incremental: 5,
  fourImagesToOne: 1.02,
};

describe(`the Halo requests of ${SIZE.people} people`, function () {
  this.timeout(600_000);
  let first: Measurement;

  before(async () => {
    first = await measureFirst(SIZE.people, 'sources');
  });

  it(`are at most ${MOST.firstImport} per 1,000 on a first import where Halo takes arrays`, () => {
    assertAtMost(haloRequestsPer1000(first), MOST.firstImport);
  });

  it(`are at most ${MOST.reImport} per 1,000 when all history is read again and nothing has changed`, async () => {
    const again = await measureAgain(SIZE.people, 'sources');
    assert.equal(again.haloUsersAfter, again.haloUsersBefore);
    assertAtMost(haloRequestsPer1000(again), MOST.reImport);
  });

  it(`are at most ${MOST.onePerRequest} per 1,000 where Halo takes one user per request`, async () => {
    const alone = await measureOnePerRequest(SIZE.people, 'sources');
    assert.equal(alone.haloUsersAfter, first.haloUsersAfter);
    assertAtMost(haloRequestsPer1000(alone), MOST.onePerRequest);
  });

  it(`are at most ${MOST.incremental} in all when ${SIZE.changed} of ${SIZE.haloUsers} have changed`, async () => {
    const incremental = await measureIncremental(SIZE, 'sources');
    assertAtMost(incremental.haloRequests, MOST.incremental);
  });

  it(`are at most ${MOST.fourImagesToOne} times as many with four images of each person as with one`, async () => {
    const { one, four } = await measureImages(SIZE.people, 'sources');
    assertAtMost(four.haloRequests / one.haloRequests, MOST.fourImagesToOne);
  });
});

function assertAtMost(figure: number, most: number): void {
  assert.ok(figure <= most, `${figure.toFixed(1)}, at most ${most}`);
}
