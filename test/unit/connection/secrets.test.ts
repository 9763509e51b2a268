import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { createSecrets, secretNameProblem, secretVariable } from '../../../src/connection/secrets.js';

const VARIABLE = 'ARENA_HALO_CLIENT_SECRET';

describe('createSecrets', () => {
  let secretsDir: string;
  beforeEach(async () => {
    secretsDir = await mkdtemp(path.join(tmpdir(), 'secrets-'));
  });
  afterEach(() => rm(secretsDir, { recursive: true }));

  it('reads the variable named after connection and secret', async () => {
    const secrets = createSecrets({ env: { [VARIABLE]: 'from env' }, secretsDir });
    assert.equal(await secrets.read('arena', 'halo-client-secret'), 'from env');
  });

  it('leaves out the white space around a variable', async () => {
    const secrets = createSecrets({ env: { [VARIABLE]: ' from env\n' }, secretsDir });
    assert.equal(await secrets.read('arena', 'halo-client-secret'), 'from env');
  });

  it('prefers the variable to the file', async () => {
    await writeFile(path.join(secretsDir, VARIABLE), 'from file');
    const secrets = createSecrets({ env: { [VARIABLE]: 'from env' }, secretsDir });
    assert.equal(await secrets.read('arena', 'halo-client-secret'), 'from env');
  });

  it('reads the file without the white space around it when the variable is unset or blank', async () => {
    await writeFile(path.join(secretsDir, VARIABLE), ' from file \r\n');
    for (const env of [{}, { [VARIABLE]: '' }]) {
      assert.equal(await createSecrets({ env, secretsDir }).read('arena', 'halo-client-secret'), 'from file');
    }
  });

  it('reads anew at every call', async () => {
    const secrets = createSecrets({ env: {}, secretsDir });
    await writeFile(path.join(secretsDir, VARIABLE), 'old');
    assert.equal(await secrets.read('arena', 'halo-client-secret'), 'old');
    await writeFile(path.join(secretsDir, VARIABLE), 'new');
    assert.equal(await secrets.read('arena', 'halo-client-secret'), 'new');
  });

  it('names variable and file of a missing secret', async () => {
    await writeFile(path.join(secretsDir, VARIABLE), '\n');
    for (const sources of [{ env: {} }, { env: {}, secretsDir }]) {
      await assert.rejects(createSecrets(sources).read('arena', 'halo-client-secret'), {
        code: 'secret-missing',
        place: VARIABLE,
        message: /ARENA_HALO_CLIENT_SECRET.*SECRETS_DIR/,
      });
    }
  });

  it('says why a file can not be read', async () => {
    const readFile = (): Promise<string> => Promise.reject(Object.assign(new Error('no'), { code: 'EACCES' }));
    await assert.rejects(createSecrets({ env: {}, secretsDir, readFile }).read('arena', 'halo-client-id'), {
      code: 'secret-unreadable',
      message: /EACCES/,
    });
  });

  for (const [connection, secret] of [
    ['arena', '../halo-client-secret'],
    ['arena', 'halo-../../etc/passwd'],
    ['../arena', 'halo-client-secret'],
    ['arena', 'HALO_CLIENT_SECRET'],
    ['arena', 'client-secret'],
    ['aws', 'secret-access-key'],
    ['arena', 'halo'],
  ] as const) {
    it(`opens nothing for the secret ${secret} of ${connection}`, async () => {
      const readFile = (): Promise<string> => assert.fail('a file was opened');
      await assert.rejects(createSecrets({ env: {}, secretsDir, readFile }).read(connection, secret), {
        code: 'secret-name-invalid',
      });
    });
  }
});

describe('secretVariable', () => {
  it('writes hyphens of both names as underscores', () => {
    assert.equal(secretVariable('north-arena', 'seatgeek-client-id'), 'NORTH_ARENA_SEATGEEK_CLIENT_ID');
  });

  it('refuses the secret that would be another connection’s', () => {
    assert.equal(secretVariable('a-halo-b', 'halo-id'), 'A_HALO_B_HALO_ID');
    assert.throws(() => secretVariable('a', 'halo-b-halo-id'), { code: 'secret-name-invalid' });
    assert.equal(secretVariable('a-halo-b', 'alerts-webhook'), 'A_HALO_B_ALERTS_WEBHOOK');
    assert.throws(() => secretVariable('a', 'halo-b-alerts-webhook'), { code: 'secret-name-invalid' });
  });

  it('never gives two connections the same variable', () => {
    const part = fc.constantFrom('a', 'b', 'halo', 'seatgeek', 'alerts', 'x1', '');
    const name = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('-'));
    const pair = fc.tuple(name, name).filter(([connection, secret]) => isUsable(connection, secret));
    fc.assert(
      fc.property(pair, pair, (left, right) => {
        if (secretVariable(...left) === secretVariable(...right)) assert.deepEqual(left, right);
      }),
      { numRuns: 5_000 },
    );
  });
});

function isUsable(connection: string, secret: string): boolean {
  return /^[a-z][a-z0-9-]{0,39}$/.test(connection) && secretNameProblem(secret) === undefined;
}
