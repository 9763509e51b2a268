import assert from 'node:assert/strict';
import { WorkflowUpdateFailedError, type WorkflowHandle } from '@temporalio/client';
import { after, before } from 'mocha';
import type { ConfigureAnswer, TraceAnswer, TraceStep } from '../../src/activities/answers.js';
import type { ConnectionFile } from '../../src/connection/schema.js';
import { untilStatus } from '../../src/demo/waiting.js';
import { tracedPerson } from '../../src/starter/traced-person.js';
import { foldEmail } from '../../src/mapping/email.js';
import { CLIENT_COLUMNS } from '../../src/sandbox/columns.js';
import { customValue } from '../../src/sandbox/halo-store.js';
import { partOf, type Part } from '../../src/sandbox/cast.js';
import type { ShownRejectedUser } from '../../src/contract/rejection-reasons.js';
import { traceOf } from '../world/ask-people.js';
import { isSettled, World } from '../world/world.js';

const PEOPLE = 300;

const configure = (handle: WorkflowHandle, file: unknown): Promise<ConfigureAnswer> =>
  handle.executeUpdate<ConfigureAnswer, [unknown]>('configure', { args: [file] });

const rejectedOf = (handle: WorkflowHandle): Promise<ShownRejectedUser[]> =>
  handle.query<ShownRejectedUser[]>('rejected');

const step = ({ steps }: TraceAnswer, name: TraceStep['step']): string =>
  steps.find((one) => one.step === name)?.text ?? '';

describe('a connection at work whose operator looks and mends', function () {
  this.timeout(120_000);
  let world: World;
  let file: ConnectionFile;

  const indexOf = (part: Part): number => {
    const index = Array.from({ length: PEOPLE }, (_, at) => at).find((at) => partOf(at, { people: PEOPLE }) === part);
    assert.ok(index !== undefined);
    return index;
  };
  const idOf = (part: Part): string => String(world.sandbox.seatgeek.feed.person(indexOf(part))['id']);
  const inHalo = (seatgeekId: string) =>
    world.sandbox.halo.users().filter((user) => customValue(user, 'CFSeatGeekID') === seatgeekId);
  const untilAccepted = async (handle: WorkflowHandle, seatgeekId: string): Promise<void> => {
    while ((await rejectedOf(handle)).some((user) => user.seatgeekId === seatgeekId))
      await untilStatus(handle, () => true);
  };

  before(async () => {
    world = await World.open({ sandbox: { people: PEOPLE, seed: 61 } });
    world.startWorker();
    file = world.connectionFile('arena', { integrator: { enabled: true, intervalMinutes: 0.05 } });
    const handle = await world.start(file);
    await untilStatus(handle, isSettled);
  });
  after(() => world.close());

  it('is told of each rejected person why, what to do, since when and how often it was tried', async () => {
    const users = await rejectedOf(world.handle());
    assert.ok(users.length >= 5);
    for (const { hint, firstSeenAt, attempts } of users) {
      assert.ok(hint.length > 20);
      assert.ok(Date.parse(firstSeenAt) > 0 && attempts >= 1);
    }
  });

  it('has a person accepted on a later run, without a command, once it is fixed in Halo', async () => {
    const handle = world.handle();
    const seatgeekId = idOf('id-shared-in-halo');
    const [, ...doubles] = inHalo(seatgeekId);
    assert.equal(doubles.length, 1);
    assert.match(step(await traceOf(handle, seatgeekId), 'outcome'), /Rejected since .* \(id-shared.*tried again/);
    for (const { id } of doubles) world.sandbox.halo.store.update(id, { customFields: { CFSeatGeekID: '' } });
    await untilAccepted(handle, seatgeekId);
    assert.match(step(await traceOf(handle, seatgeekId), 'outcome'), /agree/);
  });

  it('has a person accepted at once on retry-rejected', async () => {
    const handle = world.handle();
    const slow = { ...file, integrator: { ...file.integrator, intervalMinutes: 10_000 } };
    await configure(handle, slow);
    await untilStatus(handle, (now) => isSettled(now) && Date.parse(now.nextRunAt ?? '') > Date.now() + 3_600_000);
    const seatgeekId = idOf('email-shared-in-halo');
    const email = foldEmail(world.sandbox.seatgeek.feed.person(indexOf('email-shared-in-halo'))['email']);
    const right = world.sandbox.halo.users().find((user) => foldEmail(user.emailaddress) === email);
    assert.ok(right !== undefined);
    world.sandbox.halo.store.update(right.id, { customFields: { CFSeatGeekID: seatgeekId } });
    await handle.signal('retry-rejected');
    await untilAccepted(handle, seatgeekId);
    assert.deepEqual(
      inHalo(seatgeekId).map(({ id }) => id),
      [right.id],
    );
  });

  it('has people accepted with the next run once the mapping is fixed by configure', async () => {
    const handle = world.handle();
    const seatgeekId = idOf('nameless');
    const [, ...others] = file.users.fieldMappings;
    const withMappings = (...fieldMappings: ConnectionFile['users']['fieldMappings']): ConnectionFile => ({
      ...file,
      integrator: { ...file.integrator, intervalMinutes: 10_000 },
      users: { ...file.users, fieldMappings },
    });
    const bad = withMappings({ from: 'a + (', to: 'name' }, { from: 'email', to: 'emailadress' });
    await assert.rejects(configure(handle, bad), (error) => {
      assert.ok(error instanceof WorkflowUpdateFailedError);
      assert.match(String(error.cause?.message), /fieldMappings\[1\]\.to.*fieldMappings\[0\]\.from/s);
      return true;
    });
    const from = "first_name != '' || last_name != '' ? first_name + ' ' + last_name : 'No name'";
    const right = withMappings({ from, to: 'name' }, ...others);
    const answer = await configure(handle, right);
    assert.deepEqual(
      answer.changes.map(({ place }) => place),
      ['users.fieldMappings[0].from'],
    );
    assert.match(
      answer.effects.join('\n'),
      /already imported keep their values[\s\S]*Rejected people are all tried again/,
    );
    await handle.signal('sync-now');
    await untilAccepted(handle, seatgeekId);
    assert.equal(inHalo(seatgeekId)[0]?.name, 'No name');
    file = right;
  });

  it('refuses a site and a field that Halo does not have, and goes on as before', async () => {
    const missing: [ConnectionFile['users'], RegExp][] = [
      [{ ...file.users, defaultSite: 4_711 }, /no site 4711/],
      [{ ...file.users, staticMappings: [{ to: 'CFNowhere', value: 1 }] }, /no custom field for users named CFNowhere/],
    ];
    for (const [users, message] of missing) {
      await assert.rejects(configure(world.handle(), { ...file, users }), (error) => {
        assert.ok(error instanceof WorkflowUpdateFailedError);
        assert.match(String(error.cause?.message), message);
        return true;
      });
    }
    assert.deepEqual((await configure(world.handle(), file)).changes, []);
  });

  it('follows one person by the hash of the e-mail address', async () => {
    const person = world.sandbox.seatgeek.feed.person(0);
    const email = foldEmail(person['email']) ?? '';
    const answer = await traceOf(world.handle(), tracedPerson(email));
    assert.equal(answer.seatgeekId, person['id']);
    assert.match(step(answer, 'feed'), /page 1, event \d+/);
    assert.ok(step(answer, 'mapping').includes(`emailaddress = "${String(person['email'])}"`));
    assert.match(step(answer, 'match'), /found by SeatGeek ID/);
    assert.equal(answer.person?.outcome, 'unchanged');
    assert.ok(answer.haloRequests > 0 && answer.seatgeekRequests > 0);
  });

  it('says of a change that is not reached yet, of one made in Halo, and of nobody', async () => {
    const handle = world.handle();
    const { id } = world.sandbox.seatgeek.feed.person(1);
    const seatgeekId = String(id);
    world.sandbox.seatgeek.feed.change(1, { loyalty_tier: 'Obsidian' });
    const ahead = await traceOf(handle, seatgeekId);
    assert.match(step(ahead, 'outcome'), /Not reached yet/);
    assert.deepEqual(
      ahead.person?.changes.map(({ field, after }) => [field, after]),
      [['CFLoyaltyTier', 'Obsidian']],
    );
    const { cursor } = await untilStatus(handle, () => true);
    await handle.signal('sync-now');
    await untilStatus(handle, (now) => isSettled(now) && now.cursor !== cursor);
    assert.match(step(await traceOf(handle, seatgeekId), 'outcome'), /agree/);
    const [user] = inHalo(seatgeekId);
    assert.ok(user !== undefined);
    world.sandbox.halo.store.update(user.id, { phonenumber: '0' });
    assert.match(step(await traceOf(handle, seatgeekId), 'outcome'), /Halo differs: somebody changed it in Halo/);
    const nobody = await traceOf(handle, 'no-such-id');
    assert.deepEqual([nobody.seatgeekId, nobody.steps[0]?.ok], [null, false]);
  });

  it('is told of new columns and of a mapped column with another type, once, until configure', async () => {
    const handle = world.handle();
    const columns = CLIENT_COLUMNS.map(({ column, postgres_type }) => ({
      column,
      postgres_type: column === 'loyalty_tier' ? 'integer' : postgres_type,
    }));
    const body = { has_more: false, data: [], metadata: { table_definition: [...columns, { column: 'fan_score' }] } };
    const fault = world.sandbox.faults.add({
      system: 'seatgeek',
      kind: 'status',
      status: 200,
      body,
      match: { path: '/v1/clients' },
    });
    await handle.signal('sync-now');
    const { schema } = await untilStatus(handle, (now) => isSettled(now) && now.schema !== null);
    assert.deepEqual(schema, { newColumns: ['fan_score'], changedTypes: ['loyalty_tier: text → integer'] });
    fault.release();
    await configure(handle, { ...file, seatgeek: { ...file.seatgeek, pageSize: 500 } });
    assert.equal((await untilStatus(handle, () => true)).schema, null);
  });
});
