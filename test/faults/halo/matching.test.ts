import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { keyOfText } from '../../../src/halo/directory/match-key.js';
import { UserIndex } from '../../../src/halo/directory/user-index.js';
import { NOTHING_KNOWN } from '../../../src/halo/types.js';
import { HaloBench, outcomes, person } from '../../unit/halo/halo-bench.js';
import { known, targetsOf } from '../../unit/halo/pure-bench.js';

describe('who is matched with whom', () => {
  let bench: HaloBench;
  beforeEach(async () => (bench = await HaloBench.start({ usersKeptWhole: 1 })));
  afterEach(() => bench.close());

  const switchedOff = { ...NOTHING_KNOWN, wasDeactivated: () => true };
  const claimed = { ...NOTHING_KNOWN, isEmailShared: () => true };

  it('takes the only active user of several with the address', async () => {
    bench.add({ name: 'Old', emailaddress: 'a@example.org', inactive: true });
    const active = bench.add({ name: 'New', emailaddress: 'a@example.org' });
    assert.deepEqual(outcomes(await bench.run().write([person('a')])), ['matchedByEmail']);
    assert.equal(bench.people().find(({ seatgeekId }) => seatgeekId === 'a')?.id, active);
  });

  it('finds the stored SeatGeek ID in other letters, and leaves it as it is', async () => {
    bench.add({ name: 'Name AB-1', emailaddress: 'ab-1@example.org', customFields: { CFSeatGeekID: 'AB-1' } });
    for (let n = 0; n < 5; n++) bench.add({ name: `User ${n}`, emailaddress: `u${n}@example.org` });
    const people = [person('ab-1', { name: 'Name AB-1' })];
    assert.deepEqual(outcomes(await bench.run().write(people)), ['unchanged']);
    assert.equal(bench.people().length, 6);
  });

  it('switches a person who came back on again, whom this program had switched off', async () => {
    await bench.run().write([person('a')]);
    assert.deepEqual(outcomes(await bench.run().write([person('a', { deleted: true })])), ['deactivated']);
    assert.deepEqual(outcomes(await bench.run().write([person('a')], { feed: switchedOff })), ['updated']);
    assert.equal(bench.people()[0]?.inactive, false);
  });

  it('switches nobody on whom an agent switched off', async () => {
    await bench.run().write([person('a')]);
    for (const { id } of bench.people()) bench.sandbox.halo.store.update(id, { inactive: true });
    await bench.run().write([person('a', { name: 'Other' })]);
    assert.deepEqual(
      bench.people().map(({ name, inactive }) => [name, inactive]),
      [['Other', true]],
    );
  });

  it('leaves the user of a merged person to the one who is left, over two runs', async () => {
    for (let n = 0; n < 5; n++) bench.add({ name: `User ${n}`, emailaddress: `u${n}@example.org` });
    await bench.run().write([person('a', { email: 'x@example.org' })]);
    await bench.run().write([person('a', { deleted: true, email: 'x@example.org' })]);
    const settled = await bench.run().write([person('b', { email: 'x@example.org' })], { feed: switchedOff });
    assert.deepEqual(outcomes(settled), ['matchedByEmail']);
    const found = bench.people().filter(({ email }) => email === 'x@example.org');
    assert.deepEqual(
      found.map(({ seatgeekId, inactive }) => [seatgeekId, inactive]),
      [['b', false]],
    );
  });

  it('gives the user whom two people of the feed claim to neither', async () => {
    bench.add({ name: 'Jane', emailaddress: 'x@example.org' });
    const people = ['a', 'b'].map((id) => person(id, { email: 'x@example.org' }));
    assert.deepEqual(outcomes(await bench.run().write(people, { feed: claimed })), ['rejected', 'rejected']);
    assert.deepEqual(
      bench.people().map(({ name, seatgeekId }) => [name, seatgeekId]),
      [['Jane', null]],
    );
  });

  it('says of nobody unchanged, however he is kept, that he gets another identity', async () => {
    const people = ['a', 'b', 'c', 'd', 'e'].map((id) => person(id));
    await bench.run().write(people);
    const run = bench.run();
    assert.deepEqual(
      await run.forecast(people),
      people.map(() => 'known'),
    );
    const renamed = person('a', { email: 'z@example.org' });
    assert.deepEqual(await run.forecast([renamed]), ['overwrite']);
  });

  it('never takes an equal hash for an equal address', () => {
    const index = new UserIndex(targetsOf(), 1);
    index.put(known(1, { email: 'ceo@arena.example' }));
    for (const id of [2, 3, 4]) index.put(known(id));
    assert.deepEqual(
      index.byEmail('ceo@arena.example').map(({ id }) => id),
      [1],
    );
    assert.deepEqual(index.byEmail(keyOfText('ceo@arena.example')), []);
  });

  it('hashes otherwise in every process', () => {
    const program = "import('./src/hash.ts').then(({ hash64 }) => console.log(hash64('ceo@arena.example').join(' ')))";
    const hash = (): string => execFileSync(process.execPath, ['--import', 'tsx', '-e', program], { encoding: 'utf8' });
    assert.notEqual(hash(), hash());
  });
});
