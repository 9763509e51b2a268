import assert from 'node:assert/strict';
import { KeptPlans } from '../../../src/halo/plan/kept-plans.js';
import { rejected } from '../../../src/halo/plan/plan.js';
import { known } from './pure-bench.js';

const person = {
  seatgeekId: 'sg-1',
  sequence: null,
  deleted: false,
  matchEmail: null,
  fields: [],
  address: null,
};
const plan = rejected(person, 'name-missing', 'no name');
const context = { withAddress: true, mayBeBlind: true, haveChanged: false, now: 1_000 };

describe('kept plans', () => {
  it('hold for the same image of the user', () => {
    const kept = new KeptPlans();
    const user = known(7);
    kept.keep(person, user, context, plan);
    assert.equal(kept.find(person, user, { ...context, now: 61_000 }), plan);
    assert.equal(kept.find(person, known(7), context), undefined);
    assert.equal(kept.find(person, null, context), undefined);
    assert.equal(kept.find({ ...person }, user, context), undefined);
  });

  it('do not hold in other circumstances, nor longer than a minute', () => {
    const kept = new KeptPlans();
    kept.keep(person, null, context, plan);
    for (const other of [{ withAddress: false }, { mayBeBlind: false }, { haveChanged: true }, { now: 61_001 }])
      assert.equal(kept.find(person, null, { ...context, ...other }), undefined);
    assert.equal(kept.find(person, null, context), plan);
  });
});
