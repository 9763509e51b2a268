import assert from 'node:assert/strict';
import { createMapper } from '../../../src/mapping/mapper.js';
import type { Connection } from '../../../src/connection/schema.js';
import { connectionWith, mapOne, pageOf, rejectOne, type Users } from './sample-connection.js';

const LINES = {
  line1: 'address_line_1',
  line2: 'address_line_2',
  line3: 'city',
  line4: "join([state, country], ', ')",
  postcode: 'postal_code',
};

function importing(primaryAddress: Users = LINES): Connection {
  return connectionWith({ importPrimaryAddress: true, primaryAddress });
}

const ROW = {
  address_line_1: ' 1 High St ',
  address_line_2: null,
  city: 'London',
  state: null,
  country: 'GB',
  postal_code: 'N1 1AA',
};

describe('the primary address', () => {
  it('has the lines of the file, blank ones empty, and no separator beside a blank', async () => {
    const { address } = await mapOne(importing(), ROW);
    assert.deepEqual(address, { line1: '1 High St', line2: '', line3: 'London', line4: 'GB', postcode: 'N1 1AA' });
    const american = await mapOne(importing(), { ...ROW, state: 'NY', country: 'US' });
    assert.equal(american.address?.line4, 'NY, US');
  });

  it('is null when every line is blank, or not one of its columns is there: an address is never emptied', async () => {
    assert.equal((await mapOne(importing(), {})).address, null);
    assert.equal((await mapOne(importing(), { city: ' ', postal_code: null, state: '', country: null })).address, null);
  });

  it('leaves lines alone that are not mapped, or whose columns the row lacks', async () => {
    assert.deepEqual((await mapOne(importing({ line3: 'city', line1: '' }), ROW)).address, { line3: 'London' });
    const { city, country } = ROW;
    assert.deepEqual((await mapOne(importing(), { city, country })).address, { line3: 'London', line4: 'GB' });
  });

  it('has the lines that are the same for everybody, but is not one for these alone', async () => {
    const connection = importing({ line1: 'address_line_1', line3: 'city', line4: "'UK'", line2: ' ' });
    assert.deepEqual((await mapOne(connection, ROW)).address, { line1: '1 High St', line3: 'London', line4: 'UK' });
    assert.equal((await mapOne(connection, { city: ' ', address_line_1: null })).address, null);
    assert.equal((await mapOne(connection, {})).address, null);
  });

  describe('of lines whose expressions add something to blank columns', () => {
    /** A line of nothing but its own text, what it is of a row, and of one that has something. */
    const LINES_WITH_TEXT: readonly (readonly [string, Users, Users, string])[] = [
      ["city + ', ' + state", { city: '', state: ' ' }, { city: '', state: 'NY' }, ', NY'],
      ["first([country, 'UK'])", { country: null }, { country: 'UK' }, 'UK'],
      ["country + ' UK'", { country: '\u0000 ' }, { country: 'GB' }, 'GB UK'],
      ["city + ' UK'", { city: '' }, { city: 0 }, '0 UK'],
      [`row["Home City"] + ' UK'`, { 'Home City': ' ' }, { 'Home City': false }, 'false UK'],
      [`row["x"].city + ' UK'`, { x: { city: '', tier: 'Gold' } }, { x: { city: 'York' } }, 'York UK'],
      [`row["x"]["Home City"] + ' UK'`, { x: { 'Home City': null, n: 1 } }, { x: { 'Home City': 5 } }, '5 UK'],
      ["x.at.city + ' UK'", { x: { at: { n: 1 } } }, { x: { at: { city: 'York' } } }, 'York UK'],
      ["x.lines[1] + ' UK'", { x: { lines: ['York', ''] } }, { x: { lines: ['', 'Leeds'] } }, 'Leeds UK'],
      ["join(lines, ' ') + ' UK'", { lines: ['', null] }, { lines: ['', 'York'] }, 'York UK'],
      ["city.split(',')[1] + ' UK'", { city: '' }, { city: 'York' }, 'UK'],
      ["'GB,UK'.split(',')[1] + city", { city: '' }, { city: 'York' }, 'UKYork'],
      ["x.kind == 'a' ? x.at.city : 'UK'", { x: {} }, { x: { kind: 'b', at: 'York' } }, 'UK'],
      ["size(x) > 0 ? 'UK' : 'none'", { x: [] }, { x: [1] }, 'UK'],
    ];
    for (const [from, blank, row, line3] of LINES_WITH_TEXT)
      it(`is null where only that is left: ${from} of ${JSON.stringify(blank)}`, async () => {
        const connection = importing({ line1: 'address_line_1', line3: from });
        assert.equal((await mapOne(connection, { address_line_1: '', ...blank })).address, null);
        assert.equal((await mapOne(connection, blank)).address, null);
        assert.deepEqual((await mapOne(connection, { address_line_1: '', ...row })).address, { line1: '', line3 });
        const { address } = await mapOne(connection, { address_line_1: '1 High St', ...blank });
        assert.equal(address?.line1, '1 High St');
        assert.notEqual(address.line3, '');
      });
  });

  it('is null when it is not imported', async () => {
    assert.equal((await mapOne(connectionWith({ primaryAddress: LINES }), ROW)).address, null);
  });

  it('stops the run before anything is written when the feed no longer has a column of a line', async () => {
    const columns = ['id', 'email', 'first_name', ...Object.keys(ROW)];
    const mapper = createMapper(importing());
    await mapper.mapPage({ ...pageOf({ id: 'p1', ...ROW }), columns });
    const renamed = columns.map((column) => (column === 'city' ? 'city_name' : column));
    await assert.rejects(mapper.mapPage({ ...pageOf({ id: 'p1', ...ROW }), columns: renamed }), {
      code: 'column-missing',
      message: /city \(users\.primaryAddress\.line3/,
    });
  });

  it('needs a line to be mapped when it is to be imported', () => {
    assert.throws(() => connectionWith({ importPrimaryAddress: true }), {
      code: 'config-invalid',
      place: 'users.importPrimaryAddress',
    });
  });

  it('rejects the person when a line fails, naming the line', async () => {
    const rejection = await rejectOne(importing({ line2: 'number(city)' }), ROW);
    assert.equal(rejection.code, 'expression-failed');
    assert.match(rejection.message, /primary_address\.line2/);
  });
});
