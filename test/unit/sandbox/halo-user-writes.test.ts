import assert from 'node:assert/strict';
import { customValue, type HaloUser } from '../../../src/sandbox/halo-store.js';
import type { HaloDialect } from '../../../src/sandbox/dialects.js';
import type { Sandbox } from '../../../src/sandbox/start.js';
import { askHalo, openSandbox, type Told } from './talk.js';

const ada = { name: 'Ada Byron', emailaddress: 'ada@example.org', site_id: 18 };

async function tenant(halo: Partial<HaloDialect> = {}): Promise<Sandbox> {
  return openSandbox({ people: 0, halo });
}

function people({ halo }: Sandbox): HaloUser[] {
  return halo.users().filter(({ name }) => name !== 'General User');
}

async function post(sandbox: Sandbox, json: unknown): Promise<Told> {
  return askHalo(sandbox, '/Users', { json });
}

describe('sandbox Halo: writing users', () => {
  it('creates without an id and updates with one, fields left out staying', async () => {
    const sandbox = await tenant();
    const made = JSON.parse((await post(sandbox, [{ ...ada, mobilenumber: '1' }])).text) as {
      id: number;
      site_id: number;
    };
    const told = await post(sandbox, [{ id: made.id, mobilenumber: '2', Surname: 'Lovelace', nobodyKnows: 1 }]);
    assert.equal(told.status, 201);
    const [user, ...more] = people(sandbox);
    assert.equal(more.length, 0);
    assert.deepEqual(
      [user?.name, user?.surname, user?.mobilenumber, user?.site_id_int],
      ['Ada Byron', 'Lovelace', '2', 18],
    );
    assert.deepEqual([sandbox.halo.writes.created, sandbox.halo.writes.updated], [1, 1]);
  });

  it('makes a second user when an id is missing', async () => {
    const sandbox = await tenant();
    await post(sandbox, [ada]);
    await post(sandbox, [ada]);
    assert.equal(people(sandbox).length, 2);
  });

  it('takes an e-mail without an @', async () => {
    const sandbox = await tenant();
    assert.equal((await post(sandbox, [{ ...ada, emailaddress: 'nonsense' }])).status, 201);
  });

  it('knows custom fields by id and by name', async () => {
    const sandbox = await tenant();
    await post(sandbox, [
      {
        ...ada,
        customfields: [
          { id: 211, value: 'sg-1' },
          { name: 'cfsource', value: 'SeatGeek' },
          { id: 148, value: 'x' },
        ],
      },
    ]);
    const [user] = people(sandbox);
    assert.deepEqual([customValue(user!, 'CFSeatGeekID'), customValue(user!, 'CFSource')], ['sg-1', 'SeatGeek']);
    assert.ok(!user!.customfields.some(({ name }) => name === 'CFTicketGate'));
  });

  const refused: { what: string; body: string; contentType?: string; status: number; says: RegExp }[] = [
    { what: 'a bare object', body: JSON.stringify(ada), status: 400, says: /JSON array/ },
    {
      what: 'another content type',
      body: JSON.stringify([ada]),
      contentType: 'text/plain',
      status: 415,
      says: /Unsupported/,
    },
    { what: 'what is no JSON', body: '[{', status: 400, says: /parsing/ },
    {
      what: 'a double in text',
      body: JSON.stringify([{ ...ada, site_id: '18.0' }]),
      status: 400,
      says: /^\{"\[0\]\.site_id":\["Could not convert string to integer: 18\.0\. Path/,
    },
    {
      what: 'no boolean',
      body: JSON.stringify([ada, { ...ada, inactive: 'often' }]),
      status: 400,
      says: /^\{"\[1\]\.inactive":/,
    },
    {
      what: 'a user without a site',
      body: JSON.stringify([{ name: 'A' }]),
      status: 400,
      says: /"ClassName":"System.Exception","Message":"A database error occurred \(515\).*Usite/,
    },
    { what: 'a user without a name', body: JSON.stringify([{ site_id: 18 }]), status: 400, says: /\(515\).*uusername/ },
    { what: 'an unknown site', body: JSON.stringify([{ ...ada, site_id: 999 }]), status: 400, says: /valid Site/ },
    {
      what: 'an unknown id',
      body: JSON.stringify([{ id: 99_999, name: 'A' }]),
      status: 400,
      says: /99999 could not be found/,
    },
    {
      what: 'a name too long',
      body: JSON.stringify([{ ...ada, name: 'x'.repeat(256) }]),
      status: 400,
      says: /\(8152\)/,
    },
  ];
  for (const { what, body, contentType, status, says } of refused) {
    it(`refuses ${what}`, async () => {
      const sandbox = await tenant();
      const told = await askHalo(sandbox, '/Users', { body, ...(contentType !== undefined && { contentType }) });
      assert.equal(told.status, status);
      assert.match(told.text, says);
      assert.deepEqual([people(sandbox).length, sandbox.halo.writes.count], [0, 0]);
    });
  }

  it('deletes a user, and says so when there is none', async () => {
    const sandbox = await tenant();
    const id = sandbox.halo.store.create(ada);
    const statuses = [
      await askHalo(sandbox, `/Users/${id}`, { method: 'DELETE' }),
      await askHalo(sandbox, `/Users/${id}`),
    ];
    assert.deepEqual(
      statuses.map(({ status }) => status),
      [200, 404],
    );
  });

  it('shows custom fields and addresses of one user with details only', async () => {
    const sandbox = await tenant();
    const id = sandbox.halo.store.create({ ...ada, email2: 'b@example.org', customFields: { CFSource: 'x' } });
    const plain = JSON.parse((await askHalo(sandbox, `/Users/${id}`)).text) as HaloUser;
    const whole = JSON.parse((await askHalo(sandbox, `/Users/${id}?includedetails=true`)).text) as HaloUser;
    assert.deepEqual([plain.customfields, 'addresses' in plain], [[], false]);
    assert.deepEqual([customValue(whole, 'CFSource'), whole['email2']], ['x', 'b@example.org']);
  });
});

describe('sandbox Halo: writing many users, by dialect', () => {
  const three = [ada, { name: 'No Site' }, { name: 'Grace Hopper', site_id: 18 }];
  const cases: { arrays: HaloDialect['arrays']; status: number; there: string[] }[] = [
    { arrays: 'stops-at-bad', status: 400, there: ['Ada Byron'] },
    { arrays: 'all-or-nothing', status: 400, there: [] },
    { arrays: 'skips-bad', status: 201, there: ['Ada Byron', 'Grace Hopper'] },
    { arrays: 'first-only', status: 201, there: ['Ada Byron'] },
    { arrays: 'one-only', status: 400, there: [] },
  ];
  for (const { arrays, status, there } of cases) {
    it(`leaves [${there.join(', ')}] of three with a bad one: ${arrays}`, async () => {
      const sandbox = await tenant({ arrays });
      assert.equal((await post(sandbox, three)).status, status);
      assert.deepEqual(
        people(sandbox).map(({ name }) => name),
        there,
      );
      assert.equal(sandbox.halo.writes.created, there.length);
    });
  }

  it('undoes updates and addresses too when all or nothing', async () => {
    const sandbox = await tenant({ arrays: 'all-or-nothing' });
    const id = sandbox.halo.store.create({
      ...ada,
      address: { line1: 'old', line2: '', line3: '', line4: '', postcode: '' },
    });
    const before = sandbox.halo.users();
    await post(sandbox, [{ id, surname: 'New', primary_address: { line1: 'new' } }, { name: 'No Site' }]);
    assert.deepEqual(sandbox.halo.users(), before);
  });

  it('refuses arrays that are too long', async () => {
    const sandbox = await tenant({ maxArray: 10 });
    assert.equal(
      (
        await post(
          sandbox,
          Array.from({ length: 11 }, () => ada),
        )
      ).status,
      400,
    );
  });

  const shapes: { halo: Partial<HaloDialect>; count: number; due: (ids: number[]) => unknown }[] = [
    { halo: {}, count: 1, due: ([id]) => id },
    { halo: { answerOfOne: 'list' }, count: 1, due: (ids) => ids },
    { halo: { answerOfOne: 'users' }, count: 1, due: (ids) => ({ users: ids }) },
    { halo: {}, count: 2, due: (ids) => ids },
    { halo: { answerOfMany: 'object' }, count: 2, due: ([id]) => id },
    {
      halo: { answerOfMany: 'users', answerOrder: 'reversed' },
      count: 2,
      due: (ids) => ({ users: [...ids].reverse() }),
    },
    { halo: { writtenStatus: 200 }, count: 1, due: ([id]) => id },
  ];
  for (const { halo, count, due } of shapes) {
    it(`answers ${count} with ${JSON.stringify(halo)}`, async () => {
      const sandbox = await tenant(halo);
      const told = await post(
        sandbox,
        Array.from({ length: count }, () => ada),
      );
      const shown: unknown = JSON.parse(told.text, (_key, value: unknown) => (isUser(value) ? value.id : value));
      assert.deepEqual(shown, due(people(sandbox).map(({ id }) => id)));
      assert.equal(told.status, halo.writtenStatus ?? 201);
    });
  }

  for (const customFieldsLeftOut of ['emptied', 'kept'] as const) {
    it(`has custom fields left out of an array ${customFieldsLeftOut}`, async () => {
      const sandbox = await tenant({ customFieldsLeftOut });
      const id = sandbox.halo.store.create({ ...ada, customFields: { CFBadgeNumber: '7' } });
      await post(sandbox, [{ id, surname: 'x' }]);
      assert.equal(customValue(sandbox.halo.store.user(id)!, 'CFBadgeNumber'), '7');
      await post(sandbox, [{ id, customfields: [{ name: 'CFSource', value: 'SeatGeek' }] }]);
      assert.equal(
        customValue(sandbox.halo.store.user(id)!, 'CFBadgeNumber'),
        customFieldsLeftOut === 'kept' ? '7' : null,
      );
    });
  }

  for (const primaryAddress of ['persisted', 'ignored'] as const) {
    it(`has the primary address ${primaryAddress}`, async () => {
      const sandbox = await tenant({ primaryAddress });
      await post(sandbox, [{ ...ada, primary_address: { line1: '1 High St' } }]);
      assert.equal(
        people(sandbox)[0]?.primary_address?.line1,
        primaryAddress === 'persisted' ? '1 High St' : undefined,
      );
    });
  }

  const texts: [HaloDialect['duplicateEmailText'], RegExp][] = [
    ['exception', /"Message":"A user with the email address ada@example.org already exists/],
    ['database', /\(2601\).*\(ada@example.org\)/],
    ['binding', /^\{"\[0\]\.emailaddress":\["/],
    ['simple', /^\{"error":"The email address must be unique/],
    ['text', /^"CODE:APP03\/2/],
  ];
  for (const [duplicateEmailText, says] of texts) {
    it(`refuses a second user with one e-mail in the shape of: ${duplicateEmailText}`, async () => {
      const sandbox = await tenant({ duplicateEmail: 'refused', duplicateEmailText });
      await post(sandbox, [ada]);
      const told = await post(sandbox, [ada]);
      assert.equal(told.status, 400);
      assert.match(told.text, says);
    });
  }

  it('answers ids only where the tenant does', async () => {
    const sandbox = await tenant({ answerRows: 'ids' });
    const told = await post(sandbox, [ada, ada]);
    assert.deepEqual(
      JSON.parse(told.text),
      people(sandbox).map(({ id }) => ({ id })),
    );
  });

  it('leaves gaps between ids where the tenant does', async () => {
    const sandbox = await tenant({ newIds: 'with-gaps' });
    await post(
      sandbox,
      Array.from({ length: 20 }, () => ada),
    );
    const ids = people(sandbox).map(({ id }) => id);
    assert.ok(Math.max(...ids) - Math.min(...ids) > 1_000);
  });

  it('refuses keys it does not know where the tenant does, and none that the program sends', async () => {
    const sandbox = await tenant({ unknownKeys: 'refused' });
    const told = await post(sandbox, [{ ...ada, nobodyKnows: 1 }]);
    assert.equal(told.status, 400);
    assert.match(told.text, /^\{"\[0\]\.nobodyKnows":/);
    assert.equal((await post(sandbox, [{ ...ada, _dont_fire_automations: true }])).status, 201);
  });

  for (const addressWithoutId of ['replaces', 'adds'] as const) {
    it(`has a primary address without an id as one that ${addressWithoutId}, and with the id as the same`, async () => {
      const sandbox = await tenant({ addressWithoutId });
      const lines = { line1: 'old', line2: '', line3: '', line4: '', postcode: '' };
      const id = sandbox.halo.store.create({ ...ada, address: lines });
      const shown = (): [string, boolean][] =>
        sandbox.halo.store.addressesOf(id).map(({ line1, primary }) => [line1, primary]);
      const known = sandbox.halo.store.user(id)?.primary_address?.id;
      await post(sandbox, [{ id, primary_address: { id: known, line1: 'corrected' } }]);
      assert.deepEqual(shown(), [['corrected', true]]);
      await post(sandbox, [{ id, primary_address: { line1: 'new' } }]);
      const kept: [string, boolean][] = addressWithoutId === 'adds' ? [['corrected', false]] : [];
      assert.deepEqual(shown(), [...kept, ['new', true]]);
    });
  }

  it('takes an added address back when all or nothing', async () => {
    const sandbox = await tenant({ arrays: 'all-or-nothing', addressWithoutId: 'adds' });
    const lines = { line1: 'old', line2: '', line3: '', line4: '', postcode: '' };
    const id = sandbox.halo.store.create({ ...ada, address: lines });
    const before = sandbox.halo.users();
    await post(sandbox, [{ id, primary_address: { line1: 'new' } }, { name: 'No Site' }]);
    assert.deepEqual(sandbox.halo.users(), before);
  });

  it('refuses a second user with one e-mail where the tenant does, quoting it', async () => {
    const sandbox = await tenant({ duplicateEmail: 'refused' });
    const id = sandbox.halo.store.create(ada);
    const told = await post(sandbox, [{ ...ada, emailaddress: 'ADA@example.org' }]);
    assert.equal(told.status, 400);
    assert.match(told.text, /ADA@example\.org already exists/);
    assert.equal((await post(sandbox, [{ id, emailaddress: 'ADA@example.org' }])).status, 201);
  });
});

function isUser(value: unknown): value is { id: number } {
  return typeof value === 'object' && value !== null && 'emailaddress' in value;
}
