import assert from 'node:assert/strict';
import { checkEndpoints } from '../../../src/connection/check.js';
import { ConfigError } from '../../../src/errors.js';

const seatgeek = { clientId: { secret: 'seatgeek-client-id' }, clientSecret: { secret: 'seatgeek-client-secret' } };
const halo = {
  url: 'https://acme.halopsa.com',
  clientId: { secret: 'halo-client-id' },
  clientSecret: { secret: 'halo-client-secret' },
};
const endpoints = { name: 'arena', seatgeek, halo };

describe('the part of a file that names the two systems', () => {
  it('is enough before there are mappings, and gets its defaults', () => {
    assert.equal(checkEndpoints(endpoints).seatgeek.apiUrl, 'https://ringside.seatgeek.com/v1');
  });

  for (const { title, part, place } of [
    { title: 'anything beside it', part: { ...endpoints, users: {} }, place: /^users$/ },
    { title: 'a name that is missing', part: { seatgeek, halo }, place: /^name$/ },
    {
      title: 'a secret in clear text',
      part: { ...endpoints, halo: { ...halo, clientSecret: 'hunter2hunter2' } },
      place: /^halo\.clientSecret$/,
    },
    {
      title: 'an address that is not safe',
      part: { ...endpoints, halo: { ...halo, url: 'http://acme.example.org' } },
      place: /^halo\.url$/,
    },
    { title: 'no object at all', part: 'arena', place: /connection file/ },
  ]) {
    it(`refuses ${title}, naming the place and no value`, () => {
      assert.throws(
        () => checkEndpoints(part),
        (error) => {
          assert.ok(error instanceof ConfigError);
          assert.match(error.place, place);
          assert.doesNotMatch(error.message, /hunter2/);
          return true;
        },
      );
    });
  }
});
