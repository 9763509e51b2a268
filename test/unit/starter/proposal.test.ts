import assert from 'node:assert/strict';
import fc from 'fast-check';
import { columnExpression, columnOperand, compileExpression } from '../../../src/mapping/expression.js';
import { KNOWN_COLUMNS } from '../../../src/seatgeek/known-columns.js';
import { mappingFrom, mappingsWith } from '../../../src/starter/wizard/flags.js';
import { propose } from '../../../src/starter/wizard/proposal.js';

const fields = [
  { id: 1, name: 'CFSeatGeekID', label: 'SeatGeek ID' },
  { id: 2, name: 'CFLoyaltyTier', label: 'Loyalty tier' },
];
const pairs = (columns: readonly string[]): string[] =>
  propose(columns, fields).mappings.map(
    ({ from, to, when }) => `${from} → ${to}${when === undefined ? '' : `, ${when}`}`,
  );

describe('the proposal for a first file', () => {
  it('maps what is obvious in the likely columns', () => {
    const { idColumn, emailColumn, idField, address } = propose(KNOWN_COLUMNS, fields);
    assert.deepEqual([idColumn, emailColumn, idField], ['id', 'email', 'CFSeatGeekID']);
    assert.deepEqual(pairs(KNOWN_COLUMNS), [
      "first_name + ' ' + last_name → name",
      'first_name → firstname',
      'middle_name → middle_name, create',
      'last_name → surname',
      'email → emailaddress',
      'mobile_phone → mobilenumber',
      'birthday → date_of_birth',
      'business_phone → phonenumber',
      'home_phone → homenumber',
    ]);
    assert.deepEqual(address, {
      line1: 'address_line_1',
      line2: 'address_line_2',
      line3: 'city',
      line4: "join([state, country], ', ')",
      postcode: 'postal_code',
    });
  });

  it('knows other spellings', () => {
    const columns = ['clientGuid', 'FirstName', 'Surname', 'E-Mail', 'Phone', 'zip', 'LoyaltyTier'];
    const { idColumn, emailColumn, address } = propose(columns, fields);
    assert.deepEqual(
      [idColumn, emailColumn, address?.postcode, address?.line1],
      ['clientGuid', 'E-Mail', 'zip', undefined],
    );
    assert.deepEqual(pairs(columns), [
      "FirstName + ' ' + Surname → name",
      'FirstName → firstname',
      'Surname → surname',
      '"E-Mail" → emailaddress',
      'Phone → phonenumber',
      'LoyaltyTier → CFLoyaltyTier',
    ]);
  });

  it('takes the whole name where there is a column of it', () => {
    assert.deepEqual(pairs(['client_name']), ['client_name → name']);
  });

  it('says what it does not know', () => {
    assert.deepEqual(propose(['colour'], []), {
      idColumn: null,
      emailColumn: null,
      idField: null,
      mappings: [],
      address: null,
    });
  });

  it('never maps two columns to one field, and only by usable expressions', () => {
    const names = fc.oneof(
      fc.constantFrom(...KNOWN_COLUMNS, 'phone', 'name', 'and', 'in'),
      fc.stringMatching(/^[^\p{C}]{1,20}$/u),
    );
    fc.assert(
      fc.property(fc.uniqueArray(names, { maxLength: 30 }), (columns) => {
        const { mappings, address } = propose(columns, fields);
        assert.equal(new Set(mappings.map(({ to }) => to)).size, mappings.length);
        for (const from of [...mappings.map((mapping) => mapping.from), ...Object.values(address ?? {})])
          assert.ok(compileExpression(from ?? '').columns.length > 0);
      }),
    );
  });

  for (const [column, alone, within] of [
    ['first_name', 'first_name', 'first_name'],
    ['E-Mail', '"E-Mail"', 'row["E-Mail"]'],
    ['2nd', '"2nd"', 'row["2nd"]'],
    ['in', 'in', 'row["in"]'],
    ['true', '"true"', 'row["true"]'],
    ['a"b\\c', 'row["a\\"b\\\\c"]', 'row["a\\"b\\\\c"]'],
  ] as const) {
    it(`names the column ${column} alone and within an expression`, () => {
      assert.deepEqual([columnExpression(column), columnOperand(column)], [alone, within]);
      assert.deepEqual(compileExpression(alone).columns, [column]);
      assert.deepEqual(compileExpression(`${within} + 'x'`).columns, [column]);
    });
  }
});

describe('mappings by flags', () => {
  it('split at the last equals sign, for an expression may hold one', () => {
    assert.deepEqual(mappingFrom("tier == 'gold' ? 'Gold' : ''=CFTier"), {
      from: "tier == 'gold' ? 'Gold' : ''",
      to: 'CFTier',
    });
  });

  for (const flag of ['loyalty_tier', 'loyalty_tier=', '']) {
    it(`refuse '${flag}'`, () => {
      assert.throws(() => mappingFrom(flag), { code: 'map-unusable' });
    });
  }

  it('take the place of a proposed one, join the rest, or leave one out', () => {
    const proposed = [
      { from: 'email', to: 'emailaddress' },
      { from: 'birthday', to: 'date_of_birth' },
    ];
    assert.deepEqual(mappingsWith(proposed, ['mail=EmailAddress', '=date_of_birth', 'tier=CFTier']), [
      { from: 'mail', to: 'EmailAddress' },
      { from: 'tier', to: 'CFTier' },
    ]);
  });
});
