import assert from 'node:assert/strict';
import { DriftError } from '../../../src/errors.js';
import { createMapper } from '../../../src/mapping/mapper.js';
import { connectionMapping, connectionWith, mapRows, pageOf, sequenceOf, valuesOf } from './sample-connection.js';

const COLUMNS = ['id', 'email', 'first_name', '_ringside_operation', '_ringside_sequence'];

describe('mapPage', () => {
  it('answers the people of the events that are chosen, in feed order, and counts the others', async () => {
    const page = pageOf(
      { id: 'a', first_name: 'Ada', email: 'ada@example.org' },
      { id: 'b', first_name: 'Bob', email: null },
      { id: 'a', first_name: 'Augusta', email: 'ADA@example.org', _ringside_sequence: sequenceOf(2) },
      { first_name: 'Nobody' },
    );
    const { events, superseded, people, rejected } = await createMapper(connectionWith()).mapPage(page, {
      select: (all) => all.filter(({ number }) => number > 1),
    });
    assert.deepEqual([events, superseded], [4, 1]);
    assert.deepEqual(
      rejected.map(({ seatgeekId }) => seatgeekId),
      ['row:4'],
    );
    assert.deepEqual(
      people.map(({ seatgeekId }) => seatgeekId),
      ['b', 'a'],
    );
    assert.equal(valuesOf(people[1]!)['name'], 'Augusta');
    assert.equal(people[1]!.matchEmail, 'ada@example.org');
  });

  it('maps only the first rows when told how many', async () => {
    const page = pageOf({ id: 'a', first_name: 'A' }, { id: 'b', first_name: 'B' }, { id: 'a', first_name: 'C' });
    const { events, people } = await createMapper(connectionWith()).mapPage(page, { takeEvents: 2 });
    assert.equal(events, 2);
    assert.deepEqual(people.map(valuesOf), [{ name: 'A' }, { name: 'B' }]);
    assert.deepEqual(people[0], {
      seatgeekId: 'a',
      deleted: false,
      matchEmail: null,
      fields: [{ to: 'name', value: 'A', when: 'always' }],
      address: null,
    });
  });

  it('lets other work have its turn when it has taken 20 ms', async () => {
    const realClock = Object.getOwnPropertyDescriptor(performance, 'now');
    let clock = 1_000;
    Object.defineProperty(performance, 'now', { configurable: true, value: () => clock });
    const seen: string[] = [];
    const rows = ['a', 'b', 'c', 'd', 'e'].map((id) => ({
      id,
      get first_name() {
        clock += 10;
        seen.push(id);
        return id;
      },
    }));
    const turn = (left: number): void => {
      seen.push('turn');
      if (left > 1) setImmediate(turn, left - 1);
    };
    try {
      setImmediate(turn, 3);
      await createMapper(connectionWith()).mapPage(pageOf(...rows));
    } finally {
      if (realClock === undefined) Reflect.deleteProperty(performance, 'now');
      else Object.defineProperty(performance, 'now', realClock);
    }
    assert.deepEqual(seen, ['a', 'b', 'turn', 'c', 'd', 'turn', 'e']);
  });

  it('has nothing to say about a deleted person but that', async () => {
    const connection = connectionWith({
      importPrimaryAddress: true,
      primaryAddress: { line1: 'city' },
      staticMappings: [{ to: 'inactive', value: false }],
    });
    const row = { id: 'a', first_name: 'Ada', city: 'London', email: 'ada@example.org', _ringside_operation: 'D' };
    assert.deepEqual((await mapRows(connection, row)).people, [
      { seatgeekId: 'a', deleted: true, matchEmail: 'ada@example.org', fields: [], address: null },
    ]);
  });

  it('rejects an unknown operation and never deletes for it', async () => {
    const { people, rejected } = await mapRows(connectionWith(), {
      id: 'a',
      first_name: 'Ada',
      _ringside_operation: 'X',
    });
    assert.deepEqual(people, []);
    assert.deepEqual(
      rejected.map(({ seatgeekId, code }) => [seatgeekId, code]),
      [['a', 'operation-unknown']],
    );
  });

  it('goes on after a rejected row, naming rows without id by their number', async () => {
    const { events, people, rejected } = await mapRows(
      connectionWith(),
      { first_name: 'Nobody' },
      { id: 'ada@example.org', first_name: 'Ada' },
      { id: 'c', first_name: 'Cleo' },
    );
    assert.equal(events, 3);
    assert.deepEqual(
      people.map(({ seatgeekId }) => seatgeekId),
      ['c'],
    );
    assert.deepEqual(
      rejected.map(({ seatgeekId, code }) => [seatgeekId, code]),
      [
        ['row:1', 'id-missing'],
        ['row:2', 'id-unsafe'],
      ],
    );
  });

  it('maps nobody when a column is of another type than an expression needs, with line and column', async () => {
    const mapper = createMapper(connectionMapping({ from: 'first_name +\n  string(age * 2)', to: 'notes' }));
    const columns = [...COLUMNS, 'age'];
    const page = { ...pageOf({ id: 'a', first_name: 'Ada', age: 36 }), columns };
    await assert.rejects(
      mapper.mapPage({ ...page, columnTypes: { first_name: 'text', age: 'character varying(20)' } }),
      {
        name: 'DriftError',
        code: 'column-type',
        message:
          /users\.fieldMappings\[1\]\.from, line 2, column 10: \* needs a number and gets a text; write number\(text\)$/,
      },
    );
    const { people } = await mapper.mapPage({ ...page, columnTypes: { first_name: 'text', age: 'integer[]' } });
    assert.equal(people.length, 1);
  });

  const kinds: Readonly<Record<string, readonly string[]>> = {
    text: ['text', 'character varying(20)', 'VARCHAR(5)', 'uuid', 'date', 'timestamp with time zone', 'citext'],
    number: ['integer', 'int', 'int4', 'int8', 'bigint', 'numeric(10,2)', 'double precision', 'float', 'float8'],
    bool: ['bool', 'boolean'],
    any: ['jsonb', 'text[]', 'text[][]', 'my_text', 'my_int', 'int3', 'point', 'boolean_or_not', 'a_bool', 'interval'],
  };
  const refused: Readonly<Record<string, readonly boolean[]>> = {
    text: [true, false],
    number: [false, true],
    bool: [true, true],
    any: [false, false],
  };
  for (const [kind, types] of Object.entries(kinds))
    for (const type of types)
      it(`takes a column of ${type} for ${kind}`, async () => {
        const isRefused = ['x * 2', "x + 'a'"].map(async (from) => {
          const mapper = createMapper(connectionMapping({ from, to: 'CFX' }));
          const page = { ...pageOf({ id: 'a', first_name: 'Ada', x: null }), columnTypes: { x: type } };
          return mapper.mapPage(page).then(
            () => false,
            (error: unknown) => error instanceof DriftError && error.code === 'column-type',
          );
        });
        assert.deepEqual(await Promise.all(isRefused), refused[kind]);
      });

  it('maps nobody when a mapped column has vanished from the feed', async () => {
    const mapper = createMapper(connectionMapping({ from: 'tier', to: 'CFTier' }));
    await assert.rejects(mapper.mapPage({ ...pageOf({ id: 'a', first_name: 'Ada' }), columns: COLUMNS }), {
      name: 'DriftError',
      code: 'column-missing',
    });
  });
});

describe('assertColumns', () => {
  it('names every missing column with the place that needs it', () => {
    const mapper = createMapper(connectionMapping({ from: "tier + ' ' + level", to: 'CFTier' }));
    assert.throws(() => mapper.assertColumns([...COLUMNS, 'level'].filter((column) => column !== 'email')), {
      code: 'column-missing',
      message:
        "SeatGeek's feed lacks mapped columns: email (seatgeek.columns.email), tier (users.fieldMappings[1].from)",
    });
  });

  it('names a column once, with the place that needs it first, and what it may be called now', () => {
    const mapper = createMapper(
      connectionMapping(
        { from: 'tier', to: 'CFTier' },
        { from: 'tier', to: 'CFLevel' },
        { from: 'email', to: 'notes' },
      ),
    );
    assert.throws(() => mapper.assertColumns([...COLUMNS, 'tyer']), {
      message: "SeatGeek's feed lacks a mapped column: tier (users.fieldMappings[1].from; did you mean tyer?)",
    });
    assert.throws(() => mapper.assertColumns(['id', 'first_name', 'tier']), {
      message: "SeatGeek's feed lacks a mapped column: email (seatgeek.columns.email)",
    });
  });

  it('is content with every column there, quoted in the file or not', () => {
    const mapper = createMapper(connectionMapping({ from: '"user"', to: 'CFUser' }));
    mapper.assertColumns([...COLUMNS, 'user']);
    assert.deepEqual(mapper.columns, ['id', 'email', 'first_name', 'user']);
  });

  it('looks at no empty list', () => {
    createMapper(connectionWith()).assertColumns([]);
  });
});
