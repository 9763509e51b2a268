import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkConnection } from '../../../src/connection/check.js';
import type { ConnectionFile } from '../../../src/connection/schema.js';
import { initCommand } from '../../../src/starter/commands/init.js';
import { StarterError, workerMissing } from '../../../src/starter/errors.js';
import type { InitFlags } from '../../../src/starter/wizard/flags.js';
import { aDiscovery, BROKEN_OFF, fakeConnections, recorded, type RecordedOptions } from './builders.js';

const NO_FLAGS: InitFlags = {
  map: [],
  address: true,
  reactivate: true,
  overwrite: false,
  offline: false,
  yes: false,
};
const REQUIRED = { name: 'arena', haloUrl: 'https://acme.halopsa.com' };
const RED = aDiscovery({
  ok: false,
  lines: [{ check: 'Halo token', ok: false, message: 'ARENA_HALO_CLIENT_ID is missing', hint: 'Set it.' }],
  customFields: null,
  sites: null,
});

describe('init', () => {
  let folder = '';
  let out = '';

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'init-'));
    out = join(folder, 'arena.json');
  });
  afterEach(() => rm(folder, { recursive: true }));

  const written = async (): Promise<ConnectionFile> => {
    const { $schema, ...file } = JSON.parse(await readFile(out, 'utf8')) as ConnectionFile;
    assert.match($schema ?? '', /connection\.schema\.json$/);
    checkConnection(file);
    return file;
  };

  describe('by flags', () => {
    it('writes what SeatGeek and Halo have, and tells the secrets and the next command', async () => {
      const { context, stdout, stderr } = recorded(fakeConnections(), { json: true });
      const flags = { ...NO_FLAGS, ...REQUIRED, site: 18, out, map: ['loyalty_tier=CFLoyaltyTier'] };
      assert.equal(await initCommand(context, flags), 0);
      const file = await written();
      assert.deepEqual(file.users.seatgeekIdField, 'CFSeatGeekID');
      assert.deepEqual(file.users.defaultSite, 18);
      assert.deepEqual(file.users.staticMappings, [{ to: 'inactive', value: false }]);
      assert.equal(file.users.importPrimaryAddress, true);
      assert.deepEqual(file.integrator, { enabled: false, intervalMinutes: 15 });
      const shown = JSON.parse(stdout()) as { secrets: string[]; file: string };
      assert.deepEqual(shown.secrets, [
        'ARENA_SEATGEEK_CLIENT_ID',
        'ARENA_SEATGEEK_CLIENT_SECRET',
        'ARENA_HALO_CLIENT_ID',
        'ARENA_HALO_CLIENT_SECRET',
      ]);
      assert.equal(shown.file, out);
      assert.match(stderr(), /next: npm run starter -- validate .*arena\.json/);
    });

    it('needs neither worker nor Temporal with --offline', async () => {
      const { context } = recorded(fakeConnections({ discoveries: [new Error('must not be asked')] }));
      const flags = { ...NO_FLAGS, ...REQUIRED, site: 18, idField: 'CFSeatGeekID', offline: true, out };
      assert.equal(await initCommand(context, flags), 0);
      const targets = (await written()).users.fieldMappings.map(({ to }) => to);
      assert.deepEqual(targets.slice(0, 2), ['name', 'firstname']);
    });

    for (const { title, flags, code } of [
      { title: 'the name', flags: { haloUrl: 'https://acme.halopsa.com' }, code: 'flag-missing' },
      { title: "Halo's address", flags: { name: 'arena' }, code: 'flag-missing' },
      { title: 'the site among several', flags: REQUIRED, code: 'flag-missing' },
      { title: 'a usable name', flags: { ...REQUIRED, name: 'Arena!' }, code: 'flag-unusable' },
      { title: 'a safe address', flags: { ...REQUIRED, haloUrl: 'http://acme.example' }, code: 'flag-unusable' },
      { title: 'a usable ID field', flags: { ...REQUIRED, idField: 'notes' }, code: 'flag-unusable' },
      { title: 'a .json file', flags: { ...REQUIRED, site: 18, out: 'arena.yaml' }, code: 'flag-unusable' },
      { title: 'usable mappings', flags: { ...REQUIRED, site: 18, map: ['x=notafield'] }, code: 'config-invalid' },
    ]) {
      it(`asks for ${title} and writes nothing`, async () => {
        const { context } = recorded(fakeConnections());
        await assert.rejects(initCommand(context, { ...NO_FLAGS, out, ...flags }), { code });
        await assert.rejects(readFile(out), { code: 'ENOENT' });
      });
    }

    it('says which secret is missing', async () => {
      const { context, stderr } = recorded(fakeConnections({ discoveries: [RED] }));
      await assert.rejects(initCommand(context, { ...NO_FLAGS, ...REQUIRED, site: 18, out }), {
        code: 'set-up-incomplete',
        message: /ARENA_HALO_CLIENT_ID is missing/,
      });
      assert.match(stderr(), /✘ Halo token: ARENA_HALO_CLIENT_ID is missing\n {4}→ Set it\./);
    });

    it('never writes over a file unless told to', async () => {
      await writeFile(out, 'mine');
      const flags = { ...NO_FLAGS, ...REQUIRED, site: 18, out, yes: true };
      await assert.rejects(initCommand(recorded(fakeConnections()).context, flags), { code: 'file-exists' });
      assert.equal(await readFile(out, 'utf8'), 'mine');
      assert.equal(await initCommand(recorded(fakeConnections()).context, { ...flags, overwrite: true }), 0);
      await written();
    });
  });

  describe('in a terminal', () => {
    const first = ['arena', 'acme.halopsa.com', null, null];

    it('asks, shows what there is, and writes what is chosen', async () => {
      const answers = [...first, null, 'Box Office (18), Arena Fans', null, true, true];
      const { context, questions, stderr } = recorded(fakeConnections(), { tty: true, answers });
      assert.equal(await initCommand(context, { ...NO_FLAGS, out }), 0);
      assert.equal(questions.length, answers.length);
      assert.match(stderr(), /email +→ emailaddress/);
      const file = await written();
      assert.equal(file.halo.url, 'https://acme.halopsa.com');
      assert.equal(file.users.defaultSite, 18);
    });

    it('looks again until the worker can use the secrets', async () => {
      const answers = [...first, null, null, null, 'Box Office (18), Arena Fans', null, true, true];
      const connections = fakeConnections({ discoveries: [workerMissing('seatgeek-halo'), RED, aDiscovery()] });
      const { context, stderr } = recorded(connections, { tty: true, answers });
      assert.equal(await initCommand(context, { ...NO_FLAGS, out }), 0);
      assert.equal(connections.calls.length, 3);
      assert.match(stderr(), /no worker is polling.*ARENA_HALO_CLIENT_ID is missing/s);
    });

    it('goes on without Halo and takes what is typed', async () => {
      const answers = [...first, 'Go on with what is known', 'Another one', 'CFTicketID', '53', null, false, false];
      const { context } = recorded(fakeConnections({ discoveries: [RED] }), { tty: true, answers });
      assert.equal(await initCommand(context, { ...NO_FLAGS, out }), 0);
      const { users } = await written();
      assert.deepEqual(
        [users.seatgeekIdField, users.defaultSite, users.importPrimaryAddress, users.staticMappings],
        ['CFTicketID', 53, false, undefined],
      );
    });

    it('leaves mappings out and adds others', async () => {
      const drop = 'Leave some out';
      const kept = ["first_name + ' ' + last_name → name", 'email → emailaddress'];
      const change = [drop, kept, 'Map another column', 'city', 'other1', 'Take them'];
      const answers = [...first, null, 'Box Office (18), Arena Fans', ...change, true, true];
      const { context } = recorded(fakeConnections(), { tty: true, answers });
      await initCommand(context, { ...NO_FLAGS, out });
      assert.deepEqual((await written()).users.fieldMappings, [
        { from: "first_name + ' ' + last_name", to: 'name' },
        { from: 'email', to: 'emailaddress' },
        { from: 'city', to: 'other1' },
      ]);
    });

    it('does not take mappings without a name', async () => {
      const change = [
        'Leave some out',
        ['email → emailaddress'],
        'Take them',
        'Map another column',
        'email',
        'name',
        null,
      ];
      const answers = [...first, null, 'Box Office (18), Arena Fans', ...change, true, true];
      const { context, stderr } = recorded(fakeConnections(), { tty: true, answers });
      await initCommand(context, { ...NO_FLAGS, out });
      assert.match(stderr(), /Nothing maps to name yet/);
      assert.deepEqual((await written()).users.fieldMappings.at(-1), { from: 'email', to: 'name' });
    });

    describe('broken off by Ctrl-C', () => {
      const site = 'Box Office (18), Arena Fans';
      const breakOff = async (answers: RecordedOptions['answers']): Promise<unknown> => {
        const { context } = recorded(fakeConnections(), { tty: true, answers: [...(answers ?? []), BROKEN_OFF] });
        return initCommand(context, { ...NO_FLAGS, out }).then(
          () => undefined,
          (error: unknown) => error,
        );
      };

      it('keeps the answers, and goes on with them', async () => {
        const error = await breakOff([...first, 'CFLoyaltyTier', site, 'Map another column', 'city', 'other1']);
        assert.ok(error instanceof StarterError);
        assert.match(error.hint, /answers are kept/);
        assert.deepEqual(await readdir(folder), ['.init-answers']);

        const { context, questions, stderr } = recorded(fakeConnections(), {
          tty: true,
          answers: [true, 'Take them', true, true],
        });
        await initCommand(context, { ...NO_FLAGS, out });
        assert.deepEqual(questions, [
          'The wizard was broken off before. Go on with the answers given then?',
          'These are the mappings',
          'Import the address too?',
          'Keep everybody active in Halo whom SeatGeek has? (also those whom an agent made inactive)',
        ]);
        assert.match(stderr(), /keeps the SeatGeek ID\?: CFLoyaltyTier/);
        const { users } = await written();
        assert.deepEqual([users.seatgeekIdField, users.defaultSite], ['CFLoyaltyTier', 18]);
        assert.deepEqual(users.fieldMappings.at(-1), { from: 'city', to: 'other1' });
        assert.deepEqual(await readdir(folder), ['arena.json']);
      });

      it('twice loses nothing either', async () => {
        await breakOff(first);
        await breakOff([true, null]);
        const { context, questions } = recorded(fakeConnections(), {
          tty: true,
          answers: [true, site, null, true, true],
        });
        await initCommand(context, { ...NO_FLAGS, out });
        assert.equal(questions.length, 5);
        assert.equal((await written()).users.defaultSite, 18);
      });

      it('asks again what no longer fits, and all of it after a no', async () => {
        await breakOff([...first, null, site]);
        const discoveries = [aDiscovery({ sites: [{ id: 99, name: 'North', client: 'Fans' }], sitesInAll: 1 })];
        const moved = recorded(fakeConnections({ discoveries }), {
          tty: true,
          answers: [true, 'North (99), Fans', null, true, true],
        });
        await initCommand(moved.context, { ...NO_FLAGS, out });
        assert.equal((await written()).users.defaultSite, 99);

        await writeFile(
          join(folder, '.init-answers'),
          JSON.stringify([{ question: 'A short name for this connection, like arena', answer: 'opera' }]),
        );
        const anew = recorded(fakeConnections(), {
          tty: true,
          answers: [false, ...first, null, site, null, true, true],
        });
        await initCommand(anew.context, { ...NO_FLAGS, out, overwrite: true });
        assert.equal((await written()).name, 'arena');
      });

      it('takes no file of another kind for answers', async () => {
        for (const content of ['', '{}', '[{"question":1}]']) {
          await writeFile(join(folder, '.init-answers'), content);
          const { context, questions } = recorded(fakeConnections(), {
            tty: true,
            answers: [...first, null, site, null, true, true],
          });
          await initCommand(context, { ...NO_FLAGS, out, overwrite: true });
          assert.equal(questions[0], 'A short name for this connection, like arena');
        }
      });
    });

    it('looks for the site by a part of its name when there are many', async () => {
      const many = aDiscovery({ sitesInAll: 4_000 });
      const none = aDiscovery({ sites: [], sitesInAll: 0 });
      const some = aDiscovery({ sites: [{ id: 99, name: 'North', client: 'Fans' }], sitesInAll: 1 });
      const connections = fakeConnections({ discoveries: [many, none, some] });
      const answers = [...first, null, 'nroth', 'north', 'North (99), Fans', null, true, true];
      const { context } = recorded(connections, { tty: true, answers });
      await initCommand(context, { ...NO_FLAGS, out });
      assert.deepEqual(connections.calls, ['discover arena', 'discover arena nroth', 'discover arena north']);
      assert.equal((await written()).users.defaultSite, 99);
    });

    it('asks which column is the ID where none looks like it', async () => {
      const columns = ['who', 'mail', 'name'].map((name) => ({ name, type: null }));
      const answers = [...first, null, 'Box Office (18), Arena Fans', 'who', null, true];
      const { context } = recorded(fakeConnections({ discoveries: [aDiscovery({ columns })] }), { tty: true, answers });
      await initCommand(context, { ...NO_FLAGS, out });
      assert.deepEqual((await written()).seatgeek.columns, { id: 'who', email: 'mail' });
    });

    it('writes over a file only after a yes', async () => {
      await writeFile(out, 'mine');
      const { context } = recorded(fakeConnections(), {
        tty: true,
        answers: ['arena', 'acme.halopsa.com', null, false],
      });
      await assert.rejects(initCommand(context, { ...NO_FLAGS, out }), StarterError);
      assert.equal(await readFile(out, 'utf8'), 'mine');
    });

    it('shows no control character of what the systems call their things', async () => {
      const evil = '\u001b[2Jx\r\n\u202e';
      const found = aDiscovery({
        lines: [{ check: evil, ok: true, message: evil }],
        columns: ['id', 'email', 'first_name', `last\u001b[2J_name`].map((name) => ({ name, type: evil })),
        sites: [{ id: 5, name: evil, client: evil }],
        sitesInAll: 1,
      });
      const { context, stderr, stdout } = recorded(fakeConnections({ discoveries: [found] }), { tty: true });
      await initCommand(context, { ...NO_FLAGS, ...REQUIRED, out, yes: true });
      assert.doesNotMatch(`${stderr()}${stdout()}`.replaceAll('\n', ''), /[\p{Cc}\p{Cf}]/u);
    });
  });
});
