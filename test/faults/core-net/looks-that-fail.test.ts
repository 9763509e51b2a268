/** A look at Halo that fails, comes late or lies between knowing and writing: nobody is doubled, undone or left out of the brake. */
import assert from 'node:assert/strict';
import { noteLostCreates } from '../../../src/halo/write/lost-creates.js';
import { type Asked, listsNewest, sends } from '../../../src/sandbox/asked.js';
import type { PlacedFault } from '../../../src/sandbox/faults.js';
import { customValue } from '../../../src/sandbox/halo-store.js';
import { hastyClock, person, type HaloBench } from '../../unit/halo/halo-bench.js';
import { meet, PEOPLE, play, SIZE, skippingClock } from './five-at-a-time.js';
import { play as playScene, GET_USERS, stranger } from './scene.js';

const tiered = (tier: string) =>
  PEOPLE.map(({ seatgeekId }) =>
    person(seatgeekId, { fields: [{ to: 'CFLoyaltyTier', value: tier, when: 'always' as const }] }),
  );

function assertEmailsOnce(bench: HaloBench): void {
  const emails = bench.people().map(({ email }) => email.toLowerCase());
  assert.deepEqual(
    emails.filter((email, at) => emails.indexOf(email) !== at),
    [],
  );
}

describe('a look at Halo between what is known and what is written', function () {
  this.timeout(60_000);

  for (const count of [1, 4])
    it(`does not create whom somebody made while Halo's limit (429) held the array back, ${count} array(s) at once`, () =>
      play({}, async (bench) => {
        const array = count === 1 ? 0 : 3;
        const people = count === 1 ? PEOPLE.slice(0, SIZE) : PEOPLE;
        const limited = meet(bench, array, { kind: 'retry-after', seconds: 1, form: 'seconds' });
        const late = PEOPLE[array * SIZE + 1]?.seatgeekId ?? '';
        const writing = bench.run().write(people);
        await limited.struck();
        bench.add({ name: 'By hand', emailaddress: `${late}@example.org` });
        await writing;
        assertEmailsOnce(bench);
      }));

  it("does not create whom somebody made while one of four arrays waited for our own share of Halo's limit", async () => {
    const clock = skippingClock();
    const halo = { writeBatch: SIZE, rateLimit: { requests: 4, perSeconds: 60 } };
    await play({ clock, connection: { halo } }, async (bench) => {
      const late = PEOPLE[6 * SIZE + 1]?.seatgeekId ?? '';
      let madeAt = Infinity;
      const makeByHand = (): void => {
        madeAt = clock.now();
        bench.add({ name: 'By hand', emailaddress: `${late}@example.org` });
      };
      const third = meet(bench, 5, { kind: 'meanwhile', after: makeByHand });
      await bench.run().write(PEOPLE.slice(0, 7 * SIZE));
      assert.equal(third.hits, 1);
      assert.ok(clock.now() - madeAt > 30_000, 'the fourth waited');
      assertEmailsOnce(bench);
    });
  });

  it("sends nothing back that was read more than 15 minutes before, Halo's limit (429) included", async () => {
    let ahead = 0;
    const clock = { ...hastyClock, now: () => Date.now() + ahead };
    await play({ clock }, async (bench) => {
      const people = tiered('Silver').slice(0, SIZE);
      const ids = people.map(({ seatgeekId }) =>
        bench.add({
          name: `Name ${seatgeekId}`,
          emailaddress: `${seatgeekId}@example.org`,
          customFields: { CFSeatGeekID: seatgeekId, CFLoyaltyTier: 'Gold', CFBadgeNumber: 'old' },
        }),
      );
      const match = { method: 'POST', path: '/api/Users', where: sends((item) => item['id'] === ids[0]) } as const;
      const fault = { system: 'halo', kind: 'retry-after', seconds: 1, form: 'seconds', match } as const;
      const limited = bench.sandbox.faults.add(fault);
      const writing = bench.run().write(people);
      await limited.struck();
      for (const id of ids) bench.sandbox.halo.store.update(id, { customFields: { CFBadgeNumber: 'new' } });
      ahead += 16 * 60_000;
      await writing;
      const badges = bench.sandbox.halo
        .users()
        .filter(({ id }) => ids.includes(id))
        .map((user) => customValue(user, 'CFBadgeNumber'));
      assert.deepEqual(new Set(badges), new Set(['new']));
    });
  });

  it('waits for a create lost elsewhere that it is told of while arrays of its own are under way', async () => {
    let bench: HaloBench | undefined;
    let made = false;
    const seatgeekId = 'x1';
    const commit = (): void => {
      if (made) return;
      made = true;
      bench?.add({ name: 'Lost', emailaddress: 'x1@example.org', customFields: { CFSeatGeekID: seatgeekId } });
    };
    const sleep = async (ms: number, signal?: AbortSignal): Promise<void> => {
      // Halo is done with the lost one while it is waited for.
      if (ms > 20_000) commit();
      await hastyClock.sleep(ms, signal);
    };
    await play({ clock: { ...hastyClock, sleep } }, async (opened) => {
      bench = opened;
      const held = meet(bench, 0, { kind: 'hold' });
      const writing = bench.run().write(PEOPLE.slice(0, SIZE));
      await held.struck();
      // As `upsertUsers` does for another connection, whose worker died.
      noteLostCreates(bench.instance, Date.now() + 60_000);
      const other = bench.run(bench.connect('other'));
      held.release();
      await writing;
      await other.write([person(seatgeekId)]);
      commit();
      assert.equal(bench.people().filter((one) => one.seatgeekId === seatgeekId).length, 1);
    });
  });

  it('does not let a lost change undo a newer one when another array of its round ended the attempt', async () => {
    const stop = new AbortController();
    const late: PlacedFault[] = [];
    let isSecond = false;
    const sleep = async (ms: number, signal?: AbortSignal): Promise<void> => {
      if (isSecond && ms > 30_000) {
        for (const fault of late) fault.release();
        await Promise.all(late.map((fault) => fault.settled()));
      }
      if (!isSecond && ms >= 9_000 && late.every(({ hits }) => hits > 0) && late.length > 0)
        stop.abort(new Error('paused'));
      await hastyClock.sleep(ms, signal);
    };
    await play({ clock: { ...hastyClock, sleep } }, async (bench) => {
      await bench.run().write(tiered('Gold'));
      const ids = new Map(bench.people().map(({ seatgeekId, id }) => [String(seatgeekId), id]));
      for (const array of [3, 4]) {
        const first = ids.get(PEOPLE[array * SIZE]?.seatgeekId ?? '');
        const where = sends((item) => item['id'] === first);
        const match = { method: 'POST', path: '/api/Users', where } as const;
        late.push(bench.sandbox.faults.add({ system: 'halo', kind: 'late-commit', status: 504, match }));
      }
      await assert.rejects(bench.run().write(tiered('Silver'), { signal: stop.signal }));
      assert.deepEqual(
        late.map(({ hits }) => hits),
        [1, 1],
      );
      isSecond = true;
      const fourth = tiered('Bronze').slice(4 * SIZE, 5 * SIZE);
      await bench.run().write(fourth);
      for (const fault of late) fault.release();
      await Promise.all(late.map((fault) => fault.settled()));
      const ofFourth = bench.people().filter(({ seatgeekId }) => fourth.some((one) => one.seatgeekId === seatgeekId));
      assert.deepEqual(new Set(ofFourth.map(({ tier }) => tier)), new Set(['Bronze']));
    });
  });

  /** After the fault has struck, so many reads of the newest users fail. */
  const failLooks = (bench: HaloBench, after: PlacedFault): void => {
    const where: typeof listsNewest = (asked) => after.hits > 0 && listsNewest(asked);
    const match = { method: 'GET', path: '/api/Users', where } as const;
    bench.sandbox.faults.add({ system: 'halo', kind: 'status', status: 503, match, times: 14 });
  };

  for (const [title, people, array] of [
    ['a round', PEOPLE, 3],
    ['one array', PEOPLE.slice(0, SIZE), 0],
  ] as const)
    it(`doubles nobody of ${title} when a read failed before all of it was looked at (lists lag)`, () => {
      const clock = skippingClock();
      return play({ clock, now: () => clock.now(), halo: { listLag: 10 } }, async (bench) => {
        failLooks(bench, meet(bench, array, { kind: 'rewritten-json', rewrite: () => ({}) }));
        if (array > 0) meet(bench, array + 2, { kind: 'truncated-json' });
        const run = bench.run();
        await assert.rejects(run.write(people));
        await run.write(people, { othersMayHaveWritten: true });
        assertEmailsOnce(bench);
      });
    });

  it('doubles nobody of an array where the next look fails as well (lists lag)', () =>
    playScene({ halo: { listLag: 10, answerNames: 'nobody' } }, [stranger(1)], async (scene) => {
      scene.addMany(11);
      let arrays = 0;
      let lists = 0;
      const isLook = (asked: Asked): boolean => {
        if (asked.method === 'POST') arrays += 1;
        else if (arrays === 2 && listsNewest(asked)) lists += 1;
        return listsNewest(asked) && (lists === 1 || lists === 3);
      };
      scene.fault({
        system: 'halo',
        kind: 'rewritten-json',
        times: Infinity,
        match: { path: '/api/Users', where: isLook },
        rewrite: () => ({ users: [], record_count: 0 }),
      });
      await scene.sync();
      assert.ok(lists >= 3);
      scene.assertNobodyDoubled();
    }));

  for (const where of ['only page', 'first of three pages', 'control: nothing fails'] as const)
    it(`holds a run whose reading of Halo failed once while it was counted (${where})`, () =>
      playScene({ connection: { seatgeek: { pageSize: where === 'only page' ? 1_000 : 100 } } }, [], async (scene) => {
        scene.addMany(300);
        const { pipeline } = scene;
        pipeline.state = { ...pipeline.state, past: 10 };
        if (where !== 'control: nothing fails')
          scene.fault({ system: 'halo', kind: 'status', status: 503, match: GET_USERS, times: 14 });
        assert.equal(await scene.run(), 'failed');
        assert.equal(pipeline.state.lastError?.code, 'brake-held');
        assert.match(pipeline.state.lastError.message, /create 300 people/);
        assert.equal(scene.requests.of('POST', '/api/Users').length, 0);
      }));
});
