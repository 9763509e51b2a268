/**
 * What the starter says where a real Temporal, a worker or Halo has to tell what is wrong, and every exit code. The messages stand in
 * `mistakes-at-work.md` beside this file; `UPDATE_MISTAKES=1` writes them anew.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { untilStatus } from '../../src/demo/waiting.js';
import { createProgram } from '../../src/starter/program.js';
import type { Connections } from '../../src/starter/connections.js';
import type { Limits } from '../../src/starter/limits.js';
import { createConnections } from '../../src/starter/temporal.js';
import { findCli } from '../../src/temporal/find-cli.js';
import { mistakesPage, said, type Said } from '../unit/starter/said.js';
import { World } from '../world/world.js';

const TABLE = fileURLToPath(new URL('./mistakes-at-work.md', import.meta.url));

const NAMED = [{ from: 'last_name', to: 'name' }];

/** Of a report only what is to be corrected. */
function corrections(report: Said): Said {
  const lines = report.text.split('\n');
  const isKept = (line: string, at: number): boolean =>
    /^(✘|!)/.test(line) || (/^ +→/.test(line) && /^(✘|!)/.test(lines[at - 1] ?? ''));
  return { ...report, text: lines.filter(isKept).join('\n') };
}

const run = promisify(execFile);

const described = z.object({
  workflowExecutionInfo: z.object({
    searchAttributes: z.object({ indexedFields: z.record(z.string(), z.object({ data: z.string() })) }),
  }),
});

/** As Temporal has it: else the CLI prints an empty list as null. */
const rawAnswer = z.object({ queryResult: z.object({ payloads: z.tuple([z.object({ data: z.string() })]) }) });

describe('mistakes at work', function () {
  this.timeout(180_000);
  let world: World;
  let connections: Connections;
  let asked: (limits: Limits) => Connections;
  const told = new Map<string, Said>();

  before(async () => {
    world = await World.open({ sandbox: { people: 120, seed: 61 } });
    const web = { address: world.server.address, namespace: 'default', uiUrl: undefined };
    asked = (limits) => createConnections(world.client, { close: () => Promise.resolve(), web, limits });
    connections = asked({ workerMs: 500, pollMs: 100 });
    await world.start(world.connectionFile());
  });
  after(() => world.close());

  let files = 0;
  /** Each in a folder of its own. */
  const file = async (name: string, overrides: Parameters<World['connectionFile']>[1] = {}): Promise<string> => {
    const folder = path.join(world.folder, 'files', String((files += 1)));
    await mkdir(folder, { recursive: true });
    const place = path.join(folder, `${name}.json`);
    await writeFile(place, JSON.stringify(world.connectionFile(name, overrides)));
    return place;
  };
  const say = async (...args: string[]): Promise<Said> => {
    const answer = await said(args, connections);
    const text = answer.text.replaceAll(RegExp(`${path.join(world.folder, 'files')}/\\w+`, 'g'), '.');
    return {
      ...answer,
      text: text.replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:<port>').replaceAll(/\/[0-9a-f-]{36}\//g, '/<run>/'),
    };
  };

  const folderWithMistake = async (): Promise<string> => {
    const folder = path.join(world.folder, 'files', 'apply');
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, 'arena.json'), JSON.stringify(world.connectionFile()));
    await writeFile(path.join(folder, 'bowl.json'), '{"name": "bowl"');
    return folder;
  };

  it('have every command say in one sentence that there is no worker, or do what it can without', async () => {
    const [arena, bowl] = [await file('arena', { users: { defaultSite: 19 } }), await file('bowl')];
    const commands: Readonly<Record<string, readonly string[]>> = {
      init: ['--help'],
      discover: [bowl],
      validate: [bowl],
      onboard: [bowl],
      configure: [arena, '--yes'],
      apply: [path.dirname(arena)],
      pause: ['arena'],
      resume: ['arena'],
      'sync-now': ['arena'],
      'clear-cursor': ['arena', '--yes'],
      approve: ['arena', '--yes'],
      rejected: ['arena'],
      'retry-rejected': ['arena'],
      preview: ['arena'],
      'import-100': ['arena'],
      watch: ['arena'],
      status: ['arena'],
      trace: ['arena', 'somebody'],
      list: [],
      open: ['arena', '--print'],
      workers: [],
      promote: ['b1'],
      remove: ['arena', '--yes'],
    };
    const names = createProgram({ version: '1', run: () => Promise.resolve() }).commands.map((command) =>
      command.name(),
    );
    assert.deepEqual(names.sort(), Object.keys(commands).sort());
    for (const [name, args] of Object.entries(commands)) {
      if (name !== 'init') told.set(`no worker: ${name}`, await say(name, ...args));
    }
    told.set('no worker: onboard --skip-validate', await say('onboard', bowl, '--skip-validate'));
    await connections.end('bowl', 'tried');
  });

  it('are told by a worker with what was likely meant and the way out', async () => {
    world.startWorker();
    connections = asked({ workerMs: 60_000, pollMs: 100 });
    const handle = await world.start(world.connectionFile());
    await untilStatus(handle, ({ phase }) => phase === 'paused');
    const bad = {
      'a site that Halo does not have': { users: { defaultSite: 181 } },
      'a column that the feed does not have': {
        users: { fieldMappings: [...NAMED, { from: 'loyalty_tiers', to: 'notes' }] },
      },
      'a custom field that Halo does not have': {
        users: { fieldMappings: [...NAMED, { from: 'loyalty_tier', to: 'CFLoyaltyTeir' }] },
      },
      'a Halo that the worker may not speak to': { halo: { url: 'https://acme.example.com' } },
      'an ID field of Halo that is not there': { users: { seatgeekIdField: 'CFSeatgeekIDs' } },
      'nearly everybody rejected': { users: { fieldMappings: [{ from: 'string(int(last_name))', to: 'name' }] } },
    };
    for (const [what, overrides] of Object.entries(bad))
      told.set(what, corrections(await say('validate', await file('arena', overrides))));
    told.set('no secrets for a connection', corrections(await say('validate', await file('bowl'))));
    const commands: Readonly<Record<string, readonly string[]>> = {
      'a site that Halo does not have, for a running connection': [
        'configure',
        await file('arena', bad['a site that Halo does not have']),
        '--yes',
      ],
      'a file of a connection that does not run': ['configure', await file('areena'), '--yes'],
      'a connection that does not run': ['status', 'areena'],
      'a second start of a connection': ['onboard', await file('arena'), '--skip-validate'],
      'a run of a paused connection': ['sync-now', 'arena'],
      'a retry of a paused connection': ['retry-rejected', 'arena'],
      'approval of what is not held': ['approve', 'arena', '--yes'],
      'a person whom the feed does not have': ['trace', 'arena', 'nobody-at-all'],
      'a build without workers': ['promote', 'b1'],
      'removing what does not run': ['remove', 'opera', '--yes'],
      'opening what does not run': ['open', 'opera'],
      'a folder of files of which one is wrong': ['apply', await folderWithMistake(), '--dry-run'],
    };
    for (const [what, args] of Object.entries(commands)) told.set(what, await say(...args));
  });

  it('are told as the table has it', async () => {
    const page = mistakesPage('Mistakes at work and what is said', told);
    if (process.env['UPDATE_MISTAKES'] === '1') await writeFile(TABLE, page);
    assert.equal(page, await readFile(TABLE, 'utf8'));
  });

  it('end with the exit codes that --help names', async () => {
    const codes: Record<string, number> = {};
    const commands = [
      ['status', 'arena'],
      ['list'],
      ['validate', await file('arena')],
      ['validate', await file('arena', { users: { defaultSite: 181 } })],
      ['status', 'opera'],
      ['status'],
      ['preview', 'arena', '0'],
      ['validate', 'connections/nowhere.json'],
      ['preview', 'arena'],
      ['import-100', 'arena'],
      ['resume', 'arena'],
      ['watch', 'arena'],
      ['pause', 'arena'],
    ];
    for (const command of commands)
      codes[command.join(' ').replaceAll(world.folder, '.')] = (await say(...command)).code;
    assert.deepEqual(Object.values(codes), [0, 0, 0, 1, 1, 2, 2, 2, 3, 3, 0, 3, 0], JSON.stringify(codes));
  });

  it('leave --json what the Temporal CLI shows: the same names, the same values', async () => {
    const cli = await findCli();
    const temporal = async (...args: string[]): Promise<unknown> => {
      const { stdout } = await run(cli, ['workflow', ...args, '--address', world.server.address, '--output', 'json']);
      return JSON.parse(stdout);
    };
    const arena = ['--workflow-id', 'connection-arena'];
    const json = async (...args: string[]): Promise<unknown> => JSON.parse((await say(...args, '--json')).stdout);
    for (const type of ['status', 'rejected']) {
      const answer = await temporal('query', ...arena, '--type', type, '--no-json-shorthand-payloads');
      const [{ data }] = rawAnswer.parse(answer).queryResult.payloads;
      assert.deepEqual(await json(type, 'arena'), JSON.parse(Buffer.from(data, 'base64').toString()), type);
    }
    const status = z.record(z.string(), z.unknown()).parse(await json('status', 'arena'));
    const [listed = {}] = z.array(z.record(z.string(), z.unknown())).parse(await json('list'));
    for (const name of Object.keys(listed).filter((key) => key in status))
      assert.deepEqual(listed[name], status[name], name);
    const { indexedFields } = described.parse(await temporal('describe', ...arena)).workflowExecutionInfo
      .searchAttributes;
    const attribute = (name: string): unknown =>
      JSON.parse(Buffer.from(indexedFields[name]?.data ?? '', 'base64').toString());
    assert.deepEqual(
      [listed['connection'], listed['phase'], listed['halo'], listed['rejectedUsers']],
      ['SeatGeekConnection', 'ConnectionPhase', 'HaloInstance', 'RejectedUsers'].map(attribute),
    );
    assert.equal(Date.parse(String(listed['lastSyncedAt'])), Date.parse(String(attribute('LastSyncedAt'))));
  });
});
