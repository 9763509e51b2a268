import assert from 'node:assert/strict';
import type { ConnectionOverrides } from '../../src/sandbox/connection-file.js';
import { sequenceText } from '../../src/sandbox/feed.js';
import { customValue, type HaloUser } from '../../src/sandbox/halo-store.js';
import { startSandbox, type Sandbox } from '../../src/sandbox/start.js';
import type { FeedRow } from '../../src/seatgeek/types.js';
import { usersByName } from './by-name.js';
import { Pipeline } from './pipeline.js';

const TOO_LONG = 'x'.repeat(400);
const USERS = usersByName({ from: 'birthday', to: 'date_of_birth' }, { from: 'is_hidden', to: 'inactive' });

describe('only the newest image of a person counts', function () {
  this.timeout(60_000);
  let sandbox: Sandbox;
  let pipeline: Pipeline;

  async function open(pageSize: number, connection: ConnectionOverrides = {}): Promise<void> {
    sandbox = await startSandbox({ people: 0, existing: 0 });
    pipeline = new Pipeline(sandbox, { connection: { users: USERS, ...connection, seatgeek: { pageSize } } });
  }
  afterEach(async () => {
    await pipeline.close();
    await sandbox.close();
  });

  const add = (id: string, rest: FeedRow = {}): void =>
    void sandbox.seatgeek.feed.append({
      id,
      first_name: 'Ada',
      last_name: id,
      email: `${id.trim().toLowerCase()}@example.org`,
      birthday: null,
      is_hidden: null,
      ...rest,
    });
  const at = (sequence: number): FeedRow => ({ _ringside_sequence: sequenceText(sequence) });
  const userOf = (id: string): HaloUser | undefined =>
    sandbox.halo.users().find((user) => String(customValue(user, 'CFSeatGeekID') ?? '').toLowerCase() === id);
  const rejected = (): string[] => pipeline.state.rejected.users.map(({ seatgeekId, code }) => `${seatgeekId} ${code}`);

  for (const pageSize of [1, 10]) {
    it(`when Halo refuses it and an older one follows (page size ${pageSize})`, async () => {
      await open(pageSize);
      add('a', { last_name: TOO_LONG, ...at(9) });
      add('a', { last_name: 'old', ...at(3) });
      await pipeline.sync();
      assert.equal(userOf('a'), undefined);
      assert.deepEqual(rejected(), ['a halo-refused']);
    });

    it(`when it can't be mapped and an older one follows (page size ${pageSize})`, async () => {
      await open(pageSize);
      add('a', { birthday: 'unknown', ...at(9) });
      add('a', { last_name: 'old', ...at(3) });
      await pipeline.sync();
      assert.equal(userOf('a'), undefined);
      assert.deepEqual(rejected(), ['a value-unusable']);
    });

    it(`when an older one can't be mapped (page size ${pageSize})`, async () => {
      await open(pageSize);
      add('a', { birthday: 'unknown', ...at(1) });
      add('a', { last_name: 'new', ...at(2) });
      await pipeline.sync();
      assert.equal(userOf('a')?.name, 'Ada new');
      assert.deepEqual(rejected(), []);
    });

    it(`when an unknown operation follows: it is written, and the event reported (page size ${pageSize})`, async () => {
      await open(pageSize);
      add('a');
      add('a', { _ringside_operation: 'X' });
      await pipeline.sync();
      assert.equal(userOf('a')?.name, 'Ada a');
      assert.deepEqual(rejected(), ['a operation-unknown']);
    });

    it(`when a delete comes first and an upsert after it (page size ${pageSize})`, async () => {
      await open(pageSize);
      add('a');
      await pipeline.sync();
      add('a', { _ringside_operation: 'D' });
      add('a', { last_name: 'back' });
      await pipeline.sync();
      assert.deepEqual([userOf('a')?.name, userOf('a')?.inactive], ['Ada back', false]);
    });

    it(`when a merge deletes one ID and gives its address to another (page size ${pageSize})`, async () => {
      await open(pageSize);
      add('a', { email: 'one@example.org' });
      await pipeline.sync();
      const [before] = sandbox.halo.users().filter(({ emailaddress }) => emailaddress === 'one@example.org');
      add('a', { email: 'one@example.org', _ringside_operation: 'D' });
      add('b', { email: 'one@example.org' });
      await pipeline.sync();
      assert.deepEqual([userOf('b')?.id, userOf('b')?.inactive, rejected()], [before?.id, false, []]);
    });
  }

  it('when IDs turn upper case, or are padded, after a rebuild of the feed', async () => {
    await open(10);
    for (const id of ['ab-1', 'ab-2']) add(id);
    await pipeline.sync();
    add('AB-1', { email: 'ab-1@example.org' });
    add('ab-2   ', { email: 'ab-2@example.org', last_name: 'changed' });
    await pipeline.sync();
    const named = sandbox.halo.users().map(({ name }) => name);
    assert.deepEqual(named.filter((name) => name.startsWith('Ada')).length, 2);
    assert.deepEqual([userOf('ab-2')?.name, rejected()], ['Ada changed', []]);
  });

  it('when a sample is imported into a connection that was synced before', async () => {
    await open(10);
    for (let n = 0; n < 3; n += 1) add(`p${n}`, { last_name: 'first' });
    for (let n = 0; n < 3; n += 1) add(`p${n}`, { last_name: 'second', ...(n === 2 && { _ringside_operation: 'D' }) });
    await pipeline.sync();
    const writes = sandbox.halo.writes.all().length;
    const { counts } = await pipeline.importSample(3);
    assert.deepEqual([counts.people, counts.superseded, sandbox.halo.writes.all().length], [0, 3, writes]);
    assert.deepEqual([userOf('p0')?.name, userOf('p2')], ['Ada second', undefined]);
  });

  describe('and who comes back in a later run', () => {
    beforeEach(async () => {
      await open(10);
      add('a');
      await pipeline.sync();
    });

    it('is made active again when this program had switched the user off', async () => {
      add('a', { _ringside_operation: 'D' });
      await pipeline.sync();
      assert.equal(userOf('a')?.inactive, true);
      add('a', { last_name: 'back' });
      await pipeline.sync();
      assert.deepEqual([userOf('a')?.inactive, pipeline.state.deactivated], [false, '']);
    });

    it('is left inactive when an agent had', async () => {
      const user = userOf('a');
      assert.ok(user !== undefined);
      sandbox.halo.store.update(user.id, { inactive: true });
      add('a', { _ringside_operation: 'D' });
      await pipeline.sync();
      add('a', { last_name: 'back' });
      await pipeline.sync();
      assert.deepEqual([userOf('a')?.inactive, userOf('a')?.name], [true, 'Ada back']);
    });

    it('hands the address on to another ID, over two runs', async () => {
      add('a', { _ringside_operation: 'D' });
      await pipeline.sync();
      add('b', { email: 'a@example.org' });
      await pipeline.sync();
      assert.deepEqual([userOf('b')?.inactive, userOf('a'), rejected()], [false, undefined, []]);
    });
  });

  describe('and the brake holds a run that', () => {
    const PEOPLE = 30;
    beforeEach(async () => {
      const users = { ...USERS, onSharedEmail: 'create' as const };
      await open(7, { users, integrator: { enabled: true, brake: { atLeast: 10, percent: 10 } } });
      for (let n = 0; n < PEOPLE; n += 1) add(`p${n}`);
      await pipeline.sync();
    });

    const held = async (message: RegExp): Promise<void> => {
      const writes = sandbox.halo.writes.all().length;
      await pipeline.run();
      assert.equal(pipeline.state.lastError?.code, 'brake-held');
      assert.match(pipeline.state.lastError.message, message);
      assert.equal(sandbox.halo.writes.all().length, writes, 'nothing was written');
    };

    it('would make many inactive by a mapping', async () => {
      for (let n = 0; n < PEOPLE; n += 1) add(`p${n}`, { is_hidden: true });
      await held(/create 0 people and deactivate 30/);
    });

    it('would give many another name', async () => {
      for (let n = 0; n < PEOPLE; n += 1) add(`p${n}`, { last_name: `p${n + 1}` });
      await held(/give 30 another name or e-mail address/);
    });

    it('would create many because they come with an address that is one user of Halo', async () => {
      sandbox.halo.store.create({ name: 'Desk', emailaddress: 'desk@example.org' });
      for (let n = 0; n < PEOPLE; n += 1) add(`q${n}`, { email: 'desk@example.org' });
      await held(/create 30 people/);
    });

    it('would make many inactive, unless newer images say otherwise', async () => {
      for (let n = 0; n < PEOPLE; n += 1) add(`p${n}`, { is_hidden: true });
      for (let n = 5; n < PEOPLE; n += 1) add(`p${n}`, { is_hidden: false });
      await pipeline.run();
      assert.equal(pipeline.state.lastRun?.outcome, 'completed');
      assert.equal(sandbox.halo.users().filter(({ inactive }) => inactive).length, 5);
    });
  });
});
