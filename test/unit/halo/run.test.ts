import assert from 'node:assert/strict';
import { customValue } from '../../../src/sandbox/halo-store.js';
import { HaloBench, outcomes, person, type BenchOptions } from './halo-bench.js';

describe('a run into Halo', () => {
  let bench: HaloBench;
  const open = async (options: BenchOptions = {}): Promise<HaloBench> => (bench = await HaloBench.start(options));

  afterEach(() => bench.close());

  it('creates people who are unknown, under the default site and with their SeatGeek ID', async () => {
    await open();
    const settled = await bench.run().write([person('a'), person('b')]);
    assert.deepEqual(outcomes(settled), ['created', 'created']);
    assert.deepEqual(
      bench.people().map(({ name, email, site, seatgeekId }) => [name, email, site, seatgeekId]),
      [
        ['Name a', 'a@example.org', 18, 'a'],
        ['Name b', 'b@example.org', 18, 'b'],
      ],
    );
  });

  it('matches by stored SeatGeek ID and sends only what changed', async () => {
    await open();
    const id = bench.add({ name: 'Old', emailaddress: 'a@example.org', customFields: { CFSeatGeekID: 'a' } });
    assert.deepEqual(outcomes(await bench.run().write([person('a')])), ['updated']);
    assert.deepEqual(
      bench.sandbox.halo.writes.all().map(({ items }) => items),
      [[{ id, name: 'Name a', _dont_fire_automations: true }]],
    );
  });

  it('matches by e-mail once and stores the SeatGeek ID', async () => {
    await open();
    bench.add({ name: 'Name a', emailaddress: ' A@Example.org ' });
    assert.deepEqual(outcomes(await bench.run().write([person('a')])), ['matchedByEmail']);
    assert.equal(bench.people()[0]?.seatgeekId, 'a');
    assert.deepEqual(outcomes(await bench.run().write([person('a')])), ['unchanged']);
    assert.equal(bench.people().length, 1);
  });

  it('writes nothing the second time', async () => {
    await open();
    const people = ['a', 'b', 'c'].map((id) => person(id));
    await bench.run().write(people);
    const before = bench.sandbox.halo.writes.count;
    assert.deepEqual(outcomes(await bench.run().write(people)), ['unchanged', 'unchanged', 'unchanged']);
    assert.equal(bench.sandbox.halo.writes.count, before);
  });

  it('keeps what it learnt between pages of a run', async () => {
    await open();
    const run = bench.run();
    await run.write([person('a')]);
    const before = run.requests;
    assert.deepEqual(outcomes(await run.write([person('a')])), ['unchanged']);
    assert.equal(run.requests, before);
  });

  it('makes deleted people inactive, and skips those it does not know', async () => {
    await open();
    await bench.run().write([person('a')]);
    const settled = await bench.run().write([person('a', { deleted: true }), person('b', { deleted: true })]);
    assert.deepEqual(outcomes(settled), ['deactivated', 'skipped']);
    assert.equal(bench.people()[0]?.inactive, true);
    assert.deepEqual(outcomes(await bench.run().write([person('a', { deleted: true })])), ['unchanged']);
  });

  it('leaves deleted people alone when told to', async () => {
    await open({ connection: { users: { onDelete: 'ignore' } } });
    await bench.run().write([person('a')]);
    assert.deepEqual(outcomes(await bench.run().write([person('a', { deleted: true })])), ['skipped']);
    assert.equal(bench.people()[0]?.inactive, false);
  });

  it('decides two people with one e-mail in their order', async () => {
    await open();
    const settled = await bench
      .run()
      .write([person('a', { email: 'x@example.org' }), person('b', { email: 'X@example.org' })]);
    assert.deepEqual(
      settled.map(({ outcome, rejection }) => [outcome, rejection?.code]),
      [
        ['created', undefined],
        ['rejected', 'email-taken'],
      ],
    );
  });

  it('gives an e-mail to the second when Halo refuses the first', async () => {
    await open();
    const tooLong = 'n'.repeat(300);
    const settled = await bench
      .run()
      .write([person('a', { email: 'x@example.org', name: tooLong }), person('b', { email: 'x@example.org' })]);
    assert.deepEqual(outcomes(settled), ['rejected', 'created']);
  });

  it('never matches the placeholder of a site', async () => {
    await open();
    bench.add({ name: 'General User', emailaddress: 'a@example.org' });
    assert.deepEqual(outcomes(await bench.run().write([person('a')])), ['created']);
  });

  it('rejects a new person without a name', async () => {
    await open();
    const [settled] = await bench.run().write([person('a', { name: null })]);
    assert.equal(settled?.rejection?.code, 'name-missing');
    assert.equal(bench.people().length, 0);
  });

  it('finds a person whom somebody created while the run went on', async () => {
    await open();
    const run = bench.run();
    await run.write([person('a')]);
    bench.add({ name: 'By hand', emailaddress: 'b@example.org' });
    assert.deepEqual(outcomes(await run.write([person('b')])), ['matchedByEmail']);
    assert.equal(bench.people().length, 2);
  });

  it('matches anew when Halo no longer has the user', async () => {
    for (const unknownId of [400, 404] as const) {
      await open({ halo: { unknownId } });
      const run = bench.run();
      await run.write([person('a')]);
      bench.sandbox.halo.store.remove(bench.people()[0]?.id ?? 0);
      assert.deepEqual(outcomes(await run.write([person('a', { name: 'New' })])), ['created']);
      assert.equal(bench.people().length, 1);
      if (unknownId === 400) await bench.close();
    }
  });

  it('keeps custom fields that it does not write, though Halo empties what is left out', async () => {
    await open({ halo: { customFieldsLeftOut: 'emptied' } });
    bench.add({
      name: 'Name a',
      emailaddress: 'a@example.org',
      customFields: { CFBadgeNumber: '7', CFDietaryNotes: 'no nuts', CFLoyaltyTier: 'gold' },
    });
    await bench.run().write([person('a')]);
    const [user] = bench.sandbox.halo.users().filter(({ emailaddress }) => emailaddress !== '');
    assert.deepEqual(
      ['CFSeatGeekID', 'CFBadgeNumber', 'CFDietaryNotes', 'CFLoyaltyTier'].map(
        (name) => user && customValue(user, name),
      ),
      ['a', '7', 'no nuts', 'gold'],
    );
  });

  it('clears a field that is blank in SeatGeek', async () => {
    await open();
    bench.add({ name: 'Name a', mobilenumber: '1', customFields: { CFSeatGeekID: 'a', CFLoyaltyTier: 'gold' } });
    const fields = [
      { to: 'mobilenumber', value: null, when: 'always' as const },
      { to: 'CFLoyaltyTier', value: null, when: 'always' as const },
    ];
    await bench.run().write([person('a', { fields })]);
    assert.equal(bench.sandbox.halo.users().at(-1)?.mobilenumber, '');
    assert.equal(bench.people()[0]?.tier || '', '');
  });

  it('reads the details only of those who need them', async () => {
    await open({
      connection: {
        users: {
          fieldMappings: [
            { from: 'n', to: 'name' },
            { from: 'e', to: 'emailaddress' },
            { from: 'm', to: 'email2' },
          ],
        },
      },
    });
    bench.add({
      name: 'Name a',
      emailaddress: 'a@example.org',
      email2: 'two@example.org',
      customFields: { CFSeatGeekID: 'a' },
    });
    bench.add({ name: 'Name b', emailaddress: 'b@example.org', customFields: { CFSeatGeekID: 'b' } });
    const email2 = { to: 'email2', value: 'two@example.org', when: 'always' as const };
    assert.deepEqual(outcomes(await bench.run().write([person('a', { fields: [email2] }), person('b')])), [
      'unchanged',
      'unchanged',
    ]);
    assert.equal(bench.sandbox.halo.requests.of('GET', '/api/Users/*').length, 1);
  });

  it('fires automations only when the connection says so', async () => {
    await open({ connection: { halo: { fireAutomations: true } } });
    await bench.run().write([person('a')]);
    assert.equal('_dont_fire_automations' in (bench.sandbox.halo.writes.all()[0]?.items[0] ?? {}), false);
  });

  it('counts its requests and reports progress that never goes back', async () => {
    await open();
    const run = bench.run();
    const seen: number[] = [];
    await run.write([person('a'), person('b')], { onProgress: ({ settled }) => seen.push(settled) });
    assert.equal(run.requests, bench.sandbox.halo.requests.count);
    assert.equal(seen.at(-1), 2);
    assert.deepEqual(
      seen,
      seen.toSorted((a, b) => a - b),
    );
  });

  it('understands every answer to a create', async () => {
    for (const answerOfOne of ['object', 'list', 'users'] as const) {
      await open({ halo: { answerOfOne } });
      const run = bench.run();
      assert.deepEqual(outcomes(await run.write([person('a')])), ['created']);
      assert.deepEqual(outcomes(await run.write([person('a', { name: 'New' })])), ['updated']);
      if (answerOfOne !== 'users') await bench.close();
    }
  });

  it('stops with the name of a custom field that Halo does not have', async () => {
    await open({ connection: { users: { seatgeekIdField: 'CFNowhere' } } });
    await assert.rejects(bench.run().write([person('a')]), { code: 'field-missing', place: 'users.seatgeekIdField' });
  });

  it('stops when the default site does not exist', async () => {
    await open({ connection: { users: { defaultSite: 9_999 } } });
    await assert.rejects(bench.run().write([person('a')]), { code: 'site-missing' });
  });
});
