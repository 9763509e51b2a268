/** Keys for one test, and a codec server that opens for its Web UI and for the Temporal CLI what they seal. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { DataConverter } from '@temporalio/common';
import { readCodecServerSettings } from '../../src/codec-server/settings.js';
import { startCodecServer } from '../../src/codec-server/start.js';
import { createDataConverter } from '../../src/temporal/data-converter.js';
import { freePort } from '../../src/temporal/free-port.js';
import { newPayloadKey, PAYLOAD_KEYS, parsePayloadKeys } from '../../src/temporal/payload-keys.js';
import { createLogger } from '../../src/worker/logger.js';

export interface Sealing {
  /** Of the worker. */
  readonly env: Readonly<Record<string, string>>;
  /** Of clients. */
  readonly dataConverter: DataConverter;
  /** What the Web UI and the CLI take as `--codec-endpoint`. */
  readonly codecUrl: string;
  /** Where the starter finds the keys: its `SECRETS_DIR`. */
  readonly secretsDir: string;
  close(): Promise<void>;
}

/** `uiPort` is where the Web UI will listen. */
export async function startSealing(folder: string, uiPort: number): Promise<Sealing> {
  const keys = newPayloadKey('demo');
  const secretsDir = path.join(folder, 'secrets');
  await mkdir(secretsDir, { recursive: true });
  await writeFile(path.join(secretsDir, PAYLOAD_KEYS), `${keys}\n`, { mode: 0o600 });
  const settings = readCodecServerSettings({
    PAYLOAD_KEYS: keys,
    CODEC_SERVER_OPEN: '1',
    CODEC_SERVER_ADDRESS: `127.0.0.1:${await freePort()}`,
    CODEC_SERVER_ORIGINS: `http://127.0.0.1:${uiPort},http://localhost:${uiPort}`,
    CODEC_SERVER_NAMESPACES: 'default',
  });
  const server = await startCodecServer(settings, createLogger('error'));
  return {
    env: { PAYLOAD_KEYS: keys },
    dataConverter: createDataConverter(parsePayloadKeys(keys), 'default'),
    codecUrl: server.url,
    secretsDir,
    close: () => server.close(),
  };
}
