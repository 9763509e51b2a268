/** Payloads as JSON, as the codec protocol has them: proto3's JSON of `temporal.api.common.v1.Payloads`, bytes in base64. */
import type { Payload, PayloadCodec } from '@temporalio/common';
import { z } from 'zod';
import { readJson } from '../json.js';

/** Proto3 takes the alphabet of URLs too, and both without padding (https://protobuf.dev/programming-guides/json). */
const bytes = z
  .string()
  .regex(/^[A-Za-z0-9+/_-]*={0,2}$/)
  .transform((text) => Buffer.from(text, 'base64'));

const payloadSchema = z.looseObject({
  metadata: z.record(z.string(), bytes).nullish(),
  data: bytes.nullish(),
});

const bodySchema = z.object({ payloads: z.array(z.unknown()).nullish() });

export type Payloads = readonly { readonly json: unknown; readonly payload: Payload }[];

/** Undefined when the body is not what the protocol says. */
export function parsePayloads(body: string): Payloads | undefined {
  const parsed = bodySchema.safeParse(readJson(body));
  if (!parsed.success) return undefined;
  const payloads = (parsed.data.payloads ?? []).map((json) => ({ json, read: payloadSchema.safeParse(json) }));
  return payloads.every(({ read }) => read.success)
    ? payloads.flatMap(({ json, read }) => (read.success ? [{ json, payload: toPayload(read.data) }] : []))
    : undefined;
}

/**
 * The answer's body; undefined when its payloads have more than `mostBytes` together. One payload after the other, so that no more than one is opened
 * beyond that. What the codec leaves as it is goes back as it came, fields that we don't know included.
 */
export async function convertPayloads(
  payloads: Payloads,
  convert: PayloadCodec['encode'],
  mostBytes: number,
): Promise<string | undefined> {
  const answered: unknown[] = [];
  let bytes = 0;
  for (const { json, payload } of payloads) {
    const [now = payload] = await convert([payload]);
    bytes += now.data?.length ?? 0;
    if (bytes > mostBytes) return undefined;
    answered.push(now === payload ? json : toJson(now));
  }
  return JSON.stringify({ payloads: answered });
}

function toPayload({ metadata, data }: z.infer<typeof payloadSchema>): Payload {
  return { metadata: metadata ?? {}, data: data ?? new Uint8Array() };
}

function toJson({ metadata, data }: Payload): unknown {
  const texts: Record<string, string> = {};
  for (const [key, value] of Object.entries(metadata ?? {})) texts[key] = base64(value);
  return { metadata: texts, data: base64(data ?? new Uint8Array()) };
}

function base64(value: Uint8Array): string {
  return Buffer.from(value).toString('base64');
}
