import assert from 'node:assert/strict';
import { connectionWith, mapOne, rejectOne } from './sample-connection.js';

const ROW = {
  address_line_1: ' 1 High St ',
  address_line_2: null,
  city: 'London',
  state: null,
  country: 'GB',
  postal_code: 'N1 1AA',
};

describe('the primary address', () => {
  it('has city in line 3 and state and country in line 4', async () => {
    const { address } = await mapOne(connectionWith({ importPrimaryAddress: true }), ROW);
    assert.deepEqual(address, { line1: '1 High St', line2: '', line3: 'London', line4: 'GB', postcode: 'N1 1AA' });
  });

  it('joins state and country', async () => {
    const { address } = await mapOne(connectionWith({ importPrimaryAddress: true }), {
      ...ROW,
      state: 'NY',
      country: 'US',
    });
    assert.equal(address?.line4, 'NY, US');
  });

  it('is null when every line is blank or its columns are absent', async () => {
    const connection = connectionWith({ importPrimaryAddress: true });
    assert.equal((await mapOne(connection, {})).address, null);
    assert.equal((await mapOne(connection, { city: ' ', postal_code: null })).address, null);
  });

  it('is null when it is not imported', async () => {
    assert.equal((await mapOne(connectionWith(), ROW)).address, null);
  });

  it('follows the expressions of the file', async () => {
    const connection = connectionWith({
      importPrimaryAddress: true,
      primaryAddress: { line1: "$join([address_line_1, address_line_2], ', ')", line4: '', postcode: 'zip' },
    });
    const { address } = await mapOne(connection, { ...ROW, address_line_2: 'Flat 2', zip: 12345 });
    assert.deepEqual(address, {
      line1: '1 High St , Flat 2',
      line2: 'Flat 2',
      line3: 'London',
      line4: '',
      postcode: '12345',
    });
  });

  it('rejects the person when a line fails, naming the line', async () => {
    const connection = connectionWith({ importPrimaryAddress: true, primaryAddress: { line2: '$number(city)' } });
    const rejection = await rejectOne(connection, ROW);
    assert.equal(rejection.code, 'expression-failed');
    assert.match(rejection.message, /primary_address\.line2/);
  });
});
