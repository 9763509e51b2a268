import assert from 'node:assert/strict';
import { holds, isNew, sends } from '../../../src/sandbox/asked.js';
import { customValue } from '../../../src/sandbox/halo-store.js';
import { HALO_DIALECT, type HaloDialect } from '../../../src/sandbox/dialects.js';
import type { FaultEffect } from '../../../src/sandbox/faults.js';
import type { UserDraft } from '../../../src/sandbox/halo-store.js';
import type { MappedPerson } from '../../../src/mapping/types.js';
import { HaloBench, person } from '../../unit/halo/halo-bench.js';
import { GET_USERS, namesake, play, POST_USERS, stranger, type Columns, type Scene } from './scene.js';

const MINUTE = 60_000;
const SIZE = 12;

const EACH = { system: 'halo', times: Number.POSITIVE_INFINITY } as const;
const DETAILS = { method: 'GET', path: '/api/Users/*', after: 0 } as const;

interface Row {
  customfields: { readonly name: string; value: unknown }[];
}
interface List {
  readonly users: Row[];
}

/** An answer of the shape that the caller names, changed on its way. */
function rewritten(rewrite: (json: never) => unknown): FaultEffect {
  return { kind: 'rewritten-json', rewrite: rewrite as (json: unknown) => unknown };
}

/** What somebody in Halo keeps by hand, in fields that no mapping names. */
const BY_HAND = { CFBadgeNumber: '77', CFDietaryNotes: 'no nuts', CFPressPass: true, CFStand: 2 };
const kept = (scene: Scene, id: string): unknown => {
  const user = scene.user(id);
  return Object.fromEntries(Object.keys(BY_HAND).map((name) => [name, customValue(user, name)]));
};

/** As they are there by e-mail address, with fields filled in by hand. */
const PEOPLE: readonly UserDraft[] = Array.from({ length: SIZE }, (_, n) => ({
  ...namesake(`p${n}`),
  customFields: BY_HAND,
}));

/** By whom a Halo that tells no field list shows its fields. */
const OTHER: readonly UserDraft[] = [{ ...stranger(1), customFields: BY_HAND }];

const TENANTS: readonly (readonly [string, Partial<HaloDialect>])[] = [
  ['the field list is shown', {}],
  ['no field list is shown', { rights: 'no-field-info' }],
  ['blank fields are left out', { blankCustomFields: 'left-out' }],
  ['lists show labels', { selectFields: 'label-in-lists' }],
  ['lists show labels and no field list is shown', { selectFields: 'label-in-lists', rights: 'no-field-info' }],
];

describe('custom fields that no mapping names, in a Halo that empties what is left out', function () {
  this.timeout(60_000);

  for (const [title, halo] of TENANTS) {
    for (const pageSize of [100, 10]) {
      it(`stay through two changes of one person in one run (${title}, pages of ${pageSize})`, () =>
        play({ halo, connection: { seatgeek: { pageSize } } }, PEOPLE, async (scene) => {
          scene.addMany(SIZE);
          scene.addMany(SIZE, () => ({ loyalty_tier: 'Silver' }));
          await scene.sync();
          scene.assertRight();
          assert.deepEqual(kept(scene, 'p3'), BY_HAND);
          scene.addMany(SIZE, () => ({ loyalty_tier: 'Bronze' }));
          await scene.sync();
          scene.assertRight();
        }));
    }

    it(`stay as an agent edits them in mid-run, a quarter of an hour before our write (${title})`, () =>
      play({ halo }, PEOPLE, async (scene) => {
        scene.addMany(SIZE);
        const edit = { CFBadgeNumber: '99', CFDietaryNotes: 'vegan', CFPressPass: false, CFStand: 4 };
        const [last] = [...scene.sandbox.halo.store.withEmail(`p${SIZE - 1}@example.org`)];
        assert.ok(last !== undefined);
        // After the first array, before the second with the edited user in it.
        const placed = scene.fault({
          system: 'halo',
          kind: 'meanwhile',
          match: { ...POST_USERS, nth: 1 },
          after: () => {
            scene.sandbox.halo.store.update(last, { customFields: edit });
            scene.clock.setForward(16 * MINUTE);
          },
        });
        await scene.sync();
        assert.equal(placed.hits, 1);
        assert.deepEqual(kept(scene, `p${SIZE - 1}`), edit);
        assert.equal(scene.tier(`p${SIZE - 1}`), 'Gold');
      }));

    it(`keep what Halo fills in for somebody new, who changes once more in the same run (${title})`, () =>
      play(
        { halo: { ...halo, newUserDefaults: 'custom-fields' }, connection: { seatgeek: { pageSize: 10 } } },
        OTHER,
        async (scene) => {
          scene.addMany(SIZE);
          const placed = scene.fault({
            system: 'halo',
            kind: 'meanwhile',
            match: { ...POST_USERS, nth: 2 },
            after: () => scene.addMany(10, () => ({ loyalty_tier: 'Silver' })),
          });
          await scene.sync();
          assert.equal(placed.hits, 1);
          for (let n = 0; n < SIZE; n += 1) {
            assert.equal(customValue(scene.user(`p${n}`), 'CFBadgeNumber'), 'to be issued');
            assert.equal(scene.tier(`p${n}`), n < 10 ? 'Silver' : 'Gold');
          }
        },
      ));

    it(`stay as an agent edits somebody whom the run has created and changes (${title})`, () =>
      play({ halo, connection: { seatgeek: { pageSize: 10 } } }, OTHER, async (scene) => {
        scene.addMany(30);
        // The mapping gives the second one only when it creates somebody.
        const edit = { CFBadgeNumber: '99', CFCustomerSince: '1999-09-09' };
        const placed = scene.fault({
          system: 'halo',
          kind: 'meanwhile',
          match: { ...POST_USERS, nth: 3 },
          after: () => {
            scene.sandbox.halo.store.update(scene.user('p2').id, { customFields: edit });
            scene.add('p2', { loyalty_tier: 'Silver' });
          },
        });
        await scene.sync();
        assert.equal(placed.hits, 1);
        const user = scene.user('p2');
        assert.deepEqual(
          [customValue(user, 'CFBadgeNumber'), customValue(user, 'CFCustomerSince')],
          ['99', '1999-09-09'],
        );
        assert.equal(scene.tier('p2'), 'Silver');
      }));
  }
});

describe('custom fields that an agent filled in', function () {
  this.timeout(60_000);
  const SIZE = 5;
  const silver = (turn: number): MappedPerson[] =>
    Array.from({ length: SIZE }, (_, n) =>
      person(`p${n}`, { fields: [{ to: 'CFLoyaltyTier', value: `Silver ${turn}`, when: 'always' }] }),
    );

  /** Two runs that change another custom field; what the field of each user holds after them. */
  async function after(bench: HaloBench, name: string, values: readonly (string | number)[]): Promise<unknown[]> {
    const ids = values.map((value, n) =>
      bench.add({
        ...namesake(`p${n}`),
        customFields: { CFSeatGeekID: `p${n}`, CFLoyaltyTier: 'Gold', [name]: value },
      }),
    );
    for (let turn = 0; turn < 2; turn += 1) await bench.run().write(silver(turn));
    const users = bench.sandbox.halo.users().filter(({ id }) => ids.includes(id));
    assert.ok(users.every((user) => customValue(user, 'CFLoyaltyTier') === 'Silver 1'));
    return users.map((user) => customValue(user, name));
  }

  it('stay where one option has no label, and lists show the others by their labels', async () => {
    const bench = await HaloBench.start({ halo: { selectFields: 'label-in-lists' } });
    try {
      const stands = [9, 1, 2, 3, 4];
      const [, ...kept] = await after(bench, 'CFStand', stands);
      assert.deepEqual(kept, stands.slice(1));
    } finally {
      await bench.close();
    }
  });

  it('stay where the list of definitions lacks the field', async () => {
    const bench = await HaloBench.start();
    try {
      bench.sandbox.faults.add({
        ...{ system: 'halo', kind: 'rewritten-json', times: Number.POSITIVE_INFINITY },
        match: { method: 'GET', path: '/api/FieldInfo', after: 0 },
        rewrite: (json: unknown) => (json as { name: string }[]).filter(({ name }) => name !== 'CFDietaryNotes'),
      });
      const notes = Array.from({ length: SIZE }, () => 'nuts');
      assert.deepEqual(await after(bench, 'CFDietaryNotes', notes), notes);
    } finally {
      await bench.close();
    }
  });
});

describe('a custom field that does not keep the SeatGeek ID', function () {
  this.timeout(60_000);
  const id = (n: number): string => `person-0000000000000000-${n}`;

  for (const idField of HALO_DIALECT.idField.values.slice(1)) {
    for (const email of ['with', 'without'] as const) {
      it(`ends the run before many are created, and each run after it (${idField}, people ${email} e-mail)`, () =>
        play({ halo: { idField } }, [stranger(1)], async (scene) => {
          for (let n = 0; n < 40; n += 1)
            scene.add(id(n), email === 'with' ? { email: `p${n}@example.org` } : { email: null });
          const outcomes: string[] = [];
          for (let turn = 0; turn < 3; turn += 1) outcomes.push(await scene.run());
          assert.deepEqual(outcomes, ['failed', 'failed', 'failed']);
          assert.match(scene.pipeline.errors.at(-1)?.message ?? '', /CFSeatGeekID/);
          const created = scene.sandbox.halo.users().filter(({ name }) => name.startsWith('Ada'));
          assert.ok(created.length <= 10, `${created.length} users were created`);
        }));
    }
  }

  for (const idField of ['cut', 'not-writable'] as const)
    for (const email of ['with', 'without'] as const)
      it(`makes nobody once more where the new user may not be deleted (${idField}, people ${email} e-mail)`, () =>
        play({ halo: { idField } }, [stranger(1)], async (scene) => {
          scene.fault({ system: 'halo', kind: 'status', status: 403, match: { method: 'DELETE', after: 0 } });
          for (let n = 0; n < 10; n += 1)
            scene.add(id(n), email === 'with' && n >= 5 ? { email: `p${n}@example.org` } : { email: null });
          const made = (): string[] =>
            scene.sandbox.halo.users().flatMap(({ id, name }) => (name.startsWith('Ada') ? String(id) : []));
          await scene.run();
          const [left, ...more] = made();
          assert.ok(left !== undefined && more.length === 0);
          const error = scene.pipeline.errors.at(-1);
          assert.match(error?.message ?? '', /CFSeatGeekID/);
          assert.match(error?.hint ?? '', new RegExp(`delete user ${left} in Halo`));
          for (let turn = 0; turn < 4; turn += 1) assert.equal(await scene.run(), 'failed');
          assert.deepEqual(made(), [left]);
          if (email === 'without') return;
          // Nor by a worker that knows nothing of it.
          scene.restart();
          await scene.run();
          const names = scene.sandbox.halo.users().flatMap(({ name }) => (name.startsWith('Ada') ? name : []));
          assert.deepEqual(names, [...new Set(names)]);
        }));

  for (const storedTexts of ['upper-case', 'entities'] as const)
    it(`ends the run with nobody left where names are kept in another form (${storedTexts})`, () =>
      play({ halo: { idField: 'not-writable', storedTexts } }, [stranger(1)], async (scene) => {
        scene.addMany(30, (n) => ({ email: null, last_name: `O'Name & ${n}` }));
        for (let turn = 0; turn < 2; turn += 1) assert.equal(await scene.run(), 'failed');
        assert.equal(scene.pipeline.errors[0]?.code, 'seatgeek-id-not-kept');
        assert.ok(!scene.sandbox.halo.users().some(({ name }) => /^ada/i.test(name)));
      }));

  it('ends the run, and takes nobody away, where a new user has a name of its own', () =>
    play({ halo: { idField: 'not-writable' } }, [stranger(1)], async (scene) => {
      scene.fault({
        system: 'halo',
        kind: 'meanwhile',
        match: POST_USERS,
        after: () => {
          for (const { id, name } of scene.sandbox.halo.users())
            if (name.startsWith('Ada')) scene.sandbox.halo.store.update(id, { name: 'Countess' });
        },
      });
      scene.addMany(30, () => ({ email: null }));
      for (let turn = 0; turn < 3; turn += 1) assert.equal(await scene.run(), 'failed');
      const [made, ...more] = scene.sandbox.halo.users().filter(({ name }) => /^(?:Ada|Countess)/.test(name));
      assert.ok(made !== undefined && more.length === 0);
      const error = scene.pipeline.errors.at(-1);
      assert.equal(error?.code, 'seatgeek-id-not-kept');
      assert.match(error.hint, new RegExp(`user ${made.id} `));
    }));

  for (const idField of HALO_DIALECT.idField.values.slice(1))
    for (const email of ['with', 'without'] as const)
      it(`makes one user where answers name nobody (${idField}, people ${email} e-mail)`, () =>
        play({ halo: { idField, answerNames: 'nobody' } }, [stranger(1)], async (scene) => {
          for (let n = 0; n < 30; n += 1)
            scene.add(id(n), email === 'with' ? { email: `p${n}@example.org` } : { email: null });
          for (let turn = 0; turn < 3; turn += 1) assert.equal(await scene.run(), 'failed');
          assert.equal(scene.pipeline.errors.at(-1)?.code, 'seatgeek-id-not-kept');
          assert.equal(scene.sandbox.halo.users().filter(({ name }) => name.startsWith('Ada')).length, 1);
        }));

  it('creates everybody once it does, and the user who could not be taken away is gone', () =>
    play({}, [stranger(1)], async (scene) => {
      const match = { method: 'POST', path: '/api/Users' } as const;
      scene.fault({ system: 'halo', kind: 'status', status: 403, match: { method: 'DELETE', after: 0 } });
      scene.fault({
        system: 'halo',
        kind: 'meanwhile',
        match,
        after: () => {
          const made = scene.user(id(0));
          scene.sandbox.halo.store.update(made.id, { customFields: { CFSeatGeekID: 'other' } });
        },
      });
      scene.add(id(0), { email: null });
      assert.equal(await scene.run(), 'failed');
      const left = scene.user('other');
      assert.equal(await scene.run(), 'failed');
      scene.sandbox.halo.store.remove(left.id);
      assert.equal(await scene.run(), 'completed');
      assert.equal(scene.users(id(0)).length, 1);
    }));

  it('may be a number where SeatGeek IDs are numbers', () =>
    play({ halo: { idField: 'number' } }, [stranger(1)], async (scene) => {
      for (let n = 0; n < 12; n += 1) scene.add(String(1_000 + n));
      await scene.sync();
      scene.pipeline.restartWorker();
      scene.pipeline.clearCursor();
      await scene.sync();
      assert.deepEqual(scene.rejected(), []);
      assert.equal(scene.sandbox.halo.users().filter(({ name }) => name.startsWith('Ada')).length, 12);
    }));
});

describe('a new user whose SeatGeek ID a rule of Halo changes', function () {
  this.timeout(60_000);

  for (const others of [0, 5])
    for (const to of ['cleaned', ''])
      it(`is made once where answers name nobody (to ${JSON.stringify(to)}, ${others} others)`, () =>
        play({ halo: { answerNames: 'nobody' }, faster: 1_000 }, [stranger(1)], async (scene) => {
          scene.addMany(20);
          await scene.sync();
          const isHers = (item: Columns): boolean => isNew(item) && holds('Q1')(item);
          const rule = (): void => {
            for (const { id, name } of scene.sandbox.halo.users())
              if (name.includes('Q1')) scene.sandbox.halo.store.update(id, { customFields: { CFSeatGeekID: to } });
          };
          const match = { ...POST_USERS, after: 0, where: sends(isHers) };
          scene.fault({ ...EACH, kind: 'meanwhile', match, after: rule });
          scene.add('q1', { email: null, last_name: 'Q1' });
          scene.addMany(others, undefined, 30);
          for (let turn = 0; turn < 3; turn += 1) assert.equal(await scene.run(), 'completed');
          const hers = scene.sandbox.halo.users().filter(({ name }) => name.includes('Q1'));
          assert.equal(hers.length, 1);
          assert.deepEqual(scene.rejected(), ['q1']);
          // Once somebody has written it there again, it is hers.
          scene.sandbox.faults.clear();
          for (const user of hers) scene.sandbox.halo.store.update(user.id, { customFields: { CFSeatGeekID: 'q1' } });
          await scene.pipeline.retryRejected(true);
          assert.deepEqual(scene.rejected(), []);
          scene.user('q1');
        }));
});

describe('an agent who may create users', function () {
  this.timeout(60_000);
  const made = (scene: Scene): string[] =>
    scene.sandbox.halo.users().flatMap(({ name }) => (name.startsWith('Ada') ? name : []));

  for (const email of ['with', 'without'] as const)
    it(`and is shown none makes one, and is told what to do (people ${email} e-mail)`, () =>
      play({ halo: { rights: 'sees-nothing' } }, [stranger(1)], async (scene) => {
        scene.addMany(30, () => (email === 'with' ? {} : { email: null }));
        for (let turn = 0; turn < 3; turn += 1) assert.equal(await scene.run(), 'failed');
        assert.equal(scene.pipeline.errors.at(-1)?.code, 'new-users-not-shown');
        assert.equal(made(scene).length, 1);
      }));

  it('and is shown none makes nobody twice once it is', () =>
    play({}, [stranger(1)], async (scene) => {
      const body = { record_count: 0, users: [] };
      scene.fault({ ...EACH, kind: 'status', status: 200, body, match: { ...GET_USERS, after: 0 } });
      scene.fault({ ...EACH, kind: 'status', status: 404, match: DETAILS });
      scene.addMany(30);
      assert.equal(await scene.run(), 'failed');
      scene.sandbox.faults.clear();
      await scene.sync();
      scene.assertRight();
    }));

  it('and is shown them only later goes on', () =>
    play({}, [stranger(1)], async (scene) => {
      scene.fault({ ...EACH, kind: 'status', status: 404, match: DETAILS, times: 2 });
      const match = { ...GET_USERS, after: 0, where: () => made(scene).length > 0 };
      const late = rewritten((list: { users: { name: string }[] }) => {
        const users = list.users.filter(({ name }) => !name.startsWith('Ada'));
        return { ...list, users, record_count: users.length };
      });
      const placed = scene.fault({ ...EACH, ...late, match, times: 2 });
      scene.addMany(30);
      assert.equal(await scene.run(), 'completed', JSON.stringify(scene.pipeline.errors));
      assert.equal(made(scene).length, 30);
      assert.ok(placed.hits > 0);
    }));
});

describe("a user's details that lack a custom field which the list shows", function () {
  this.timeout(60_000);

  const lack = (scene: Scene, lacking: string): void => {
    scene.fault({
      ...EACH,
      ...rewritten((user: Row) => ({
        ...user,
        customfields: user.customfields.filter(({ name }) => name !== lacking),
      })),
      match: DETAILS,
    });
  };
  const edit = (scene: Scene, n: number, customFields: NonNullable<UserDraft['customFields']>): void => {
    scene.sandbox.halo.store.update(scene.user(`p${n}`).id, { customFields });
  };

  for (const blankCustomFields of HALO_DIALECT.blankCustomFields.values)
    for (const email of ['new', 'no'])
      it(`double nobody: that of the SeatGeek ID (${email} e-mail address, blank ones ${blankCustomFields})`, () =>
        play({ halo: { blankCustomFields } }, [], async (scene) => {
          scene.addMany(3);
          await scene.sync();
          scene.restart();
          edit(scene, 1, { CFStand: 2 });
          lack(scene, 'CFSeatGeekID');
          scene.addMany(3, (n) => ({ loyalty_tier: 'Silver', email: email === 'new' ? `new.${n}@example.org` : null }));
          for (let turn = 0; turn < 3; turn += 1) await scene.run();
          assert.equal(scene.sandbox.halo.users().filter(({ name }) => name.startsWith('Ada')).length, 3);
          scene.assertNobodyDoubled();
        }));

  for (const [name, value, selectFields] of [
    ['CFDietaryNotes', 'nuts', 'value'],
    ['CFStand', 2, 'value'],
    ['CFStand', 2, 'label-in-lists'],
  ] as const)
    it(`empty nobody of it: one of others (${name}, lists show the ${selectFields})`, () =>
      play({ halo: { selectFields } }, [], async (scene) => {
        scene.addMany(5);
        await scene.sync();
        scene.restart();
        for (let n = 0; n < 5; n += 1) edit(scene, n, { [name]: value });
        lack(scene, name);
        scene.addMany(5, () => ({ loyalty_tier: 'Silver' }));
        await scene.sync();
        const kept = [0, 1, 2, 3, 4].map((n) => customValue(scene.user(`p${n}`), name));
        assert.deepEqual(
          kept,
          kept.map(() => value),
        );
        assert.equal(scene.tier('p3'), name === 'CFDietaryNotes' ? 'Silver' : 'Gold');
      }));

  it('are believed where blank ones are left out: an agent has emptied it', () =>
    play({ halo: { blankCustomFields: 'left-out' } }, [], async (scene) => {
      scene.addMany(1);
      await scene.sync();
      scene.restart();
      edit(scene, 0, { CFDietaryNotes: 'nuts' });
      scene.addMany(1, () => ({ loyalty_tier: 'Silver' }));
      const placed = scene.fault({
        ...{ system: 'halo', kind: 'meanwhile', match: DETAILS },
        before: () => edit(scene, 0, { CFDietaryNotes: '' }),
      });
      await scene.sync();
      assert.equal(placed.hits, 1);
      assert.equal(customValue(scene.user('p0'), 'CFDietaryNotes') ?? '', '');
      assert.equal(scene.tier('p0'), 'Silver');
    }));
});

describe('a list of users', function () {
  this.timeout(60_000);

  for (const email of ['no', 'an'] as const)
    it(`that shows no custom fields doubles nobody with ${email} e-mail address, and ends each run`, () =>
      play({}, [stranger(1)], async (scene) => {
        scene.fault({
          ...EACH,
          ...rewritten((list: List) => ({ ...list, users: list.users.map((row) => ({ ...row, customfields: [] })) })),
          match: { ...GET_USERS, after: 0 },
        });
        for (let turn = 0; turn < 3; turn += 1) {
          scene.addMany(5, () => ({ ...(email === 'no' && { email: null }), loyalty_tier: `T${turn}` }));
          assert.equal(await scene.run(), 'failed');
          scene.restart();
        }
        assert.match(scene.pipeline.errors.at(-1)?.message ?? '', /CFSeatGeekID.* in its list/);
        scene.assertNobodyDoubled();
        assert.deepEqual(
          scene.sandbox.halo.users().filter(({ name }) => name.startsWith('Ada')),
          [],
        );
      }));

  for (const first of ['short', 'long'] as const)
    it(`that shows long texts cut takes nothing from them (the first is ${first})`, () =>
      play({}, [], async (scene) => {
        scene.addMany(5);
        await scene.sync();
        scene.restart();
        const notes = (n: number): string =>
          (n === 0) === (first === 'short') ? 'short' : `${'long '.repeat(100)}${n}`;
        for (let n = 0; n < 5; n += 1)
          scene.sandbox.halo.store.update(scene.user(`p${n}`).id, { customFields: { CFDietaryNotes: notes(n) } });
        scene.fault({
          ...EACH,
          ...rewritten((list: List) => {
            for (const field of list.users.flatMap(({ customfields }) => customfields))
              if (typeof field.value === 'string') field.value = field.value.slice(0, 250);
            return list;
          }),
          match: { ...GET_USERS, after: 0 },
        });
        for (const tier of ['Silver', 'Bronze']) {
          scene.addMany(5, () => ({ loyalty_tier: tier }));
          await scene.sync();
          // What the connection carries of lists is all that is left.
          scene.restart();
        }
        for (let n = 0; n < 5; n += 1) {
          assert.equal(customValue(scene.user(`p${n}`), 'CFDietaryNotes'), notes(n));
          assert.equal(scene.tier(`p${n}`), 'Bronze');
        }
      }));

  for (const blankCustomFields of HALO_DIALECT.blankCustomFields.values)
    it(`empties nobody of a field that the definitions lack, and that the first user has blank (${blankCustomFields})`, () =>
      play({ halo: { blankCustomFields } }, [], async (scene) => {
        scene.fault({
          ...EACH,
          ...rewritten((all: { name: string }[]) => all.filter(({ name }) => name !== 'CFDietaryNotes')),
          match: { method: 'GET', path: '/api/FieldInfo', after: 0 },
        });
        scene.addMany(5);
        await scene.sync();
        scene.restart();
        for (let n = 1; n < 5; n += 1)
          scene.sandbox.halo.store.update(scene.user(`p${n}`).id, { customFields: { CFDietaryNotes: 'nuts' } });
        scene.addMany(5, () => ({ loyalty_tier: 'Silver' }));
        await scene.sync();
        for (let n = 1; n < 5; n += 1) {
          assert.equal(customValue(scene.user(`p${n}`), 'CFDietaryNotes'), 'nuts');
          assert.equal(scene.tier(`p${n}`), 'Silver');
        }
      }));
});

describe('an answer without custom fields, once, right after the first create', function () {
  this.timeout(60_000);

  for (const [title, others] of [
    ['nobody', [stranger(1)]],
    ['somebody', [{ ...stranger(1), customFields: { CFSeatGeekID: 'x' } }]],
  ] as const)
    for (const [answer, path, match] of [
      ['details', '/api/Users/*', {}],
      ['a list', '/api/Users', { nth: 3 }],
    ] as const)
      it(`does not end the run (${answer}; ${title} is there with an ID)`, () =>
        play({}, others, async (scene) => {
          const bare = (row: Row): Row => ({ ...row, customfields: [] });
          scene.fault({
            ...{ system: 'halo', match: { method: 'GET', path, ...match } },
            ...rewritten((json: Row & Partial<List>) =>
              json.users === undefined ? bare(json) : { ...json, users: json.users.map(bare) },
            ),
          });
          scene.addMany(15);
          assert.equal(await scene.run(), 'completed', scene.pipeline.errors.at(-1)?.message);
          scene.assertRight();
        }));
});

describe('custom fields of many who have changed', function () {
  this.timeout(60_000);

  for (const blankCustomFields of HALO_DIALECT.blankCustomFields.values)
    it(`are not looked at user by user, however blank ones are shown (${blankCustomFields})`, () =>
      play({ halo: { blankCustomFields } }, [], async (scene) => {
        scene.addMany(100);
        await scene.sync();
        scene.restart();
        scene.requests.clear();
        scene.addMany(100, () => ({ loyalty_tier: 'Silver' }));
        await scene.sync();
        scene.assertRight();
        assert.ok(scene.requests.all().filter(({ path }) => /Users\/\d/.test(path)).length <= 5);
      }));
});
