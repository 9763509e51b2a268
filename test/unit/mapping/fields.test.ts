import assert from 'node:assert/strict';
import { connectionMapping, connectionWith, mapOne, rejectOne, valuesOf } from './sample-connection.js';

describe('field mappings', () => {
  it('write each target in the order of the file, then the static ones', async () => {
    const connection = connectionWith({
      fieldMappings: [
        { from: "first_name + ' ' + last_name", to: 'name' },
        { from: 'tier', to: 'CFTier', when: 'create' },
      ],
      staticMappings: [
        { to: 'inactive', value: false },
        { to: 'CFSource', value: 'SeatGeek', when: 'create' },
      ],
    });
    assert.deepEqual((await mapOne(connection, { last_name: 'Byron', tier: 'gold' })).fields, [
      { to: 'name', value: 'Ada Byron', when: 'always' },
      { to: 'CFTier', value: 'gold', when: 'create' },
      { to: 'inactive', value: false, when: 'always' },
      { to: 'CFSource', value: 'SeatGeek', when: 'create' },
    ]);
  });

  it('fit values to the type of the Halo field and leave custom fields as they are', async () => {
    const connection = connectionMapping(
      { from: 'opted_out', to: 'neversendemails' },
      { from: 'born', to: 'date_of_birth' },
      { from: 'code', to: 'other1' },
      { from: 'points', to: 'CFPoints' },
    );
    const person = await mapOne(connection, { opted_out: 'Yes', born: '1815-12-10', code: 17, points: 17 });
    assert.deepEqual(valuesOf(person), {
      name: 'Ada',
      neversendemails: true,
      date_of_birth: '1815-12-10',
      other1: '17',
      CFPoints: 17,
    });
  });

  it('fit static values too', async () => {
    const connection = connectionWith({
      staticMappings: [
        { to: 'inactive', value: 'no' },
        { to: 'neversendemails', value: 'yes' },
        { to: 'notes', value: null },
      ],
    });
    assert.deepEqual(valuesOf(await mapOne(connection, {})), {
      name: 'Ada',
      inactive: false,
      neversendemails: true,
      notes: null,
    });
  });

  for (const blank of [null, '', '   ']) {
    it(`leave a target alone when the column is ${JSON.stringify(blank)}, unless they say clear`, async () => {
      const connection = connectionMapping({ from: 'a', to: 'notes', blank: 'clear' }, { from: 'a', to: 'CFKept' });
      assert.deepEqual(valuesOf(await mapOne(connection, { a: blank })), { name: 'Ada', notes: null });
    });
  }

  it('leave a target alone when the row lacks its column', async () => {
    const connection = connectionMapping({ from: 'a', to: 'notes' }, { from: "a + '-' + b", to: 'CFBoth' });
    assert.deepEqual(valuesOf(await mapOne(connection, {})), { name: 'Ada' });
  });

  it('use an expression that lacks a part of its columns only to create', async () => {
    const connection = connectionMapping({ from: "a + '-' + b", to: 'CFBoth' });
    const { fields } = await mapOne(connection, { a: 'x' });
    assert.deepEqual(fields[1], { to: 'CFBoth', value: 'x-', when: 'create' });
  });

  it('never clear the name or a flag', async () => {
    const connection = connectionWith({
      fieldMappings: [
        { from: 'first_name', to: 'name', blank: 'clear' },
        { from: 'flag', to: 'neversendemails', blank: 'clear' },
      ],
    });
    assert.deepEqual(valuesOf(await mapOne(connection, { first_name: ' ', flag: null })), {});
  });

  it('write a constant even though it has no column', async () => {
    assert.deepEqual(valuesOf(await mapOne(connectionMapping({ from: "'Gold'", to: 'notes' }), {})), {
      name: 'Ada',
      notes: 'Gold',
    });
  });

  for (const [flag, inactive] of [
    ['t', true],
    ['Yes', true],
    ['f', false],
    [0, false],
  ] as const)
    it(`take ${JSON.stringify(flag)} for a flag`, async () => {
      const mapped = await mapOne(connectionMapping({ from: 'flag', to: 'inactive' }), { flag });
      assert.deepEqual(valuesOf(mapped), { name: 'Ada', inactive });
    });

  const unusable: [string, string, unknown][] = [
    ['born', 'date_of_birth', '10/12/1815'],
    ['tags', 'notes', ['secret-tag']],
    ['extra', 'CFExtra', { a: 'secret-tag' }],
    ['flag', 'inactive', 'secret-tag'],
  ];
  for (const [from, to, value] of unusable) {
    it(`reject the whole person for a value that ${to} can't take, naming the field only`, async () => {
      const rejection = await rejectOne(connectionMapping({ from, to }), { [from]: value });
      assert.equal(rejection.code, 'value-unusable');
      assert.equal(rejection.seatgeekId, 'p1');
      assert.ok(rejection.message.includes(to));
      assert.ok(!/secret-tag|1815-12|10\/12/.test(rejection.message));
    });
  }

  const told: [string, unknown, string][] = [
    ['a', ['x'], 'value-unusable: notes got a list or an object and needs a single value'],
    ['a', 'x'.repeat(100_001), 'value-unusable: the text for notes is too long'],
    [
      '1 / a',
      0,
      'expression-failed: the expression for notes failed on this row: the result is no number, as after 1 / 0',
    ],
    [
      "'x' +\n  a.b",
      'x',
      'expression-failed: the expression for notes failed on this row, at line 2, column 3: a member is asked of a value that has none',
    ],
  ];
  for (const [from, a, message] of told)
    it(`say why ${JSON.stringify(from)} can't be mapped`, async () => {
      const rejection = await rejectOne(connectionMapping({ from, to: 'notes' }), { a });
      assert.equal(`${rejection.code}: ${rejection.message}`, message);
    });

  it('reject the person when an expression fails, naming the field only', async () => {
    assert.deepEqual(await rejectOne(connectionMapping({ from: 'number(a)', to: 'CFNumber' }), { a: 'Byron' }), {
      seatgeekId: 'p1',
      code: 'expression-failed',
      message:
        "the expression for CFNumber failed on this row, at line 1, column 1: a text that is no number stands where a number is needed, like '12a'",
    });
  });
});

describe('the e-mail address for matching', () => {
  const cases: [unknown, string | null][] = [
    [' Ada@Example.ORG ', 'ada@example.org'],
    ['İJ@example.org', 'İj@example.org'],
    ['', null],
    [null, null],
    ['no address', null],
    [12, null],
    [undefined, null],
  ];
  for (const [email, folded] of cases) {
    it(`is ${String(folded)} for ${email === undefined ? 'an absent column' : JSON.stringify(email)}`, async () => {
      assert.equal((await mapOne(connectionWith(), { email })).matchEmail, folded);
    });
  }

  it('comes from the column that the file names', async () => {
    const connection = connectionWith();
    const named = {
      ...connection,
      seatgeek: { ...connection.seatgeek, columns: { id: 'id', email: 'primary_email' } },
    };
    assert.equal(
      (await mapOne(named, { primary_email: 'a@b.example', email: 'x@y.example' })).matchEmail,
      'a@b.example',
    );
  });
});
