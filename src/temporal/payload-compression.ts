/**
 * Compression of what is worth it, in the form of the Go SDK's ZlibCodec (`binary/zlib` around a whole payload), so that others can read it. Done
 * before sealing: what is sealed does not compress.
 */
import { promisify } from 'node:util';
import { deflate, inflate } from 'node:zlib';
import type { Payload } from '@temporalio/common';
import proto from '@temporalio/proto';
import { encodingOf } from './payload-metadata.js';

const { Payload: wire } = proto.temporal.api.common.v1;
const deflating = promisify(deflate);
const inflating = promisify(inflate);

const ENCODING = 'binary/zlib';

/** Bytes of data up to which a payload stays as it is. */
export const COMPRESSED_ABOVE = 4_096;

/** Bytes of data beyond which a payload stays as it is too, so that none ever grows beyond it when it is opened. Temporal refuses 2 MiB anyway. */
const LARGEST = 16 * 1_024 * 1_024;

/** Room for the metadata of a payload of the largest size. */
const LARGEST_INFLATED = LARGEST + 64 * 1_024;

/** Fast: answers in JSON shrink to a fifth at every level. */
const LEVEL = 1;

/** The payload itself when it is small, else one that `decompress` turns back into it. */
export async function compress(payload: Payload): Promise<Payload> {
  if (!isWorthIt(payload)) return payload;
  const data = await deflating(wire.encode(payload).finish(), { level: LEVEL });
  return { metadata: { encoding: Buffer.from(ENCODING) }, data };
}

/** What `compress` was given. Throws when the data is not that of a compressed payload. */
export async function decompress(payload: Payload): Promise<Payload> {
  if (encodingOf(payload) !== ENCODING) return payload;
  return wire.decode(await inflating(payload.data ?? new Uint8Array(), { maxOutputLength: LARGEST_INFLATED }));
}

/** Somebody's own `binary/zlib` payload is wrapped whatever its size: `decompress` could not tell it from ours. */
function isWorthIt(payload: Payload): boolean {
  const size = payload.data?.length ?? 0;
  return (size > COMPRESSED_ABOVE && size <= LARGEST) || encodingOf(payload) === ENCODING;
}
