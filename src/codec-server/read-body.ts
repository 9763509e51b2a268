/** Reads a request's body and keeps no more of it than is allowed. */
import type { IncomingMessage } from 'node:http';

/** Undefined when it has more than `limit` bytes. The rest is read and thrown away: who is still sending would not see an answer. */
export async function readBody(request: IncomingMessage, limit: number): Promise<string | undefined> {
  let chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size > limit) chunks = [];
    else chunks.push(chunk);
  }
  return size > limit ? undefined : Buffer.concat(chunks).toString('utf8');
}
