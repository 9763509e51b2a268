import assert from 'node:assert/strict';
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

  it('at another port is another one', () => {
    const instances = createHaloInstances();
    const at = (port: number) => instances.open({ url: `http://127.0.0.1:${port}` });
    assert.notEqual(at(1).budget, at(2).budget);
  });
});
