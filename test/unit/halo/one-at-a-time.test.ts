import assert from 'node:assert/strict';
import { inFlight } from '../../../src/halo/in-flight.js';
import { Mutex } from '../../../src/halo/mutex.js';
import { settled } from './fake-clock.js';

/** Work that ends when the test says so, and what has begun and ended. */
function work() {
  const begun: number[] = [];
  const ends = new Map<number, (error?: Error) => void>();
  const run = (item: number): Promise<string> => {
    begun.push(item);
    return new Promise((resolve, reject) => {
      ends.set(item, (error) => (error === undefined ? resolve(`done ${item}`) : reject(error)));
    });
  };
  const end = (item: number, error?: Error): Promise<void> => {
    ends.get(item)?.(error);
    return settled();
  };
  return { begun, run, end };
}

describe('work on many, some at a time', () => {
  it('begins the next when one ends, and answers in the order of the items', async () => {
    const { begun, run, end } = work();
    const all = inFlight([1, 2, 3, 4], 2, run);
    await settled();
    assert.deepEqual(begun, [1, 2]);
    await end(2);
    assert.deepEqual(begun, [1, 2, 3]);
    for (const item of [3, 4, 1]) await end(item);
    assert.deepEqual(await all, ['done 1', 'done 2', 'done 3', 'done 4']);
  });

  it('is nothing for nobody', async () => assert.deepEqual(await inFlight([], 2, work().run), []));

  it('begins nothing more after a failure, and throws the first when all under way has ended', async () => {
    const { begun, run, end } = work();
    let thrown: unknown;
    const all = inFlight([1, 2, 3, 4], 3, run).catch((error: unknown) => (thrown = error));
    await end(2, new Error('first'));
    await end(3, new Error('second'));
    assert.deepEqual([begun, thrown], [[1, 2, 3], undefined]);
    await end(1);
    await all;
    assert.deepEqual([begun, String(thrown)], [[1, 2, 3], 'Error: first']);
  });
});

describe('work one at a time', () => {
  it('goes on in the order of asking, also after a failure', async () => {
    const { begun, run, end } = work();
    const mutex = new Mutex();
    const first = mutex.run(() => run(1));
    const second = mutex.run(() => run(2));
    await settled();
    assert.deepEqual(begun, [1]);
    await Promise.all([assert.rejects(first, /no/), end(1, new Error('no'))]);
    assert.deepEqual(begun, [1, 2]);
    await end(2);
    assert.equal(await second, 'done 2');
    assert.equal(await mutex.run(() => Promise.resolve('third')), 'third');
  });

  it('is given up at once while it waits, and those behind still wait for those before', async () => {
    const { begun, run, end } = work();
    const mutex = new Mutex();
    const stop = new AbortController();
    const first = mutex.run(() => run(1));
    const second = mutex.run(() => run(2), stop.signal);
    const third = mutex.run(() => run(3), new AbortController().signal);
    await settled();
    stop.abort(new Error('paused'));
    await assert.rejects(second, /paused/);
    await assert.rejects(
      mutex.run(() => run(4), stop.signal),
      /paused/,
    );
    assert.deepEqual(begun, [1]);
    await end(1);
    assert.equal(await first, 'done 1');
    assert.deepEqual(begun, [1, 3]);
    await end(3);
    assert.equal(await third, 'done 3');
  });

  it('ends by itself once it has begun', async () => {
    const { run, end } = work();
    const mutex = new Mutex();
    const stop = new AbortController();
    const only = mutex.run(() => run(1), stop.signal);
    await settled();
    stop.abort(new Error('paused'));
    await end(1);
    assert.equal(await only, 'done 1');
  });
});
