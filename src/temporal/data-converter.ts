/** How values become payloads, the same for worker, clients, codec server and tests. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DataConverter } from '@temporalio/common';
import { createPayloadCodec } from './payload-codec.js';
import type { PayloadKeys } from './payload-keys.js';

/** Beside this file, in the sources and in a build. */
export const FAILURE_CONVERTER_PATH = fileURLToPath(
  new URL(`./failure-converter${path.extname(import.meta.url)}`, import.meta.url),
);

/** Of workers and their workflow bundles: what is sent to a workflow and can't be read does not stop it. */
export const PAYLOAD_CONVERTER_PATH = fileURLToPath(
  new URL(`./payload-converter${path.extname(import.meta.url)}`, import.meta.url),
);

/**
 * With keys everything is sealed, failures included. Without keys everything goes to Temporal as ever, and a sealed payload is refused with the
 * name of the key that is missing. `namespace` is the connection's, whatever Temporal says while it replays.
 */
export function createDataConverter(keys: PayloadKeys, namespace: string): DataConverter {
  return {
    payloadCodecs: [createPayloadCodec(keys, { namespace })],
    ...(keys.length > 0 && { failureConverterPath: FAILURE_CONVERTER_PATH }),
  };
}

/** The same for a worker, which goes on whatever it is sent; clients hear of an answer that they can't read. */
export function createWorkerDataConverter(keys: PayloadKeys, namespace: string): DataConverter {
  return {
    ...createDataConverter(keys, namespace),
    payloadCodecs: [createPayloadCodec(keys, { namespace, leavesMessages: true })],
    payloadConverterPath: PAYLOAD_CONVERTER_PATH,
  };
}
