import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { WorkflowFailedError } from '@temporalio/client';
import { after, before } from 'mocha';
import type { ConnectionFile } from '../../src/connection/schema.js';
import { starter } from '../world/starter.js';
import { World } from '../world/world.js';

const CLEAR_TEXT = 'hunter2-in-clear-text';

type Loose = Record<string, unknown>;

/** What is wrong, and what the refusal must name. `inHalo` is found out only by asking Halo. */
const BAD_FILES: readonly {
  readonly what: string;
  readonly names: RegExp;
  readonly spoil: (file: ConnectionFile) => unknown;
  readonly inHalo?: boolean;
  readonly inWorker?: boolean;
}[] = [
  {
    what: 'a mapping to an unknown Halo field',
    names: /users\.fieldMappings\[\d+\]\.to/,
    spoil: (file) => withMapping(file, { from: 'email', to: 'emailadress' }),
  },
  {
    what: 'two mappings with one target',
    names: /users\.fieldMappings\[8\]\.to: has the same target as users\.fieldMappings\[3\]\.to/,
    spoil: (file) => withMapping(file, { from: 'email', to: 'emailaddress' }),
  },
  {
    what: 'a bad expression',
    names: /users\.fieldMappings\[\d+\]\.from/,
    spoil: (file) => withMapping(file, { from: "city + ' ' + (", to: 'notes' }),
  },
  {
    what: 'no default site',
    names: /users\.defaultSite/,
    spoil: (file) => {
      const users: Loose = { ...file.users };
      delete users.defaultSite;
      return { ...file, users };
    },
  },
  {
    what: 'a secret in clear text',
    names: /halo\.clientSecret/,
    spoil: (file) => ({ ...file, halo: { ...file.halo, clientSecret: CLEAR_TEXT } }),
  },
  { what: 'an unknown key', names: /integrater/, spoil: (file) => ({ ...file, integrater: {} }) },
  {
    what: 'a host outside the allow list',
    names: /halo\.url.*halo\.example\.org|halo\.example\.org.*halo\.url/s,
    spoil: (file) => ({ ...file, halo: { ...file.halo, url: 'https://halo.example.org' } }),
    inWorker: true,
  },
  {
    what: 'a default site that Halo does not have',
    names: /999/,
    spoil: (file) => ({ ...file, users: { ...file.users, defaultSite: 999 } }),
    inHalo: true,
  },
  {
    what: 'a custom field that Halo does not have',
    names: /CFNoSuchField/,
    spoil: (file) => withMapping(file, { from: 'city', to: 'CFNoSuchField' }),
    inHalo: true,
  },
];

function withMapping(file: ConnectionFile, mapping: { from: string; to: string }): ConnectionFile {
  return { ...file, users: { ...file.users, fieldMappings: [...file.users.fieldMappings, mapping] } };
}

describe('a connection file that can not be used', function () {
  this.timeout(120_000);
  let world: World;

  before(async () => {
    world = await World.open({ sandbox: { people: 300, seed: 51 } });
    world.startWorker();
  });
  after(() => world.close());

  const openConnections = async (): Promise<number> => {
    const query = 'WorkflowType="connection" AND ExecutionStatus="Running"';
    return (await world.client.workflow.count(query)).count;
  };

  for (const { what, names, spoil, inHalo = false, inWorker = false } of BAD_FILES) {
    it(`is refused by onboard with the place named: ${what}`, async () => {
      const file = path.join(world.folder, 'bad.json');
      await writeFile(file, JSON.stringify(spoil(world.connectionFile())));
      const { code, stdout, stderr } = await starter(world, ['onboard', file, '--yes']);
      const text = stdout + stderr;
      assert.equal(code, inHalo || inWorker ? 1 : 2, text);
      assert.match(text, names);
      assert.ok(!text.includes(CLEAR_TEXT));
      assert.equal(await openConnections(), 0);
      assert.equal(world.sandbox.halo.writes.count, 0);
    });

    if (inHalo) continue;
    it(`fails the workflow with the place named when it is started all the same: ${what}`, async () => {
      const id = `bad-${BAD_FILES.findIndex((bad) => bad.what === what)}`;
      const handle = await world.client.workflow.start('connection', {
        taskQueue: 'seatgeek-halo',
        workflowId: id,
        args: [spoil(world.connectionFile('arena', { integrator: { enabled: true } }))],
      });
      await assert.rejects(handle.result(), (error) => {
        assert.ok(error instanceof WorkflowFailedError);
        assert.match(error.cause?.message ?? '', names);
        assert.ok(!(error.cause?.message ?? '').includes(CLEAR_TEXT));
        return true;
      });
      assert.equal(world.sandbox.halo.writes.count, 0);
    });
  }
});
