import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readCodecServerSettings } from '../../../src/codec-server/settings.js';
import { ConfigError } from '../../../src/errors.js';
import { newPayloadKey } from '../../../src/temporal/payload-keys.js';

const TOKEN = 't0ken-'.repeat(6);
const KEYS = { PAYLOAD_KEYS: newPayloadKey('2026-11') };
const BASE = { ...KEYS, CODEC_SERVER_TOKEN: TOKEN };

describe('the settings of the codec server', () => {
  it('listen on loopback, for every namespace and no web page, unless told otherwise', () => {
    const { address, token, origins, namespaces, keys } = readCodecServerSettings(BASE);
    assert.deepEqual(address, { host: '127.0.0.1', port: 8_234, text: '127.0.0.1:8234' });
    assert.deepEqual([token, origins.size, namespaces, keys.length], [TOKEN, 0, undefined, 1]);
  });

  it('take lists separated by commas', () => {
    const { origins, namespaces } = readCodecServerSettings({
      ...BASE,
      CODEC_SERVER_ORIGINS: 'https://temporal.example.com, http://127.0.0.1:8233',
      CODEC_SERVER_NAMESPACES: 'sports,default',
    });
    assert.deepEqual([...origins], ['https://temporal.example.com', 'http://127.0.0.1:8233']);
    assert.deepEqual([...(namespaces ?? [])], ['sports', 'default']);
  });

  it('take token and keys from files in SECRETS_DIR', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'codec-server-'));
    await writeFile(path.join(folder, 'CODEC_SERVER_TOKEN'), `${TOKEN}\n`);
    await writeFile(path.join(folder, 'PAYLOAD_KEYS'), `${KEYS.PAYLOAD_KEYS}\n`);
    const { token, keys } = readCodecServerSettings({ SECRETS_DIR: folder });
    assert.deepEqual([token, keys[0]?.id], [TOKEN, '2026-11']);
    await rm(folder, { recursive: true });
  });

  for (const address of ['127.0.0.1:1', 'localhost:1', '[::1]:1', '127.8.9.10:1']) {
    it(`may be open to everybody on ${address}`, () => {
      const settings = { ...KEYS, CODEC_SERVER_OPEN: '1', CODEC_SERVER_ADDRESS: address };
      assert.equal(readCodecServerSettings(settings).token, undefined);
    });
  }

  for (const [what, env, place, message] of [
    ['no key', { CODEC_SERVER_TOKEN: TOKEN }, 'PAYLOAD_KEYS', /holds no key/],
    ['neither token nor open', KEYS, 'CODEC_SERVER_TOKEN', /is missing/],
    ['a short token', { ...KEYS, CODEC_SERVER_TOKEN: 'guess-me' }, 'CODEC_SERVER_TOKEN', /32 or more/],
    ['a token with a blank', { ...KEYS, CODEC_SERVER_TOKEN: `${TOKEN} b` }, 'CODEC_SERVER_TOKEN', /without blanks/],
    ['open with a token', { ...BASE, CODEC_SERVER_OPEN: '1' }, 'CODEC_SERVER_OPEN', /contradicts CODEC_SERVER_TOKEN/],
    ...['0.0.0.0:8234', '[::]:8234', '10.0.0.5:8234', '[fd00::1]:8234'].map(
      (address) =>
        [
          `open on ${address}`,
          { ...KEYS, CODEC_SERVER_OPEN: '1', CODEC_SERVER_ADDRESS: address },
          'CODEC_SERVER_OPEN',
          /loopback only/,
        ] as const,
    ),
    ['open by another word', { ...KEYS, CODEC_SERVER_OPEN: 'yes' }, 'CODEC_SERVER_OPEN', /CODEC_SERVER_OPEN/],
    ['every origin', { ...BASE, CODEC_SERVER_ORIGINS: '*' }, 'CODEC_SERVER_ORIGINS', /takes no \*/],
    ...['https://a.example/', 'https://a.example/ui', 'a.example', 'null', 'file:///x', 'HTTPS://A.example'].map(
      (origin) =>
        [
          `the origin ${origin}`,
          { ...BASE, CODEC_SERVER_ORIGINS: origin },
          'CODEC_SERVER_ORIGINS',
          /is not an origin/,
        ] as const,
    ),
    ...['8234', ':8234', '127.0.0.1', '127.0.0.1:70000', '127.0.0.1.example.com:8234'].map(
      (address) =>
        [
          `the address ${address}`,
          { ...BASE, CODEC_SERVER_ADDRESS: address },
          'CODEC_SERVER_ADDRESS',
          /must be an IP address and a port/,
        ] as const,
    ),
  ] as const) {
    it(`refuse ${what}, naming the variable and no secret`, () => {
      assert.throws(
        () => readCodecServerSettings(env),
        (error) => {
          assert.ok(error instanceof ConfigError);
          assert.deepEqual([error.code, error.place], ['setting-invalid', place]);
          assert.match(error.message, message);
          assert.ok(!`${error.message} ${error.hint}`.includes(TOKEN));
          return true;
        },
      );
    });
  }
});
