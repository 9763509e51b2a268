import assert from 'node:assert/strict';
import { systemClock } from '../../../src/halo/clock.js';
import type { Asked } from '../../../src/sandbox/asked.js';
import { customValue } from '../../../src/sandbox/halo-store.js';
import { HaloBench, outcomes, person } from '../../unit/halo/halo-bench.js';
import { usersByName } from '../../matrix/by-name.js';
import { FEED, namesake, play, POST_USERS, stranger, type Columns, type Scene } from './scene.js';

const ONE_RUN = 100;
/** Sizes of pages at which the images below fall onto one page or several. */
const PAGES = [1, 2, ONE_RUN];
const NEVER_ACTIVATES = { users: { staticMappings: [{ to: 'CFSource', value: 'SeatGeek' }] } };

const remove = (scene: Scene, id: string): void => scene.add(id, { _ringside_operation: 'D' });

describe('e-mail addresses that change hands', function () {
  this.timeout(60_000);

  for (const pageSize of PAGES) {
    for (const duplicateEmail of ['allowed', 'refused'] as const) {
      const options = { halo: { duplicateEmail }, connection: { seatgeek: { pageSize } } };
      const title = `(pages of ${pageSize}, doubles ${duplicateEmail})`;

      it(`go to who takes what another gives up ${title}`, () =>
        play(options, [], async (scene) => {
          scene.addMany(4);
          await scene.sync();
          scene.add('p1', { email: 'new@example.org' });
          scene.add('p2', { email: 'p1@example.org' });
          await scene.sync();
          assert.deepEqual(scene.rejected(), []);
          assert.deepEqual(
            [scene.user('p1').emailaddress, scene.user('p2').emailaddress],
            ['new@example.org', 'p1@example.org'],
          );
          assert.equal(scene.sandbox.halo.writes.created, 4);
        }));

      it(`go to somebody new who takes what another gives up ${title}`, () =>
        play(options, [], async (scene) => {
          scene.addMany(4);
          await scene.sync();
          scene.add('p1', { email: 'new@example.org' });
          scene.add('p9', { email: 'p1@example.org' });
          await scene.sync();
          assert.deepEqual(scene.rejected(), []);
          assert.deepEqual(
            [scene.user('p1').emailaddress, scene.user('p9').emailaddress],
            ['new@example.org', 'p1@example.org'],
          );
        }));
    }

    it(`are swapped between two people (pages of ${pageSize})`, () =>
      play({ connection: { seatgeek: { pageSize } } }, [], async (scene) => {
        scene.addMany(4);
        await scene.sync();
        scene.add('p1', { email: 'p2@example.org' });
        scene.add('p2', { email: 'p1@example.org' });
        await scene.sync();
        assert.deepEqual(
          [scene.user('p1').emailaddress, scene.user('p2').emailaddress],
          ['p2@example.org', 'p1@example.org'],
        );
        assert.deepEqual(scene.rejected(), []);
        assert.equal(scene.sandbox.halo.writes.created, 4);
      }));
  }

  for (const email of ['mar\u212a@example.org', 'mark\u00ad@example.org', '\uff4dark@example.org'])
    it(`are not taken by one that only looks alike: ${JSON.stringify(email)}`, () =>
      play({}, [{ ...namesake('mark'), name: 'Mark Real', emailaddress: 'mark@example.org' }], async (scene) => {
        scene.add('other', { email });
        await scene.sync();
        const marks = scene.sandbox.halo.users().filter(({ emailaddress }) => emailaddress === 'mark@example.org');
        assert.deepEqual(
          marks.map(({ name }) => name),
          ['Mark Real'],
        );
        assert.equal(scene.user('other').emailaddress, email);
      }));

  for (const pageSize of PAGES) {
    it(`are nobody's where two people of the feed claim one user of Halo (pages of ${pageSize})`, () =>
      play({ connection: { seatgeek: { pageSize } } }, [namesake('shared')], async (scene) => {
        scene.add('p1', { email: 'shared@example.org' });
        scene.addMany(3, undefined, 10);
        scene.add('p2', { email: 'SHARED@example.org' });
        await scene.sync();
        assert.deepEqual(scene.rejected(), ['p1', 'p2']);
        const [user] = scene.sandbox.halo.users().filter(({ name }) => name === 'Old shared');
        assert.equal(user?.firstname, 'Old');
        for (const n of [10, 11, 12]) scene.user(`p${n}`);
      }));
  }

  for (const pageSize of PAGES) {
    const title = `(pages of ${pageSize})`;
    const contested = (body: (scene: Scene) => Promise<void>): Promise<void> =>
      play({ connection: { seatgeek: { pageSize } } }, [namesake('shared')], async (scene) => {
        scene.add('p1', { email: 'shared@example.org' });
        scene.addMany(3, undefined, 10);
        scene.add('p2', { email: 'SHARED@example.org' });
        await scene.sync();
        await body(scene);
      });
    const owner = ({ sandbox }: Scene): unknown => {
      const users = sandbox.halo.users().filter(({ emailaddress }) => /^shared@/i.test(emailaddress));
      assert.equal(users.length, 1);
      return customValue(users[0]!, 'CFSeatGeekID');
    };

    it(`stay nobody's when those who claim one are tried again ${title}`, () =>
      contested(async (scene) => {
        scene.restart();
        await scene.pipeline.retryRejected(true);
        await scene.pipeline.importSample(1);
        assert.deepEqual([scene.rejected(), owner(scene)], [['p1', 'p2'], null]);
      }));

    it(`stay nobody's when one who claims it, or another, comes in a later run ${title}`, () =>
      contested(async (scene) => {
        scene.add('p2', { email: 'shared@example.org', loyalty_tier: 'Silver' });
        await scene.sync();
        scene.add('p3', { email: 'shared@example.org' });
        await scene.sync();
        assert.deepEqual([scene.rejected(), owner(scene)], [['p1', 'p2', 'p3'], null]);
      }));

    for (const [what, leave] of [
      ['took another', (scene: Scene) => scene.add('p1', { email: 'own@example.org' })],
      ['was deleted', (scene: Scene) => remove(scene, 'p1')],
    ] as const)
      it(`go to the one who is left when the other ${what} ${title}`, () =>
        contested(async (scene) => {
          leave(scene);
          await scene.sync();
          await scene.pipeline.retryRejected(true);
          assert.deepEqual([scene.rejected(), owner(scene)], [[], 'p2']);
        }));

    it(`stay nobody's while somebody who claims it can't be mapped ${title}`, () =>
      play({ connection: { seatgeek: { pageSize } } }, [namesake('shared')], async (scene) => {
        scene.add('p1', { email: 'shared@example.org', home_phone: { area: 1 } });
        scene.addMany(3, undefined, 10);
        scene.add('p2', { email: 'shared@example.org' });
        await scene.sync();
        await scene.pipeline.retryRejected(true);
        assert.deepEqual([scene.rejected(), owner(scene)], [['p1', 'p2'], null]);
      }));
  }

  it('of an inactive namesake block nobody', () =>
    play({}, [{ ...namesake('p1'), inactive: true }, namesake('p1')], async (scene) => {
      const active = scene.sandbox.halo.users().at(-1)!.id;
      scene.add('p1');
      await scene.sync();
      assert.deepEqual(scene.rejected(), []);
      assert.equal(scene.user('p1').id, active);
    }));

  for (const email of [
    '\u200bp1@example.org',
    'p1@example.org\u2060',
    ' P1@Example.org\t',
    '\ufeffp1@example.org',
    'mailto:p1@example.org',
    'Jane <p1@example.org>',
  ]) {
    it(`are found whatever stands around them (${JSON.stringify(email)})`, () =>
      play({}, [namesake('p1')], async (scene) => {
        scene.add('p1', { email });
        await scene.sync();
        assert.deepEqual(scene.rejected(), []);
        assert.equal(scene.user('p1').name, 'Ada Name p1');
        assert.equal(scene.sandbox.halo.writes.created, 0);
      }));
  }

  for (const emailaddress of [' p1@example.org', 'Jane <p1@example.org>', 'mailto:p1@example.org\u200b'])
    it(`are found in Halo whatever stands around them there (${JSON.stringify(emailaddress)})`, async () => {
      const bench = await HaloBench.start({ halo: { advancedSearch: 'emailaddress+customfields' } });
      try {
        const id = bench.add({ name: 'Jane', emailaddress });
        for (let n = 0; n < 600; n += 1) bench.add({ ...stranger(n), customFields: { CFSeatGeekID: `s${n}` } });
        const run = bench.run();
        assert.deepEqual(outcomes(await run.write([person('p1'), person('p2')])), ['matchedByEmail', 'created']);
        assert.match(run.directory ?? '', /^looked up 2 people/);
        assert.equal(bench.people().find((user) => user.id === id)?.seatgeekId, 'p1');
      } finally {
        await bench.close();
      }
    });

  for (const [title, columns] of [
    ['an older image', { loyalty_tier: 'Bronze' }],
    ['an older delete', { _ringside_operation: 'D' }],
  ] as const)
    it(`does not have ${title} on its page written by a retry`, () =>
      play({ connection: { seatgeek: { pageSize: 2 } } }, [], async (scene) => {
        const sequence = (n: number): string =>
          `0019a1c3:${n.toString(16).padStart(8, '0')}:0004/0019a1c3:00000010:0003`;
        scene.add('p1', { _ringside_sequence: sequence(20) });
        scene.add('p9');
        scene.add('p1', { ...columns, _ringside_sequence: sequence(10) });
        scene.add('p1', { _ringside_operation: 'T', _ringside_sequence: sequence(21) });
        await scene.sync();
        for (let round = 0; round < 2; round += 1) {
          assert.deepEqual([scene.user('p1').inactive, scene.tier('p1')], [false, 'Gold']);
          await scene.pipeline.retryRejected(true);
        }
        assert.deepEqual([scene.user('p1').inactive, scene.tier('p1')], [false, 'Gold']);
        assert.deepEqual(scene.rejected(), ['p1']);
      }));

  it('match nobody where they are no single address', () =>
    play({}, [namesake('p1')], async (scene) => {
      scene.add('p1', { email: 'p1@example.org; p2@example.org' });
      await scene.sync();
      const [old] = scene.sandbox.halo.users().filter(({ name }) => name === 'Old p1');
      assert.equal(old === undefined ? undefined : customValue(old, 'CFSeatGeekID'), null);
    }));
});

describe('people who leave and come back', function () {
  this.timeout(60_000);

  for (const pageSize of PAGES) {
    for (const runs of ['one run', 'two runs'] as const) {
      const title = `(${runs}, pages of ${pageSize})`;
      const connection = { seatgeek: { pageSize }, ...NEVER_ACTIVATES };
      const between = (scene: Scene): Promise<void> => (runs === 'two runs' ? scene.sync() : Promise.resolve());

      it(`are active again ${title}`, () =>
        play({ connection }, [], async (scene) => {
          scene.addMany(3);
          await scene.sync();
          remove(scene, 'p1');
          await between(scene);
          scene.add('p1', { loyalty_tier: 'Silver' });
          await scene.sync();
          assert.deepEqual([scene.user('p1').inactive, scene.tier('p1')], [false, 'Silver']);
        }));

      it(`stay inactive where an agent switched them off ${title}`, () =>
        play({ connection }, [], async (scene) => {
          scene.addMany(3);
          await scene.sync();
          scene.sandbox.halo.store.update(scene.user('p1').id, { inactive: true });
          scene.add('p1', { loyalty_tier: 'Silver' });
          await between(scene);
          scene.add('p1', { loyalty_tier: 'Bronze' });
          await scene.sync();
          assert.deepEqual([scene.user('p1').inactive, scene.tier('p1')], [true, 'Bronze']);
        }));

      for (const onSharedEmail of ['reject', 'create'] as const)
        it(`are one active user after two were merged into one ${title}, ${onSharedEmail}`, () =>
          play({ connection: { ...connection, users: { onSharedEmail } } }, [], async (scene) => {
            scene.addMany(3);
            await scene.sync();
            remove(scene, 'p1');
            await between(scene);
            scene.add('merged', { email: 'p1@example.org' });
            await scene.sync();
            assert.deepEqual(scene.rejected(), []);
            const users = scene.sandbox.halo.users().filter(({ emailaddress }) => emailaddress === 'p1@example.org');
            assert.deepEqual(
              users.map((user) => [customValue(user, 'CFSeatGeekID'), user.inactive]),
              [['merged', false]],
            );
          }));
    }
  }

  for (const way of ['in one run', 'in two runs, and then the cursor is cleared'] as const)
    it(`give the user that an agent switched off to nobody else (${way})`, () =>
      play({ connection: { users: usersByName() } }, [], async (scene) => {
        scene.addMany(3);
        await scene.sync();
        const { id } = scene.user('p0');
        scene.sandbox.halo.store.update(id, { inactive: true });
        scene.add('p0', { _ringside_operation: 'D' });
        if (way !== 'in one run') await scene.sync();
        scene.add('q0', { email: 'p0@example.org' });
        await scene.sync();
        assert.deepEqual(scene.rejected(), ['q0']);
        if (way !== 'in one run') scene.pipeline.clearCursor();
        await scene.sync();
        assert.equal(scene.sandbox.halo.store.user(id)?.['inactive'], true);
      }));
});

describe('people whose user an agent deletes while it is written', function () {
  this.timeout(60_000);

  for (const who of ['somebody who comes back', 'somebody else'] as const)
    it(`are created anew: ${who}`, () =>
      play({ connection: NEVER_ACTIVATES }, [], async (scene) => {
        scene.addMany(3);
        await scene.sync();
        if (who === 'somebody who comes back') remove(scene, 'p1');
        await scene.sync();
        scene.add('p1', { loyalty_tier: 'Silver' });
        const { id } = scene.user('p1');
        const placed = scene.fault({
          system: 'halo',
          kind: 'meanwhile',
          match: POST_USERS,
          before: () => scene.sandbox.halo.store.remove(id),
        });
        assert.equal(await scene.run(), 'completed', JSON.stringify(scene.pipeline.errors.at(-1)));
        assert.equal(placed.hits, 1);
        assert.notEqual(scene.user('p1').id, id);
        assert.equal(scene.tier('p1'), 'Silver');
      }));
});

describe('an image that is not the newest', function () {
  this.timeout(60_000);
  const TOO_LONG: Columns = { last_name: 'n'.repeat(300) };
  const sequence = (n: number): string => `0019a1c3:${n.toString(16).padStart(8, '0')}:0004/0019a1c3:00000010:0003`;

  for (const pageSize of PAGES) {
    const title = `(pages of ${pageSize})`;

    it(`is not written where Halo refuses the newest ${title}`, () =>
      play({ connection: { seatgeek: { pageSize } } }, [], async (scene) => {
        scene.add('p1', { ...TOO_LONG, _ringside_sequence: sequence(9) });
        scene.addMany(3, undefined, 10);
        scene.add('p1', { _ringside_sequence: sequence(1) });
        await scene.sync();
        assert.deepEqual([scene.users('p1').length, scene.rejected()], [0, ['p1']]);
      }));

    it(`is not written where the newest can not be mapped ${title}`, () =>
      play({ connection: { seatgeek: { pageSize } } }, [], async (scene) => {
        scene.add('p1', { loyalty_tier: 'Bronze', _ringside_sequence: sequence(1) });
        scene.addMany(3, undefined, 10);
        scene.add('p1', { first_name: null, last_name: null, _ringside_sequence: sequence(9) });
        await scene.sync();
        assert.deepEqual([scene.users('p1').length, scene.rejected()], [0, ['p1']]);
      }));

    it(`is nobody's rejection where only it can not be used ${title}`, () =>
      play({ connection: { seatgeek: { pageSize } } }, [], async (scene) => {
        scene.add('p1', { _ringside_sequence: sequence(9) });
        scene.addMany(3, undefined, 10);
        scene.add('p1', { ...TOO_LONG, loyalty_tier: 'Bronze', _ringside_sequence: sequence(1) });
        await scene.sync();
        assert.deepEqual(scene.rejected(), []);
        assert.equal(scene.tier('p1'), 'Gold');
      }));

    it(`is not written by a sample, which brings nobody back either ${title}`, () =>
      play({ connection: { seatgeek: { pageSize }, ...NEVER_ACTIVATES } }, [], async (scene) => {
        scene.addMany(3, () => ({ loyalty_tier: 'Bronze' }));
        scene.add('p1', { loyalty_tier: 'Gold' });
        remove(scene, 'p2');
        await scene.sync();
        scene.restart();
        await scene.pipeline.importSample(3);
        assert.deepEqual([scene.tier('p0'), scene.tier('p1'), scene.users('p2').length], ['Bronze', 'Gold', 0]);
      }));

    it(`is not tried again once a newer one is written along with an unknown operation ${title}`, () =>
      play({ connection: { seatgeek: { pageSize } } }, [], async (scene) => {
        scene.addMany(3);
        const fits = (item: object): boolean => JSON.stringify(item).includes('p0@');
        const body = { Message: 'Please select a Department' };
        scene.fault({ system: 'halo', kind: 'refuse-item', fits, status: 400, body });
        await scene.sync();
        assert.deepEqual(scene.rejected(), ['p0']);
        scene.sandbox.faults.clear();
        scene.add('p0', { loyalty_tier: 'Silver' });
        scene.add('p0', { loyalty_tier: 'Gold', _ringside_operation: 'M' });
        await scene.sync();
        await scene.pipeline.retryRejected(true);
        assert.equal(scene.tier('p0'), 'Silver');
        assert.equal(scene.pipeline.state.rejected.users[0]?.code, 'operation-unknown');
      }));

    it(`is the last that is known where an unknown operation follows ${title}`, () =>
      play({ connection: { seatgeek: { pageSize } } }, [], async (scene) => {
        scene.add('p1', { loyalty_tier: 'Silver' });
        scene.addMany(3, undefined, 10);
        scene.add('p1', { loyalty_tier: 'Bronze', _ringside_operation: 'T' });
        await scene.sync();
        assert.equal(scene.tier('p1'), 'Silver');
      }));
  }
});

describe('SeatGeek IDs in another form', function () {
  this.timeout(60_000);
  const id = (n: number): string => `0000000${n}-aaaa-4bbb-8ccc-ddddeeeeffff`;

  async function import9(scene: Scene, email: (n: number) => string | null): Promise<void> {
    for (let n = 0; n < 9; n += 1) scene.add(id(n), { email: email(n) });
    await scene.sync();
    assert.equal(scene.sandbox.halo.writes.created, 9);
  }

  for (const [title, change] of [
    ['upper case', (text: string) => text.toUpperCase()],
    ['padded', (text: string) => text.padEnd(48)],
  ] as const) {
    for (const email of ['with', 'without'] as const) {
      it(`are the same people after a rebuild of the feed (${title}, ${email} e-mail)`, () =>
        play({}, [], async (scene) => {
          await import9(scene, (n) => (email === 'with' ? `p${n}@example.org` : null));
          scene.sandbox.seatgeek.feed.rebuild((row) => ({ ...row, id: change(String(row['id'])) }));
          scene.add(id(3), { email: email === 'with' ? 'p3@example.org' : null, loyalty_tier: 'Silver' });
          scene.pipeline.restartWorker();
          await scene.sync();
          assert.deepEqual(scene.rejected(), []);
          assert.equal(scene.sandbox.halo.users().filter(({ name }) => name.startsWith('Ada')).length, 9);
          const user = scene.sandbox.halo
            .users()
            .find((one) => String(customValue(one, 'CFSeatGeekID')).toLowerCase().trim() === id(3));
          assert.equal(user === undefined ? undefined : customValue(user, 'CFLoyaltyTier'), 'Silver');
        }));
    }
  }
});

describe('a row without an ID', function () {
  this.timeout(60_000);
  const PAGE = 20;
  /** Rows of a snapshot share a sequence. */
  const SEQUENCE = '00000000:00000001:0001/00000000:00000001:0001';
  const ROWS = [5, 14, 15, 33];

  function addWithRows(scene: Scene, all: Columns): void {
    scene.addMany(2 * PAGE, (n) => ({ ...all, ...(ROWS.includes(n) && { id: n === 14 ? 'no id' : null }) }));
  }

  /** Each of them once, on its page. */
  function assertListed(scene: Scene, attempts: number): void {
    const { users } = scene.pipeline.state.rejected;
    assert.equal(new Set(scene.rejected()).size, ROWS.length);
    assert.deepEqual(
      users.map((user) => [user.attempts, user.pageGone]),
      ROWS.map(() => [attempts, false]),
    );
    for (const { seatgeekId } of users) assert.match(seatgeekId, /^row:[0-9a-f]{8}$/);
  }

  for (const [title, sequence] of [
    ['each row has its own', {}],
    ['they share one', { _ringside_sequence: SEQUENCE }],
    ['they have none', { _ringside_sequence: null }],
  ] as const)
    it(`stands in the list once, however the pages are cut that it is read on (sequences: ${title})`, () =>
      play({ connection: { seatgeek: { pageSize: PAGE } } }, [], async (scene) => {
        addWithRows(scene, sequence);
        await scene.sync();
        assertListed(scene, 1);
        const names = scene.rejected();
        await scene.pipeline.retryRejected(true);
        assertListed(scene, 2);
        scene.restart();
        scene.pipeline.clearCursor();
        const where = ({ query }: Asked): boolean => Number(query.get('limit')) > 7;
        scene.fault({ system: 'seatgeek', kind: 'status', status: 413, match: { ...FEED, every: 1, where } });
        await scene.pipeline.run();
        assertListed(scene, 3);
        await scene.pipeline.retryRejected(true);
        assertListed(scene, 4);
        assert.deepEqual(scene.rejected(), names);
      }));

  it('stands in the list once where each page begins with rows of the one before', () =>
    play({ connection: { seatgeek: { pageSize: PAGE } }, seatgeek: { repeats: 7 } }, [], async (scene) => {
      addWithRows(scene, {});
      await scene.sync();
      assert.equal(scene.rejected().length, ROWS.length);
    }));

  it('stands in the list once, and is tried once, beside others that hold the same', () =>
    play({}, [], async (scene) => {
      scene.addMany(5, () => ({ id: null, last_name: 'Same', email: null, _ringside_sequence: SEQUENCE }));
      await scene.sync();
      const [row, ...more] = scene.pipeline.state.rejected.users;
      assert.deepEqual([row?.attempts, more.length, scene.pipeline.state.lastRun?.rejected], [1, 0, 5]);
    }));

  for (const pass of ['at an end', 'under way'] as const)
    it(`takes the place of what it was called by an older version (a pass is ${pass})`, () =>
      play({ connection: { seatgeek: { pageSize: PAGE } } }, [], async (scene) => {
        addWithRows(scene, {});
        await scene.sync();
        const { pipeline } = scene;
        const names = scene.rejected();
        const users = pipeline.state.rejected.users.map((user, at) => ({ ...user, seatgeekId: `row:${at}@811c9dc5` }));
        // One that is on no page any more.
        const [first] = users;
        assert.ok(first !== undefined);
        const rejected = { users: [...users, { ...first, seatgeekId: 'row:20@811c9dc5' }], beyond: 0 };
        pipeline.state = {
          ...pipeline.state,
          rejected,
          ...(pass === 'under way' && { pass: { id: 'a', from: null } }),
        };
        await pipeline.retryRejected(true);
        assertListed(scene, 1);
        assert.deepEqual(scene.rejected(), names);
        await pipeline.retryRejected(true);
        assertListed(scene, 2);
      }));
});

describe('a user that an agent gives to somebody else while a run goes on', function () {
  this.timeout(40_000);
  const FIELDS = ['name', 'emailaddress'].map((to) => ({ from: 'x', to }));

  for (const seatgeekIdField of ['other1', 'CFSeatGeekID'])
    it(`is not taken by who had its e-mail address hours ago (ID in ${seatgeekIdField})`, async () => {
      let ahead = 0;
      const clock = { ...systemClock, now: () => Date.now() + ahead };
      const users = { seatgeekIdField, fieldMappings: FIELDS, staticMappings: [] };
      const bench = await HaloBench.start({ clock, connection: { users } });
      try {
        const id = bench.add({ name: 'Mary', emailaddress: 'p1@example.org' });
        const run = bench.run();
        await run.write([person('p0')]);
        ahead += 3 * 3_600_000;
        const given = seatgeekIdField === 'other1' ? { other1: 'm' } : { customFields: { CFSeatGeekID: 'm' } };
        bench.sandbox.halo.store.update(id, { emailaddress: 'mary@example.org', ...given });
        await run.write([person('p1', { name: 'Peter' })]);
        const after = bench.sandbox.halo.users().find((user) => user.id === id);
        assert.deepEqual([after?.name, after?.emailaddress], ['Mary', 'mary@example.org']);
      } finally {
        await bench.close();
      }
    });
});
