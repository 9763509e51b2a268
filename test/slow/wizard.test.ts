/** The wizard as a person meets it: in a terminal, key by key, with a worker that gets its secrets while it waits. */
import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before } from 'mocha';
import { checkConnection } from '../../src/connection/check.js';
import type { ConnectionFile } from '../../src/connection/schema.js';
import { sandboxSecrets } from '../../src/sandbox/connection-file.js';
import { starter } from '../world/starter.js';
import { DOWN, ENTER, hasTerminals, Typist } from '../world/typist.js';
import { World } from '../world/world.js';

describe('the wizard in a terminal', function () {
  this.timeout(120_000);
  let world: World;
  let file: string;
  let typist: Typist | undefined;

  before(async function () {
    if (!hasTerminals()) {
      process.stderr.write('skipped: this machine has no pseudo-terminal to type into\n');
      this.skip();
    }
    world = await World.open({ sandbox: { people: 30, existing: 20 } });
    await mkdir(path.join(world.folder, 'secrets'));
    world.startWorker({ ...noSecrets(), SECRETS_DIR: path.join(world.folder, 'secrets') });
    file = path.join(world.folder, 'arena.json');
  });
  after(async () => {
    typist?.kill();
    if (typist !== undefined) await world.close();
  });

  const noSecrets = (): Record<string, string> =>
    Object.fromEntries(Object.keys(sandboxSecrets(world.sandbox)).map((variable) => [variable, '']));

  const giveSecrets = async (): Promise<void> => {
    for (const [variable, value] of Object.entries(sandboxSecrets(world.sandbox)))
      await writeFile(path.join(world.folder, 'secrets', variable), value);
  };

  it('asks, waits for the secrets, shows what there is, and writes a file that is right', async () => {
    const { seatgeek, halo } = world.sandbox;
    const program = `exec ${process.execPath} --import tsx ${path.resolve('src/starter.ts')} init --out ${file}`;
    const flags = `--seatgeek-api-url ${seatgeek.apiUrl} --seatgeek-token-url ${seatgeek.tokenUrl}`;
    const env = { ...process.env, ...world.env, TERM: 'xterm', NO_COLOR: '1' };
    typist = new Typist({ command: `${program} ${flags}`, env });
    await typist.on('A short name', `arena${ENTER}`);
    await typist.on("Halo's address", `${halo.url}${ENTER}`);
    await typist.on('tenant', ENTER);
    await typist.on('Minutes', ENTER);
    await typist.on('ARENA_HALO_CLIENT_SECRET');
    await typist.on('How to go on?');
    await giveSecrets();
    await typist.on('Look again', ENTER);
    await typist.on('keeps the SeatGeek ID', ENTER);
    await typist.on('Training Ground', DOWN + ENTER);
    await typist.on('These are the mappings', ENTER);
    await typist.on('Import the address', ENTER);
    await typist.on('Keep everybody active', ENTER);
    await typist.on('next: npm run starter -- validate');
    assert.equal(await typist.end(), 0, typist.text);
    const written = JSON.parse(await readFile(file, 'utf8')) as ConnectionFile;
    checkConnection(written);
    assert.equal(written.users.defaultSite, 18);
    assert.equal(written.users.seatgeekIdField, 'CFSeatGeekID');
    assert.ok(written.users.fieldMappings.some(({ to }) => to === 'CFLoyaltyTier'));
    const { code, stdout } = await starter(world, ['validate', file]);
    assert.equal(code, 0, stdout);
  });
});
