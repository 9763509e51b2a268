import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DefaultLogger } from '@temporalio/worker';
import { keepApiKey, readApiKey } from '../../../src/temporal/api-key.js';

describe('the key of Temporal Cloud in a file', () => {
  let folder: string;
  let env: Record<string, string>;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'api-key-'));
    env = { SECRETS_DIR: folder };
    await writeFile(path.join(folder, 'TEMPORAL_API_KEY'), 'spring\n');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('is read without the line break at its end', () => assert.equal(readApiKey(env), 'spring'));

  it('is used anew when it changes, without a restart, and no log holds it', async () => {
    const said: string[] = [];
    const logger = new DefaultLogger('TRACE', (entry) => said.push(JSON.stringify(entry.message)));
    let stop = (): void => undefined;
    const used = new Promise<string>((resolve) => {
      const setApiKey = async (key: string): Promise<void> => {
        resolve(key);
        return Promise.resolve();
      };
      stop = keepApiKey({ setApiKey }, env, logger, 5);
    });
    await writeFile(path.join(folder, 'TEMPORAL_API_KEY'), 'autumn\n');
    assert.equal(await used, 'autumn');
    stop();
    assert.ok(!said.join(' ').includes('autumn'));
  });

  it('stays in use while its file can not be read, which is said', async () => {
    let stop = (): void => undefined;
    const warned = new Promise<string>((resolve) => {
      const logger = new DefaultLogger('WARN', ({ message }) => resolve(message));
      const setApiKey = (): Promise<void> => Promise.reject(new Error('there is no other key'));
      stop = keepApiKey({ setApiKey }, env, logger, 5);
    });
    await rm(path.join(folder, 'TEMPORAL_API_KEY'));
    await mkdir(path.join(folder, 'TEMPORAL_API_KEY'));
    assert.match(await warned, /TEMPORAL_API_KEY could not be read again/);
    stop();
  });
});
