import assert from 'node:assert/strict';
import { explainPlan, lookUpRequests, planDirectory, type PlanInput } from '../../../src/halo/directory/planner.js';

describe('the planner of the directory', () => {
  const input: PlanInput = { users: 5_000, people: 3, emails: 3, spent: 0, byId: 'many', byEmail: 'many' };
  const table: readonly [string, Partial<PlanInput>, 'list' | 'look-up'][] = [
    ['looks a few people up', {}, 'look-up'],
    ['lists for a whole first page', { people: 2_500, emails: 2_500 }, 'list'],
    ['lists a small Halo', { users: 100 }, 'list'],
    ['lists an empty Halo', { users: 0 }, 'list'],
    ['lists where IDs can not be searched, whatever it costs', { users: 1_000_000, byId: 'none' }, 'list'],
    ['looks up e-mail addresses one by one', { byEmail: 'none', people: 20, emails: 20 }, 'look-up'],
    ['lists when one by one costs more', { byEmail: 'none', people: 50, emails: 50 }, 'list'],
    ['lists once look-ups have cost as much', { spent: 48 }, 'list'],
  ];
  for (const [name, change, plan] of table) {
    it(name, () => assert.equal(planDirectory({ ...input, ...change }), plan));
  }

  it('counts requests by what the search takes', () => {
    const demand = { people: 120, emails: 80 };
    assert.equal(lookUpRequests({ ...demand, byId: 'many', byEmail: 'many' }), 5);
    assert.equal(lookUpRequests({ ...demand, byId: 'one', byEmail: 'many' }), 122);
    assert.equal(lookUpRequests({ ...demand, byId: 'many', byEmail: 'none' }), 83);
  });

  it('says what both ways take', () => {
    assert.equal(explainPlan(input), 'looking up 3 people would take 2, listing 5000 users 50');
    assert.match(explainPlan({ ...input, byId: 'none', users: 0 }), /^looking up 3 people can't be done.*users 1$/);
  });
});
