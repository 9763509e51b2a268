import assert from 'node:assert/strict';
import { adoptHabits, habitsOf } from '../../../src/halo/habits.js';
import { createHaloInstances } from '../../../src/halo/instance.js';

describe('a Halo', () => {
  for (const url of [
    'https://acme.halopsa.example.',
    'https://ACME.halopsa.example/',
    'https://acme.halopsa.example:443',
    'https://acme.halopsa.example.:443//',
  ])
    it(`is the same when it is spelled ${url}`, () => {
      const instances = createHaloInstances();
      assert.equal(instances.open({ url }), instances.open({ url: 'https://acme.halopsa.example' }));
    });

  it('below another path is another one, and has its requests counted with those of its host', () => {
    const instances = createHaloInstances();
    const [one, other] = ['a', 'b'].map((path) => instances.open({ url: `https://halo.example/${path}` }));
    assert.notEqual(one, other);
    assert.notEqual(one?.forms, other?.forms);
    assert.equal(one?.budget, other?.budget);
  });

  it('below another path is not taken for the one of which a connection carries what it has seen', () => {
    const at = (path: string) => createHaloInstances().open({ url: `https://halo.example/${path}` });
    const seen = at('a');
    seen.search.set('emailaddress', 'many');
    const carried = habitsOf(seen);
    const [same, other] = [at('a/'), at('b')];
    for (const instance of [same, other]) adoptHabits(instance, carried);
    assert.deepEqual([same.search.size, other.search.size], [1, 0]);
  });

  it('at another port is another one', () => {
    const instances = createHaloInstances();
    const at = (port: number) => instances.open({ url: `http://127.0.0.1:${port}` });
    assert.notEqual(at(1).budget, at(2).budget);
  });
});
