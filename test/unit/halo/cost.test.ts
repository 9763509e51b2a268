import assert from 'node:assert/strict';
import { connectionSchema } from '../../../src/connection/schema.js';
import {
  costInWords,
  fieldsOutsideLists,
  priceOfFields,
  requestsToReadAgain,
  requestsToWrite,
} from '../../../src/halo/cost.js';
import { haloSettings } from './scripted-halo.js';

type Users = Parameters<typeof fieldsOutsideLists>[0];

const users = (fields: object[] = [], statics: object[] = []): Users =>
  connectionSchema.shape.users.parse({
    seatgeekIdField: 'CFSeatGeekID',
    defaultSite: 18,
    fieldMappings: [{ from: 'n', to: 'name' }, ...fields],
    staticMappings: statics,
  });
const priced = (of: Users = users(), halo: object = {}) => ({ halo: haloSettings(halo), users: of });
const withSecond = users([{ from: 't', to: 'email2' }]);

describe('what people cost in requests', () => {
  it('is a request for each person read again where a field is not in lists, save those of creation only', () => {
    assert.deepEqual(fieldsOutsideLists(withSecond), ['email2']);
    const both = users(
      [{ from: 't', to: 'email2' }],
      [
        { to: 'email3', value: 'x' },
        { to: 'CFSource', value: 'x' },
      ],
    );
    assert.deepEqual(fieldsOutsideLists(both), ['email2', 'email3']);
    assert.deepEqual(fieldsOutsideLists(users([{ from: 't', to: 'email2', when: 'create' }])), []);
  });

  it('grows by one for each hundred to read again', () => {
    const costs = [0, 1, 100, 101].map((people) => [
      requestsToReadAgain(people, priced()),
      requestsToReadAgain(people, priced(withSecond)),
    ]);
    assert.deepEqual(costs, [
      [5, 5],
      [6, 7],
      [6, 106],
      [7, 108],
    ]);
  });

  it('grows by one for each array to write, and one for ten arrays', () => {
    const costs = [0, 1, 50, 51, 500, 501].map((people) => requestsToWrite(people, priced()));
    assert.deepEqual(costs, [5, 7, 7, 8, 16, 18]);
    assert.equal(requestsToWrite(100, priced(users(), { writeBatch: 1 })), 115);
  });

  for (const [requests, words] of [
    [300, '300 requests, within the limit of 300 in 300 s'],
    [301, '301 requests, about 1 s at 300 in 300 s'],
    [389, '389 requests, about 89 s at 300 in 300 s'],
    [390, '390 requests, about 2 min at 300 in 300 s'],
    [1_320, '1,320 requests, about 17 min at 300 in 300 s'],
    [5_699, '5,699 requests, about 90 min at 300 in 300 s'],
    [5_700, '5,700 requests, about 1.5 h at 300 in 300 s'],
  ] as const)
    it(`is said in words: ${words}`, () => assert.equal(costInWords(requests, haloSettings()), words));

  it('is said at the limit of the connection', () => {
    const halo = { rateLimit: { requests: 1_000, perSeconds: 1_200 } };
    assert.equal(costInWords(2_000, haloSettings(halo)), '2,000 requests, about 20 min at 1,000 in 1,200 s');
  });

  it('is explained where fields make it dear', () => {
    assert.equal(priceOfFields(users()), undefined);
    assert.match(priceOfFields(withSecond) ?? '', /^email2 is not in Halo's lists, so each unchanged person/);
    const two = users([{ from: 't', to: 'email2' }], [{ to: 'email3', value: 'x' }]);
    assert.match(priceOfFields(two) ?? '', /^email2, email3 are not in Halo's lists/);
  });
});
