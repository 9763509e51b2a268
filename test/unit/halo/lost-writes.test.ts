import assert from 'node:assert/strict';
import { LostAnswerError } from '../../../src/halo/api/errors.js';
import { createHaloInstances, SETTLING_MS, type HaloInstance } from '../../../src/halo/instance.js';
import {
  LostCreates,
  lostUntil,
  lostUpdateSettled,
  noteLostUpdates,
  waitUntil,
} from '../../../src/halo/write/lost-creates.js';
import type { PlannedWrite } from '../../../src/halo/write/writer.js';
import { person } from './halo-bench.js';

const START = 1_800_000_000_000;
const SURELY_LISTED_MS = 15_000;
const CHANGES = { fields: [], address: null };

const looked = (): Promise<void> => Promise.resolve();

describe('writes whose answer was lost', () => {
  let now: number;
  let waits: number[];
  let onSleep: () => void;
  let instance: HaloInstance;
  let lost: LostCreates;
  const clock = {
    now: () => now,
    sleep: (ms: number) => {
      waits.push(ms);
      now += ms;
      onSleep();
      return Promise.resolve();
    },
  };

  beforeEach(() => {
    [now, waits, onSleep] = [START, [], () => undefined];
    instance = createHaloInstances(clock).open({ url: 'https://arena.halo.example' });
    lost = new LostCreates(instance, clock);
  });

  const write = (userId: number | null): PlannedWrite => {
    return { person: person(`p${userId ?? ''}`), userId, changes: CHANGES, payload: {}, reliesOn: null };
  };
  const pauses = (mayStillRun: boolean, sentAt = now): readonly number[] =>
    lost.looksAfterMs(new LostAnswerError('lost', mayStillRun), sentAt);

  it('are looked for at least three times, and until the request must be over', () => {
    assert.deepEqual(pauses(false), [1_000, 4_000, 10_000]);
    assert.deepEqual(pauses(true), [1_000, 4_000, 10_000, 15_000, 30_000, 30_000, 30_000]);
    assert.deepEqual(pauses(true, now - SETTLING_MS + 16_000), [1_000, 4_000, 10_000, 1_000]);
    for (const sinceMs of [SETTLING_MS - 15_000, SETTLING_MS, 2 * SETTLING_MS])
      assert.deepEqual(pauses(true, now - sinceMs), [1_000, 4_000, 10_000]);
  });

  it('are waited for no longer than was told, and the wait is told', async () => {
    const told: (number | null)[] = [];
    const call = { onWait: (until: number | null) => told.push(until) };
    for (const [until, most, waited] of [
      [START - 1, 10, false],
      [START, 10, false],
      [START + 7, 10, true],
      [START + 70, 10, true],
    ] as const) {
      now = START;
      assert.equal(await waitUntil(until, most, clock, call), waited);
    }
    assert.deepEqual(waits, [7, 10]);
    assert.deepEqual(told, [START + 7, null, START + 10, null]);
  });

  it('are none of creates that were all answered', async () => {
    lost.sent();
    assert.equal(lostUntil(instance), START + SETTLING_MS);
    lost.answered();
    assert.equal(lostUntil(instance), 0);
    assert.equal(await lost.settled({}, looked), false);
    assert.deepEqual(waits, []);
  });

  it('are still on their way when others were looked for', () => {
    lost.sent();
    now += SETTLING_MS - 1;
    lost.lookedFor();
    assert.equal(lostUntil(instance), START + SETTLING_MS);
    now += 1;
    lost.lookedFor();
    assert.equal(lostUntil(instance), 0);
  });

  for (const [sinceMs, mayBeUnlisted] of [
    [0, true],
    [SURELY_LISTED_MS, true],
    [SURELY_LISTED_MS + 1, false],
  ] as const)
    it(`may not be listed yet ${sinceMs} ms after they must have come to their end: ${mayBeUnlisted}`, async () => {
      lost.unseen();
      now += sinceMs;
      assert.equal(await lost.settled({}, looked), mayBeUnlisted);
      assert.deepEqual(waits, []);
      assert.equal(lostUntil(instance), mayBeUnlisted ? 0 : START);
    });

  it('are waited for to the later of both times, once', async () => {
    lost.sent();
    instance.createsNotBefore = START + 20_000;
    assert.equal(await lost.settled({}, looked), true);
    assert.deepEqual(waits, [SETTLING_MS]);
    assert.equal(lostUntil(instance), 0);
  });

  it('are kept when the look at them fails', async () => {
    instance.createsNotBefore = START;
    const look = (): Promise<void> => Promise.reject(new Error('no answer'));
    await assert.rejects(lost.settled({}, look), /no answer/);
    assert.equal(lostUntil(instance), START);
  });

  it('are kept when more were lost during the wait', async () => {
    instance.createsNotBefore = START + 20_000;
    onSleep = () => (instance.createsNotBefore = START + 30_000);
    assert.equal(await lost.settled({}, looked), true);
    assert.equal(lostUntil(instance), START + 30_000);
    now = START + 10_000;
    lost.unseen();
    assert.equal(lostUntil(instance), START + 30_000);
  });

  it('of users are waited for until the request must be over, and then forgotten', async () => {
    noteLostUpdates(instance, [write(7), write(null), write(8)], START);
    assert.deepEqual([...instance.lostUpdates.keys()], [7, 8]);
    await lostUpdateSettled(instance, 9, clock, {});
    assert.deepEqual(waits, []);
    now += 20_000;
    await lostUpdateSettled(instance, 7, clock, {});
    assert.deepEqual(waits, [SETTLING_MS - 20_000]);
    assert.deepEqual([...instance.lostUpdates.keys()], [8]);
  });

  it('of a user that was lost again during the wait are waited for anew', async () => {
    noteLostUpdates(instance, [write(7)], START);
    onSleep = () => noteLostUpdates(instance, [write(7)], now);
    await lostUpdateSettled(instance, 7, clock, {});
    assert.equal(instance.lostUpdates.get(7)?.until, START + 2 * SETTLING_MS);
  });

  it('of more than ten thousand users are forgotten from the oldest on', () => {
    noteLostUpdates(
      instance,
      Array.from({ length: 10_000 }, (_, n) => write(n + 1)),
      START,
    );
    assert.equal(instance.lostUpdates.size, 10_000);
    noteLostUpdates(instance, [write(1), write(20_000), write(20_001)], START);
    assert.equal(instance.lostUpdates.size, 10_000);
    assert.deepEqual(
      [1, 2, 3, 4, 20_001].map((id) => instance.lostUpdates.has(id)),
      [true, false, false, true, true],
    );
  });
});
