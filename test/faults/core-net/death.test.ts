/** A process that ends before or after any request to Halo, or while Halo is still at work on one: nobody is doubled, nobody lost. */
import assert from 'node:assert/strict';
import { createHaloInstances, SETTLING_MS } from '../../../src/halo/instance.js';
import { createHaloRun } from '../../../src/halo/run.js';
import type { Http } from '../../../src/http/http.js';
import type { MappedPerson } from '../../../src/mapping/types.js';
import { isNew, sends } from '../../../src/sandbox/asked.js';
import type { HaloDialect } from '../../../src/sandbox/dialects.js';
import { HaloBench, person } from '../../unit/halo/halo-bench.js';

const PEOPLE: readonly MappedPerson[] = Array.from({ length: 18 }, (_, n) => person(`p${n}`));
/** In Halo before, without a SeatGeek ID. */
const MATCHED = [1, 6];
const WRITE_BATCH = 4;
/** A play ends by itself long before. */
const MOST_REQUESTS = 60;

type Moment = 'before' | 'after' | 'while Halo is at work on';

class Death extends Error {}

interface Mortal {
  readonly http: Http;
  readonly isDead: () => boolean;
}

/** Ends with the nth request to the API; nothing is sent after it. */
function mortal(inner: Http, nth: number, moment: Moment): Mortal {
  let seen = 0;
  let isDead = false;
  const request: Http['request'] = async (asked) => {
    if (isDead) throw new Death();
    if (!asked.url.pathname.startsWith('/api/')) return inner.request(asked);
    seen += 1;
    if (seen < nth) return inner.request(asked);
    isDead = true;
    // Halo does later what it was sent, and nobody is there to hear of it.
    if (moment !== 'before') await inner.request(asked).catch(() => undefined);
    throw new Death();
  };
  return { http: { request, close: () => Promise.resolve() }, isDead: () => isDead };
}

interface Play {
  readonly nth: number;
  readonly moment: Moment;
  readonly halo: Partial<HaloDialect>;
  readonly somebodyElse: boolean;
}

/** Answers whether the process died at all. */
async function play({ nth, moment, halo, somebodyElse }: Play): Promise<boolean> {
  const bench = await HaloBench.start({ halo, timeoutMs: 2_000, connection: { halo: { writeBatch: WRITE_BATCH } } });
  try {
    for (const n of MATCHED) bench.add({ name: 'By hand', emailaddress: `p${n}@example.org` });
    if (somebodyElse) createMeanwhile(bench);
    if (moment === 'while Halo is at work on')
      bench.sandbox.faults.add({
        system: 'halo',
        kind: 'late-commit',
        status: 'cut',
        afterMs: 60,
        match: { method: 'POST', path: '/api/Users', where: sends(isNew), after: 0 },
        times: 1,
      });
    const first = mortal(bench.http, nth, moment);
    const isDone = await write(bench, first.http, 0);
    if (!isDone) assert.ok(await write(bench, bench.http, bench.clock.now() + SETTLING_MS));
    assertRight(bench);
    return !isDone;
  } finally {
    await bench.close();
  }
}

/** A process of its own: it knows nothing of another but what the connection carries. */
async function write(bench: HaloBench, http: Http, createsNotBefore: number): Promise<boolean> {
  const { connection, clock, sandbox } = bench;
  const instance = createHaloInstances(clock).open(connection.halo);
  const client = bench.clientOf(connection, sandbox.halo.clientSecret, http);
  const run = createHaloRun({ client, connection, instance });
  try {
    instance.createsNotBefore = createsNotBefore;
    await run.write(PEOPLE);
    return true;
  } catch (error) {
    if (error instanceof Death) return false;
    throw error;
  }
}

/** Somebody in Halo creates users all the while, some of them people of the feed who are not there yet. */
function createMeanwhile({ sandbox }: HaloBench): void {
  let others = 0;
  sandbox.faults.add({
    system: 'halo',
    kind: 'meanwhile',
    match: { method: 'GET', path: '/api/Users', after: 0 },
    before: () => {
      const { store } = sandbox.halo;
      store.create({ name: 'Somebody', emailaddress: `else${(others += 1)}@example.org` });
      const email = `p${3 * others}@example.org`;
      if (others <= 4 && store.withEmail(email).size === 0) store.create({ name: 'By hand', emailaddress: email });
    },
  });
}

function assertRight(bench: HaloBench): void {
  const people = bench.people();
  for (const { seatgeekId, matchEmail } of PEOPLE) {
    assert.equal(people.filter((user) => user.seatgeekId === seatgeekId).length, 1, `${seatgeekId} by ID`);
    assert.equal(people.filter(({ email }) => email === matchEmail).length, 1, `${seatgeekId} by e-mail`);
  }
}

describe('a process that ends', function () {
  this.timeout(120_000);

  const moments: readonly Moment[] = ['before', 'after', 'while Halo is at work on'];
  const shapes: readonly Partial<HaloDialect>[] = [{}, { answerOfMany: 'object' }, { answerNames: 'nobody' }];
  for (const moment of moments) {
    for (const halo of shapes) {
      for (const somebodyElse of [false, true]) {
        const shape = halo.answerNames ?? halo.answerOfMany ?? 'list';
        const title = `${shape}${somebodyElse ? ', somebody else creates users' : ''}`;

        it(`${moment} any request doubles nobody and loses nobody (${title})`, async () => {
          let nth = 1;
          while (await play({ nth, moment, halo, somebodyElse })) nth += 1;
          assert.ok(nth > 8 && nth < MOST_REQUESTS, `${nth} requests`);
        });
      }
    }
  }
});
