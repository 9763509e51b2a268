import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { CredentialsRefusedError, DriftError, TransientError } from '../../../src/errors.js';
import type { PersonOutcome } from '../../../src/halo/types.js';
import { HaloBench, outcomes, person, type BenchOptions } from '../../unit/halo/halo-bench.js';

const USERS = { path: '/api/Users' } as const;

describe('a Halo that has a bad day', () => {
  let bench: HaloBench;
  const open = async (options: BenchOptions = {}): Promise<HaloBench> => (bench = await HaloBench.start(options));

  afterEach(() => bench.close());

  it('is read again after a short failure', async () => {
    await open({ timeoutMs: 400 });
    for (const kind of ['reset-before', 'timeout', 'truncated-json'] as const) {
      const fault = bench.sandbox.faults.add({ system: 'halo', kind, match: { method: 'GET', ...USERS } });
      assert.deepEqual(outcomes(await bench.run().write([person(kind)])), ['created']);
      assert.equal(fault.hits, 1);
    }
  });

  it('stops the run with a transient error while it is down', async () => {
    await open();
    bench.sandbox.faults.add({ system: 'halo', kind: 'status', status: 503, match: { after: 0 } });
    await assert.rejects(
      bench.run().write([person('a')]),
      (error) => error instanceof TransientError && error.code === 'halo-unavailable',
    );
  });

  it('is waited for when it says 429, and nobody is lost', async () => {
    await open();
    bench.sandbox.faults.add({
      system: 'halo',
      kind: 'retry-after',
      seconds: 1,
      form: 'seconds',
      match: { method: 'POST', ...USERS },
    });
    const waits: (number | null)[] = [];
    const settled = await bench
      .run()
      .write([person('a')], { onProgress: ({ waitingUntil }) => waits.push(waitingUntil) });
    assert.deepEqual(outcomes(settled), ['created']);
    assert.equal(bench.people().length, 1);
    assert.ok(
      waits.some((until) => until !== null),
      'the wait was reported',
    );
    assert.equal(waits.at(-1), null);
  });

  it('gets one new token on 401, and only one', async () => {
    await open();
    bench.sandbox.faults.add({ system: 'halo', kind: 'token-401', match: { method: 'POST', ...USERS } });
    assert.deepEqual(outcomes(await bench.run().write([person('a')])), ['created']);
    assert.equal(bench.sandbox.halo.tokenRequests.count, 2);
    bench.sandbox.faults.add({ system: 'halo', kind: 'status', status: 401, match: { after: 0 } });
    await assert.rejects(bench.run().write([person('b')]), { code: 'halo-unauthorized' });
    assert.equal(bench.sandbox.halo.tokenRequests.count, 3);
  });

  it('refuses wrong credentials with the setting named', async () => {
    for (const wrongSecret of [400, 401] as const) {
      await open({ halo: { wrongSecret } });
      const client = bench.clientOf(bench.connection, 'wrong');
      await assert.rejects(client.authenticate(), (error) => {
        assert.ok(error instanceof CredentialsRefusedError);
        assert.equal(error.code, 'halo-credentials-refused');
        assert.match(error.setting, /^halo\.client/);
        assert.doesNotMatch(JSON.stringify([error.message, error.hint]), /wrong/);
        return true;
      });
      if (wrongSecret === 400) await bench.close();
    }
  });

  it('says which rights are missing on 403', async () => {
    await open({ halo: { rights: 'read-only' } });
    await assert.rejects(bench.run().write([person('a')]), { code: 'halo-forbidden', setting: 'halo.clientId' });
  });

  it('stops when something else than Halo answers', async () => {
    await open();
    bench.sandbox.faults.add({
      system: 'halo',
      kind: 'html',
      status: 200,
      match: { method: 'GET', ...USERS, after: 0 },
    });
    await assert.rejects(bench.run().write([person('a')]), DriftError);
  });

  for (const status of [400, 404, 405, 406])
    it(`stops when something else than Halo answers every write with a page and ${status}`, async () => {
      await open();
      bench.add({ name: 'n', emailaddress: 'n@example.org', customFields: { CFSeatGeekID: 'n' } });
      const match = { ...USERS, method: 'POST', after: 0 } as const;
      bench.sandbox.faults.add({ system: 'halo', kind: 'html', status, match });
      const people = Array.from({ length: 30 }, (_, n) => person(`p${n}`));
      await assert.rejects(bench.run().write(people), { code: 'halo-forbidden' });
      assert.ok(bench.sandbox.halo.requests.of('POST', '/api/Users').length < 30);
    });

  it('rejects the one person it refuses, without quoting them', async () => {
    await open({ halo: { duplicateEmail: 'refused' } });
    bench.add({ name: 'Ada', emailaddress: 'ada@example.org', customFields: { CFSeatGeekID: 'other' } });
    bench.add({ name: 'n', emailaddress: 'old@example.org', customFields: { CFSeatGeekID: 'a' } });
    const [refused, fine] = await bench.run().write([person('a', { email: 'ADA@example.org' }), person('b')]);
    assert.equal(refused?.rejection?.code, 'halo-refused');
    assert.match(refused.rejection.message, /A user with the email address <emailaddress> already exists/);
    assert.equal(fine?.outcome, 'created');
  });

  it('stops between requests when it is told to, and finishes what is under way', async () => {
    await open({ connection: { halo: { writeBatch: 5 } } });
    const stop = new AbortController();
    const hold = bench.sandbox.faults.add({ system: 'halo', kind: 'hold', match: { method: 'POST', ...USERS } });
    const people = Array.from({ length: 20 }, (_, n) => person(`p${n}`));
    const writing = bench.run().write(people, { signal: stop.signal });
    await hold.struck();
    stop.abort(new Error('told to stop'));
    hold.release();
    await assert.rejects(writing, /told to stop/);
    assert.equal(bench.people().length, 5);
    assert.equal(bench.sandbox.halo.requests.of('POST', '/api/Users').length, 1);
  });
});

describe('two runs into one Halo at once', () => {
  it('create each e-mail address once', async () => {
    const bench = await HaloBench.start({ halo: { duplicateEmail: 'allowed' } });
    try {
      const people = (prefix: string) =>
        Array.from({ length: 30 }, (_, n) => person(`${prefix}-${n}`, { email: `p${n}@example.org` }));
      const settled = await Promise.all([
        bench.run(bench.connect('arena')).write(people('a')),
        bench.run(bench.connect('stadium')).write(people('b')),
      ]);
      const counts = settled.flat().map(({ outcome, rejection }) => rejection?.code ?? outcome);
      assert.equal(counts.filter((outcome) => outcome === 'created').length, 30);
      assert.equal(counts.filter((outcome) => outcome === 'email-taken').length, 30);
      assert.equal(new Set(bench.people().map(({ email }) => email)).size, 30);
      assert.equal(bench.people().length, 30);
    } finally {
      await bench.close();
    }
  });

  it('can be given up while one waits for the other to create, which goes on, as do those behind', async () => {
    const bench = await HaloBench.start();
    try {
      const { creating } = bench.instance;
      const run = creating.run.bind(creating);
      const queue = new EventEmitter();
      creating.run = (work, signal) => {
        queue.emit('asked');
        return run(work, signal);
      };
      const writes = async (
        name: string,
        signal?: AbortSignal,
      ): Promise<{ written: Promise<readonly PersonOutcome[]> }> => {
        const isAsked = once(queue, 'asked');
        const written = bench.run(bench.connect(name)).write([person(name)], { signal });
        await isAsked;
        return { written };
      };
      const hold = bench.sandbox.faults.add({ system: 'halo', kind: 'hold', match: { method: 'POST', ...USERS } });
      const stop = new AbortController();
      const first = await writes('arena');
      await hold.struck();
      const second = await writes('stadium', stop.signal);
      const third = await writes('theatre');
      stop.abort(new Error('paused'));
      await assert.rejects(second.written, /paused/);
      hold.release();
      assert.deepEqual(outcomes([...(await first.written), ...(await third.written)]), ['created', 'created']);
      assert.deepEqual(
        bench
          .people()
          .map(({ seatgeekId }) => seatgeekId)
          .sort(),
        ['arena', 'theatre'],
      );
    } finally {
      await bench.close();
    }
  });
});
