import assert from 'node:assert/strict';
import { createFence, fenceSignal, type Fence } from '../../../src/activities/fence.js';
import type { Http, HttpRequest, HttpResponse } from '../../../src/http/http.js';

const OK: HttpResponse = { status: 200, contentType: '', text: '', retryAfterMs: undefined };
const WRITE: HttpRequest = { method: 'POST', url: new URL('https://halo.example/api/Users'), timeoutMs: 1_000 };
const OUT_OF_TOUCH = { code: 'worker-out-of-touch' };

/** A worker whose clocks and Temporal the test moves. */
function bench() {
  let steady = 0;
  let wall = 1_000_000;
  let answers = true;
  const log: string[] = [];
  const sent: HttpRequest[] = [];
  const fence: Fence = createFence({
    ask: () => (answers ? Promise.resolve() : Promise.reject(new Error('cut'))),
    logger: { error: (text) => void log.push(text), info: (text) => void log.push(text) },
    clocks: () => [steady, wall],
  });
  const http: Http = fence.guard({
    request: (request) => {
      sent.push(request);
      return Promise.resolve(OK);
    },
    close: () => Promise.resolve(),
  });
  /** Time goes by, second by second, as a living process sees it. */
  const pass = async (seconds: number): Promise<void> => {
    for (let n = 0; n < seconds; n++) {
      steady += 1_000;
      wall += 1_000;
      fence.tick();
      await new Promise(setImmediate);
    }
  };
  return {
    fence,
    http,
    log,
    sent,
    pass,
    cut: (isCut: boolean) => (answers = !isCut),
    standStill: (ms: number) => {
      steady += ms;
      wall += ms;
    },
    /** As a laptop does: the steady clock sleeps too. */
    suspend: (ms: number) => (wall += ms),
  };
}

describe('the fence', () => {
  let b: ReturnType<typeof bench>;
  beforeEach(() => (b = bench()));
  afterEach(() => b.fence.close());

  it('lets everything through while Temporal answers, however long a step takes', async () => {
    await b.fence.attempt(async () => {
      for (let n = 0; n < 10; n++) {
        await b.pass(9);
        await b.http.request(WRITE);
      }
    });
    assert.equal(b.sent.length, 10);
    assert.deepEqual(b.log, []);
  });

  it('stops writes, not reads, ten seconds after the last word from Temporal, and says so once', async () => {
    await b.fence.attempt(async () => {
      await b.pass(2);
      b.cut(true);
      await b.pass(8);
      await b.http.request(WRITE);
      await b.pass(4);
      await assert.rejects(b.http.request(WRITE), OUT_OF_TOUCH);
      await b.http.request({ ...WRITE, method: 'GET' });
      assert.equal(fenceSignal()?.aborted, true);
    });
    assert.deepEqual(
      b.sent.map(({ method }) => method),
      ['POST', 'GET'],
    );
    assert.equal(b.log.length, 1);
    assert.match(b.log[0] ?? '', /Temporal has not answered.*writes nothing more/);
  });

  for (const how of ['standStill', 'suspend'] as const)
    it(`never lets a step write again that was there before the process stood still (${how})`, async () => {
      await b.fence.attempt(async () => {
        await b.pass(1);
        b[how](11_000);
        await assert.rejects(b.http.request(WRITE), OUT_OF_TOUCH);
        await b.pass(30);
        await assert.rejects(b.http.request(WRITE), OUT_OF_TOUCH);
      });
      assert.equal(b.sent.length, 0);
      await b.fence.attempt(() => b.http.request(WRITE));
      assert.equal(b.sent.length, 1);
    });

  it('breaks off a write that is under way', async () => {
    await b.fence.attempt(async () => {
      await b.http.request(WRITE);
      const [under] = b.sent as [HttpRequest];
      const isBrokenOff = (): boolean => under.signal?.aborted === true;
      assert.equal(isBrokenOff(), false);
      b.standStill(11_000);
      b.fence.tick();
      assert.equal(isBrokenOff(), true);
    });
  });

  it('asks the clocks once more when a connection is there', async () => {
    await b.fence.attempt(async () => {
      await b.http.request(WRITE);
      const [waiting] = b.sent as [HttpRequest];
      const maySend = (): boolean | undefined => waiting.maySend?.();
      assert.equal(maySend(), true);
      b.standStill(11_000);
      assert.equal(maySend(), false);
    });
  });

  it('takes no step until Temporal has answered again', async () => {
    b.standStill(11_000);
    await assert.rejects(
      b.fence.attempt(() => Promise.resolve()),
      OUT_OF_TOUCH,
    );
    b.cut(true);
    await b.pass(5);
    await assert.rejects(
      b.fence.attempt(() => Promise.resolve()),
      OUT_OF_TOUCH,
    );
    b.cut(false);
    await b.pass(1);
    await b.fence.attempt(() => Promise.resolve());
    assert.match(b.log.at(-1) ?? '', /in touch/);
  });

  it('does not mind silence while there is nothing to do', async () => {
    b.cut(true);
    await b.pass(60);
    await b.fence.attempt(() => b.http.request(WRITE));
    assert.equal(b.sent.length, 1);
  });
});
