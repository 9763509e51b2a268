/** Reading a payload's metadata, whose values are bytes. */
import type { Payload } from '@temporalio/common';

/** The text under `key`; undefined when there is none. */
export function metadataText(payload: Payload, key: string): string | undefined {
  const bytes = payload.metadata?.[key];
  return bytes == null ? undefined : Buffer.from(bytes).toString('utf8');
}

/** How the data is to be understood, such as `json/plain`. */
export function encodingOf(payload: Payload): string | undefined {
  return metadataText(payload, 'encoding');
}
