import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readEvent, unquote } from '../../../src/mapping/row.js';
import type { FeedRow } from '../../../src/seatgeek/types.js';
import { sequenceOf } from './sample-connection.js';

const read = (row: FeedRow): ReturnType<typeof readEvent> => readEvent(row, 7, 'id');

function codeOf(row: FeedRow): string | null {
  const entry = read(row);
  return 'code' in entry ? `${entry.code} ${entry.seatgeekId}` : null;
}

function operationOf(row: FeedRow): string | null {
  const entry = read({ id: 'p1', ...row });
  return 'code' in entry ? null : entry.operation;
}

describe('readEvent', () => {
  it('reads id, sequence and operation', () => {
    const row = { id: 'p1', _ringside_sequence: sequenceOf(0xabc).toUpperCase(), _ringside_operation: 'U' };
    assert.deepEqual(read(row), {
      seatgeekId: 'p1',
      number: 7,
      sequence: sequenceOf(0xabc),
      operation: 'upsert',
      row,
    });
  });

  for (const sequence of [undefined, null, '', 12])
    it(`knows no sequence where it is ${JSON.stringify({ sequence })}`, () => {
      const entry = read({ id: 'p1', _ringside_sequence: sequence });
      assert.equal('code' in entry ? undefined : entry.sequence, null);
    });

  for (const [name, bare] of [
    ['"id"', 'id'],
    ['id', 'id'],
    ['"id', '"id'],
    ['x"id"', 'x"id"'],
    ['"id"x', '"id"x'],
    ['""', '""'],
  ] as const)
    it(`knows the column ${name} as ${bare}`, () => assert.equal(unquote(name), bare));

  it('takes a number for an id', () => {
    assert.equal(read({ id: 12 }).seatgeekId, '12');
  });

  it('takes the blanks off an id', () => {
    assert.equal(read({ id: '12345   ' }).seatgeekId, '12345');
  });

  for (const id of [null, undefined, '', '   ']) {
    it(`rejects a row whose id is ${id === undefined ? 'absent' : JSON.stringify(id)} by its number`, () => {
      assert.equal(codeOf({ id }), 'id-missing row:7');
    });
  }

  for (const id of [
    'ada@example.org',
    'Ada Byron',
    'a\tb',
    'a\u0000b',
    'a\u200bb',
    'x'.repeat(101),
    'row:1',
    'Müller',
    '+16175550100',
    '(617)5550100',
    '1990-05-04',
    '1990-05-04T00:00',
    '04.05.1990',
    '5/4/90',
    'Byron,Ada',
    1.5,
    true,
    ['a'],
    { a: 1 },
  ]) {
    it(`never shows the id ${JSON.stringify(id).slice(0, 20)}`, () => {
      const entry = read({ id });
      assert.equal(codeOf({ id }), 'id-unsafe row:7');
      assert.ok(!JSON.stringify(entry).includes(JSON.stringify(id)));
    });
  }

  for (const id of ['x'.repeat(100), 'a+b(c)', 'x1990-05-04', '1990-05-041', 'a04.05.1990', '04.05.1990a', '1/2'])
    it(`takes the id ${id.slice(0, 20)}`, () => assert.equal(codeOf({ id }), null));

  for (const code of ['U', 'I', 'C', 'R', 'u', '', null, undefined]) {
    it(`takes the operation ${code === undefined ? 'absent' : JSON.stringify(code)} for an upsert`, () => {
      assert.equal(operationOf({ _ringside_operation: code }), 'upsert');
    });
  }

  it('takes D for a delete', () => {
    assert.equal(operationOf({ _ringside_operation: 'D' }), 'delete');
    assert.equal(operationOf({ _ringside_operation: ' d ' }), 'delete');
  });

  it('takes nothing else for a delete', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.jsonValue()), (code) => {
        if (typeof code === 'string' && code.trim().toUpperCase() === 'D') return;
        assert.notEqual(operationOf({ _ringside_operation: code }), 'delete');
      }),
    );
    assert.equal(operationOf({ _ringside_operation: 'DELETE' }), 'unknown');
    assert.equal(operationOf({ _ringside_operation: 0 }), 'unknown');
  });
});
