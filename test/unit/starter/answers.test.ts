import assert from 'node:assert/strict';
import { eachCount } from '../../../src/contract/counts.js';
import { NEXT_RUN } from '../../../src/workflows/messages.js';
import { createHash, createHmac } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { approveCommand } from '../../../src/starter/commands/approve.js';
import { configureCommand } from '../../../src/starter/commands/configure.js';
import { discoverCommand } from '../../../src/starter/commands/discover.js';
import { previewCommand } from '../../../src/starter/commands/preview.js';
import { traceCommand } from '../../../src/starter/commands/trace.js';
import { UsageError } from '../../../src/starter/errors.js';
import { aDiscovery, aPerson, aPreview, aStatus, aTrace, fakeConnections, recorded } from './builders.js';
import { connectionFile } from '../connection/sample-file.js';

const rejected = aPerson({
  seatgeekId: 'sg-2',
  outcome: 'rejected',
  name: null,
  changes: [],
  rejection: { code: 'email-taken', message: 'its user has another SeatGeek ID' },
});

const EMPTY_RUN = {
  events: 0,
  ...eachCount(() => 0),
  unread: 0,
  brake: null,
};

describe('preview', () => {
  it('shows what would happen to each person, field by field, and the counts', async () => {
    const updated = aPerson({
      seatgeekId: 'sg-3',
      outcome: 'update',
      matchedBy: 'email',
      haloUserId: 91,
      changes: [{ field: 'address.line1', before: '1 High St', after: '' }],
    });
    const connections = fakeConnections({ preview: aPreview([aPerson(), rejected, updated]) });
    const { context, stdout, stderr } = recorded(connections);
    assert.equal(await previewCommand(context, 'arena', 3), 3);
    assert.deepEqual(connections.calls, ['preview arena 3']);
    assert.deepEqual(stdout().trim().split('\n'), [
      'create     sg-1  Ada Byron',
      '    surname  (empty)  → Byron',
      'rejected   sg-2',
      '    email-taken: its user has another SeatGeek ID',
      'update     sg-3  Ada Byron  (Halo user 91, by e-mail)',
      '    address.line1  1 High St  → (empty)',
      '',
      '3 change events, 3 people: 1 create, 1 update, 1 rejected',
      'nothing was written; 3 requests to Halo, 1 to SeatGeek',
    ]);
    assert.match(stderr(), /next: npm run starter -- import-100 arena/);
  });

  it('answers 0 when nobody would be rejected, and exactly the answer with --json', async () => {
    const { context, stdout } = recorded(fakeConnections(), { json: true });
    assert.equal(await previewCommand(context, 'arena', 100), 0);
    assert.deepEqual(JSON.parse(stdout()), aPreview());
  });

  it('shows the next run in numbers, why the brake would hold it, and leads to approve', async () => {
    const run = {
      events: 5_000,
      people: 4_800,
      created: 4_500,
      matchedByEmail: 100,
      updated: 0,
      unchanged: 150,
      deactivated: 20,
      skipped: 0,
      rejected: 30,
      superseded: 200,
      unread: 0,
      brake: 'The run would create 4500 people.',
    };
    const statuses = [aStatus({ phase: 'held' })];
    const connections = fakeConnections({ preview: { ...aPreview(), events: 5_000, run }, statuses });
    const { context, stdout, stderr } = recorded(connections);
    assert.equal(await previewCommand(context, 'arena', NEXT_RUN), 3);
    assert.deepEqual(connections.calls, ['preview arena next-run']);
    assert.deepEqual(stdout().trim().split('\n').slice(3), [
      'the run: 5,000 change events, 4,800 people',
      '  4,500 created, 100 matched by e-mail, 20 deactivated, 150 unchanged, 30 rejected',
      '  shown: the first 1 for whom it would do something',
      '  the brake: The run would create 4500 people.',
      'nothing was written; 3 requests to Halo, 1 to SeatGeek',
    ]);
    assert.match(stderr(), /next: npm run starter -- approve arena/);
  });

  for (const { title, status, next } of [
    { title: 'a run at once', status: aStatus(), next: /sync-now arena --wait/ },
    { title: 'resume where the integrator is off', status: aStatus({ integrator: 'off' }), next: /resume arena/ },
  ]) {
    it(`of a run that is not held leads to ${title}`, async () => {
      const run = { ...EMPTY_RUN, brake: 'The run would create 4500 people.' };
      const { context, stderr } = recorded(fakeConnections({ preview: { ...aPreview(), run }, statuses: [status] }));
      await previewCommand(context, 'arena', NEXT_RUN);
      assert.match(stderr(), next);
    });
  }

  it('makes visible what tells two values apart that look the same', async () => {
    const changes = [
      { field: 'emailaddress', before: 'ada@example.org ', after: 'ada@example.org' },
      { field: 'name', before: 'Ada\u00a0Byron', after: 'Ada Byron' },
    ];
    const { context, stdout } = recorded(fakeConnections({ preview: aPreview([aPerson({ changes })]) }));
    await previewCommand(context, 'arena', 1);
    assert.match(stdout(), /emailaddress {2}"ada@example.org " {2}→ "ada@example.org"/);
    assert.match(stdout(), /name +"Ada\\u00a0Byron" +→ "Ada Byron"/);
  });

  it('lets no control character of a person through', async () => {
    const evil = 'x\u001b[2J\r\n\u202ey';
    const hostile = aPerson({ seatgeekId: evil, name: evil, changes: [{ field: evil, before: evil, after: evil }] });
    const { context, stdout } = recorded(fakeConnections({ preview: aPreview([hostile]) }));
    await previewCommand(context, 'arena', 1);
    assert.doesNotMatch(stdout().replaceAll('\n', ''), /[\p{Cc}\p{Cf}]/u);
  });
});

describe('trace', () => {
  it('tells the way step by step', async () => {
    const { context, stdout } = recorded(fakeConnections());
    assert.equal(await traceCommand(context, 'arena', 'sg-1'), 0);
    assert.match(
      stdout(),
      /^✔ 1\. feed: Found in the feed\.\n✔ 2\. outcome: Would be created\.\n\ncreate {5}sg-1 {2}Ada Byron\n/,
    );
  });

  it('lets an e-mail address leave as a salted hash only, in whatever case it is typed, another each time', async () => {
    const connections = fakeConnections();
    const { context, stderr } = recorded(connections);
    await traceCommand(context, 'arena', ' Ada@Example.org ');
    await traceCommand(context, 'arena', 'ada@example.org');
    assert.equal(new Set(connections.calls).size, 2);
    for (const call of connections.calls) {
      const [, salt = '', hash] = /^trace arena email:([0-9a-f]{32}):([0-9a-f]{64})$/.exec(call) ?? [];
      assert.equal(hash, createHmac('sha256', Buffer.from(salt, 'hex')).update('ada@example.org').digest('hex'));
      assert.doesNotMatch(call, new RegExp(createHash('sha256').update('ada@example.org').digest('hex')));
    }
    assert.doesNotMatch(stderr(), /ada@/i);
  });

  it('answers 1 for somebody who is not found and 3 for somebody rejected', async () => {
    const steps = [{ step: 'feed' as const, ok: false, text: 'Not in the feed.' }];
    const nobody = fakeConnections({ trace: aTrace({ steps, person: null, seatgeekId: null }) });
    assert.equal(await traceCommand(recorded(nobody).context, 'arena', 'sg-9'), 1);
    const refused = fakeConnections({ trace: aTrace({ person: rejected }) });
    assert.equal(await traceCommand(recorded(refused).context, 'arena', 'sg-2'), 3);
  });

  it('refuses to look for nobody', async () => {
    const connections = fakeConnections();
    await assert.rejects(traceCommand(recorded(connections).context, 'arena', '  '), UsageError);
    assert.deepEqual(connections.calls, []);
  });
});

describe('approve', () => {
  const held = aStatus({
    phase: 'held',
    lastError: { code: 'brake-held', message: '900 would be created', hint: 'Look.', at: 'now', transient: false },
  });

  it('shows why the run is held, asks, and lets it go on', async () => {
    const connections = fakeConnections({ statuses: [held] });
    const { context, stderr } = recorded(connections, { tty: true, answers: [true] });
    assert.equal(await approveCommand(context, 'arena', { yes: false }), 0);
    assert.deepEqual(connections.calls, ['approve arena']);
    assert.match(stderr(), /900 would be created/);
  });

  it('keeps no approval in store: nothing held, nothing sent', async () => {
    const connections = fakeConnections();
    await assert.rejects(approveCommand(recorded(connections).context, 'arena', { yes: true }), { code: 'not-held' });
    assert.deepEqual(connections.calls, []);
  });

  it('leads to resume where a sample import was refused, which waits for no approval', async () => {
    const refused = aStatus({ phase: 'paused', integrator: 'off', lastError: held.lastError });
    const { context } = recorded(fakeConnections({ statuses: [refused] }));
    await assert.rejects(approveCommand(context, 'arena', { yes: true }), { hint: /starter -- resume arena$/ });
  });

  it('changes nothing after a no, or where nobody can be asked', async () => {
    const connections = fakeConnections({ statuses: [held] });
    const { context } = recorded(connections, { tty: true, answers: [false] });
    await assert.rejects(approveCommand(context, 'arena', { yes: false }), { code: 'cancelled' });
    await assert.rejects(approveCommand(recorded(connections).context, 'arena', { yes: false }), UsageError);
    assert.deepEqual(connections.calls, []);
  });
});

describe('configure and discover', () => {
  let folder = '';
  let path = '';

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'configure-'));
    path = join(folder, 'arena.json');
    await writeFile(path, JSON.stringify(connectionFile()));
  });
  after(() => rm(folder, { recursive: true }));

  it('shows the difference, asks, and tells what it does', async () => {
    const before = connectionFile();
    const file = { ...before, users: { ...before.users, defaultSite: 17 } };
    const configured = {
      changes: [{ place: 'users.defaultSite', before: 17, after: 18 }],
      effects: ['New people are created in site 18.'],
      reimport: false,
    };
    const connections = fakeConnections({ file, configured });
    const { context, stderr, stdout, questions } = recorded(connections, { tty: true, answers: [true] });
    assert.equal(await configureCommand(context, path, { reimport: false, yes: false }), 0);
    assert.match(stderr(), /^users\.defaultSite: 17 → 18$/m);
    assert.deepEqual(questions, ['Change arena?']);
    assert.deepEqual(connections.calls, ['configure arena']);
    assert.match(stdout(), /changed in 1 place\n {2}users\.defaultSite: 17 → 18\n {2}→ New people/);
  });

  it('says so when nothing differs', async () => {
    const connections = fakeConnections({ file: connectionFile() });
    const { context, stderr } = recorded(connections, { tty: true, answers: [false] });
    await assert.rejects(configureCommand(context, path, { reimport: false, yes: false }), { code: 'cancelled' });
    assert.match(stderr(), /does already/);
    assert.deepEqual(connections.calls, []);
  });

  it('wants --yes where nobody can be asked, and then asks for no difference', async () => {
    const connections = fakeConnections();
    const { context } = recorded(connections);
    await assert.rejects(configureCommand(context, path, { reimport: false, yes: false }), UsageError);
    assert.equal(await configureCommand(context, path, { reimport: true, yes: true }), 0);
    assert.deepEqual(connections.calls, ['configure arena reimport']);
  });

  it('discovers by a file that has no mappings yet', async () => {
    const draft = join(folder, 'draft.json');
    const { name, seatgeek, halo } = connectionFile();
    await writeFile(draft, JSON.stringify({ name, seatgeek, halo }));
    const { context, stdout } = recorded(fakeConnections());
    assert.equal(await discoverCommand(context, draft, {}), 0);
    assert.match(stdout(), /SeatGeek columns\n {2}id +text\n/);
    assert.match(stdout(), /Halo sites\n {2}17 {2}Head Office {2}Arena Operations\n/);
  });

  it('says that there are more sites, and answers 1 when something is red', async () => {
    const many = aDiscovery({ ok: false, sitesInAll: 500, customFields: null });
    const { context, stdout } = recorded(fakeConnections({ discoveries: [many] }));
    assert.equal(await discoverCommand(context, path, { site: 'office' }), 1);
    assert.match(stdout(), /… and 498 more; look for one with --site/);
  });

  it('refuses a file with a secret in clear text before anybody is asked', async () => {
    const clear = join(folder, 'clear.json');
    await writeFile(
      clear,
      JSON.stringify({ ...connectionFile(), halo: { ...connectionFile().halo, clientSecret: 'hunter2' } }),
    );
    const connections = fakeConnections();
    await assert.rejects(discoverCommand(recorded(connections).context, clear, {}), { code: 'config-invalid' });
    assert.deepEqual(connections.calls, []);
  });
});
