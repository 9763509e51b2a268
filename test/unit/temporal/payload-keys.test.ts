import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { ConfigError } from '../../../src/errors.js';
import { newPayloadKey, parsePayloadKeys, readPayloadKeys } from '../../../src/temporal/payload-keys.js';
import { readWorkerSettings } from '../../../src/worker/settings.js';

const run = promisify(execFile);
const COMMAND = ['--import', 'tsx', 'src/temporal/payload-key-command.ts'];

const FIRST = newPayloadKey('2026-11');
const SECOND = newPayloadKey('2026-05');
const BYTES = FIRST.slice('2026-11:'.length);
const ids = (text: string): string[] => parsePayloadKeys(text).map(({ id }) => id);

describe('the keys that seal payloads', () => {
  it('are read in their order, separated by commas or line breaks', () => {
    assert.deepEqual(ids(`${FIRST},${SECOND}`), ['2026-11', '2026-05']);
    assert.deepEqual(ids(` ${FIRST} , ${SECOND} `), ['2026-11', '2026-05']);
    assert.deepEqual(ids(`${SECOND}\r\n${FIRST}\n`), ['2026-05', '2026-11']);
  });

  it('have the bytes that the entry says', () => {
    const [key] = parsePayloadKeys(FIRST);
    assert.deepEqual(key?.key.export(), Buffer.from(BYTES, 'base64'));
  });

  for (const [what, text, message] of [
    ['an entry without a key', '2026-11', /entry 1 is not of the form/],
    ['an empty entry', `${FIRST},`, /entry 2 is not of the form/],
    ['a key without an id', BYTES, /entry 1 is not of the form/],
    ['an empty id', `:${BYTES}`, /key id of entry 1/],
    ['an id with a blank', `a b:${BYTES}`, /key id of entry 1/],
    ['an id of 41 characters', `${'a'.repeat(41)}:${BYTES}`, /key id of entry 1/],
    ['a key that is too short', `a:${BYTES.slice(0, 40)}`, /entry 1 has 30 bytes; it must have 32/],
    ['a key that is too long', `a:${Buffer.alloc(33, 7).toString('base64')}`, /entry 1 has 33 bytes/],
    ['a key without its padding', `a:${BYTES.replace('=', '')}`, /key of entry 1 is not base64/],
    ['a key with a foreign character', `${SECOND},a:${BYTES.slice(0, 20)}!${BYTES.slice(21)}`, /key of entry 2/],
    ['a key in hexadecimal', `a:${Buffer.from(BYTES, 'base64').toString('hex')}`, /key of entry 1 has 48 bytes/],
    ['two keys of one id', `${FIRST},${newPayloadKey('2026-11')}`, /entry 2 has the key id, or the key, of entry 1/],
    ['one key under two ids', `${FIRST},new:${BYTES}`, /entry 2 has the key id, or the key, of entry 1/],
  ] as const) {
    it(`refuse ${what}, naming the place and repeating nothing`, () => {
      assert.throws(
        () => parsePayloadKeys(text),
        (error) => {
          assert.ok(error instanceof ConfigError);
          assert.deepEqual([error.code, error.place], ['payload-keys-invalid', 'PAYLOAD_KEYS']);
          assert.match(error.message, message);
          const told = `${error.message} ${error.hint} ${error.stack ?? ''}`;
          for (let at = 0; at + 12 <= BYTES.length; at += 1) assert.ok(!told.includes(BYTES.slice(at, at + 12)));
          return true;
        },
      );
    });
  }

  it('stop a worker at its start when they are not usable', () => {
    assert.throws(() => readWorkerSettings({ PAYLOAD_KEYS: '2026-11:short' }), { code: 'payload-keys-invalid' });
    assert.deepEqual(readWorkerSettings({}).payloadKeys, []);
  });
});

describe('where the keys come from', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'payload-keys-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const read = (env: Record<string, string>): string[] => readPayloadKeys(env).map(({ id }) => id);

  it('is the variable, before the file of that name', async () => {
    await writeFile(path.join(folder, 'PAYLOAD_KEYS'), `${SECOND}\n`);
    assert.deepEqual(read({ PAYLOAD_KEYS: FIRST, SECRETS_DIR: folder }), ['2026-11']);
    assert.deepEqual(read({ PAYLOAD_KEYS: ' ', SECRETS_DIR: folder }), ['2026-05']);
  });

  it('is nowhere, when neither is set', async () => {
    assert.deepEqual(read({}), []);
    assert.deepEqual(read({ SECRETS_DIR: folder }), []);
    await writeFile(path.join(folder, 'PAYLOAD_KEYS'), '\n');
    assert.deepEqual(read({ SECRETS_DIR: folder }), []);
  });

  it('must be readable', async () => {
    // A folder in the file's place can't be read by anybody, unlike a file without rights.
    await mkdir(path.join(folder, 'PAYLOAD_KEYS'));
    assert.throws(() => read({ SECRETS_DIR: folder }), { code: 'secret-unreadable', place: 'PAYLOAD_KEYS' });
  });
});

describe('npm run payload-key', () => {
  it('prints an entry that is usable, another one each time, and nothing else', async () => {
    const [one, two] = await Promise.all([1, 2].map(() => run(process.execPath, COMMAND)));
    assert.match(one?.stdout ?? '', /^\d{4}-\d{2}:[A-Za-z0-9+/]{43}=\n$/);
    assert.equal(parsePayloadKeys(one?.stdout ?? '').length, 1);
    assert.notEqual(one?.stdout, two?.stdout);
    assert.equal(one?.stderr, '');
  });

  it('takes the id, and refuses one that is not usable', async () => {
    const { stdout } = await run(process.execPath, [...COMMAND, 'blue']);
    assert.match(stdout, /^blue:/);
    await assert.rejects(run(process.execPath, [...COMMAND, 'a:b']), { code: 2, stdout: '' });
  });
});
