/**
 * What people type or write wrong, and what they are told. The messages stand in `mistakes.md` beside this file, so that a change of a word is
 * seen; `UPDATE_MISTAKES=1` writes them anew.
 */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { fakeConnections } from './builders.js';
import { connectionFile } from '../connection/sample-file.js';
import { mistakesPage, said, type Said } from './said.js';

const TABLE = fileURLToPath(new URL('./mistakes.md', import.meta.url));

type Json = Record<string, unknown>;
type Spoil = (file: Json) => unknown;

/** Puts `value` at a path like `users.fieldMappings.0.from`; undefined takes it away. */
const at =
  (place: string, value: unknown): Spoil =>
  (file) => {
    const keys = place.split('.');
    const last = keys.pop() ?? '';
    const section = keys.reduce<Json>((inner, key) => (inner[key] ??= {}) as Json, file);
    if (value === undefined) Reflect.deleteProperty(section, last);
    else section[last] = value;
    return file;
  };
const raw = (text: string | Buffer) => text;
const mapping = (from: string, to = 'notes'): Spoil => at('users.fieldMappings.2', { from, to });

const FILES: Readonly<Record<string, Spoil | string | Buffer>> = {
  'an empty file': raw(''),
  'UTF-16, as PowerShell writes it': raw(Buffer.from('\ufeff{"name":"arena"}', 'utf16le')),
  'a comment': raw('{\n  // the arena\n  "name": "arena"\n}'),
  'a comma too many': raw('{ "name": "arena", }'),
  'a list in place of an object': raw('[]'),
  'a name with capitals': at('name', 'Arena'),
  'a name with a blank': at('name', 'my arena'),
  'no name': at('name', undefined),
  'a misspelled section': at('integrater', {}),
  'a misspelled setting': at('users.defualtSite', 3),
  'a misspelled setting of a mapping': at('users.fieldMappings.0.wen', 'create'),
  'a secret in clear text': at('halo.clientSecret', 'hunter2-in-clear-text'),
  'a secret as its own name': at('halo.clientSecret', { secret: 'aB3dE5fG7hJ9kL1mN3pQ5rS7' }),
  "an environment variable's name as a secret": at('halo.clientSecret', { secret: 'ARENA_HALO_CLIENT_SECRET' }),
  'a secret of the wrong system': at('halo.clientSecret', { secret: 'client-secret' }),
  'no secret': at('halo.clientId', undefined),
  'http in place of https': at('halo.url', 'http://acme.halopsa.com'),
  'an address without scheme': at('halo.url', 'acme.halopsa.com'),
  'an address with a password': at('halo.url', 'https://me:pw@acme.halopsa.com'),
  'site 0': at('users.defaultSite', 0),
  'a site as text': at('users.defaultSite', '18'),
  'half a site': at('users.defaultSite', 1.5),
  'no site': at('users.defaultSite', undefined),
  'a second entity': at('integrator', { entities: ['users', 'tickets'] }),
  'another entity': at('integrator', { entities: ['tickets'] }),
  'an interval of 0': at('integrator', { intervalMinutes: 0 }),
  'an interval of a month': at('integrator', { intervalMinutes: 43_200 }),
  'a brake above 100 percent': at('integrator', { brake: { percent: 120 } }),
  'no mappings': at('users.fieldMappings', []),
  'nothing mapped to name': at('users.fieldMappings', [{ from: 'email', to: 'emailaddress' }]),
  'a misspelled field': mapping('city', 'emailadress'),
  'a field that Halo makes itself': mapping('city', 'id'),
  'two mappings with one target': mapping('email', 'emailaddress'),
  'the ID field mapped': mapping('id', 'CFSeatGeekID'),
  'an unusable ID field': at('users.seatgeekIdField', 'seatgeek id'),
  'an unfinished expression': mapping("city + ' ' + ("),
  'an unknown function': mapping('uppper(city)'),
  'the old language': mapping("first_name & ' ' & last_name"),
  'a rule for deletes that there is not': at('users.onDelete', 'delete'),
  'a rule for blanks that there is not': at('users.fieldMappings.0.blank', 'drop'),
  'a batch of 0': at('halo.writeBatch', 0),
  'a page of a million': at('seatgeek.pageSize', 1_000_000),
  'a webhook in clear text': at('alerts', { webhook: 'https://hooks.example.org/T0/B0' }),
};

const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  'a misspelled command': ['valdiate', 'x.json'],
  'a command without its file': ['validate'],
  'a command without its name': ['status'],
  'a file that is not there': ['validate', 'connections/nowhere.json'],
  'a name whose file is not there': ['validate', 'nowhere'],
  'a misspelled file': ['validate', 'connections/exmaple.json'],
  'a file in place of a folder': ['apply', 'package.json'],
  'a name that can be none': ['status', 'My Arena'],
  'a misspelled flag': ['status', 'arena', '--jsn'],
  'too many previewed': ['preview', 'arena', '1000'],
  'none previewed': ['preview', 'arena', '0'],
  'nobody traced': ['trace', 'arena', ''],
  'a code that there is not': ['rejected', 'arena', '--code', 'email-take'],
  'remove without a question or --yes': ['remove', 'arena'],
  'clear-cursor without a question or --yes': ['clear-cursor', 'arena'],
  'watch that never ends as JSON': ['watch', 'arena', '--follow', '--json'],
  'a folder that is not there': ['apply', 'nowhere'],
  'site 0 for the wizard': ['init', '--site', '0'],
};

describe('mistakes', function () {
  this.timeout(60_000);
  let folder = '';
  const messages = new Map<string, Said>();

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'mistakes-'));
    for (const [what, spoil] of Object.entries(FILES)) {
      const file = path.join(folder, 'arena.json');
      const content = typeof spoil === 'function' ? JSON.stringify(spoil(structuredClone(connectionFile()))) : spoil;
      await writeFile(file, content);
      const { text, ...rest } = await said(['validate', file], fakeConnections());
      messages.set(what, { ...rest, text: text.replaceAll(file, 'arena.json') });
    }
    for (const [what, args] of Object.entries(COMMANDS)) messages.set(what, await said(args, fakeConnections()));
    if (process.env['UPDATE_MISTAKES'] === '1')
      await writeFile(TABLE, mistakesPage('Mistakes and what is said', messages));
  });
  after(() => rm(folder, { recursive: true }));

  it('are fifty and more, each told', () => {
    assert.ok(messages.size >= 50, String(messages.size));
    for (const [what, { code, text }] of messages) {
      assert.equal(code, 2, what);
      assert.notEqual(text, '', what);
    }
  });

  it('never show a secret', () => {
    for (const [what, { text }] of messages) assert.doesNotMatch(text, /hunter2|aB3dE5|me:pw|T0\/B0/, what);
  });

  it('are told as the table has it', async () => {
    assert.equal(mistakesPage('Mistakes and what is said', messages), await readFile(TABLE, 'utf8'));
  });
});
