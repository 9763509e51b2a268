/** What the codec server answers to a request, in the order in which a request is refused. */
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { PayloadCodec } from '@temporalio/common';
import { SyncError } from '../errors.js';
import { createPayloadCodec } from '../temporal/payload-codec.js';
import { corsHeaders, preflightHeaders } from './cors.js';
import { convertPayloads, parsePayloads } from './payloads-json.js';
import { refuseCaller, refuseOrigin, type Refusal } from './permission.js';
import { readBody } from './read-body.js';
import type { CodecServerSettings } from './settings.js';
import type { Turns } from './turns.js';

export interface Answer {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: string;
  /** How many payloads were converted, for the log. */
  readonly payloads: number;
}

/** Temporal keeps no payload above 2 MiB and hands out 4 MiB at a time; base64 makes them larger by a third. */
export const MOST_BYTES = 8 * 1_024 * 1_024;

/** Payloads of one request. */
export const MOST_PAYLOADS = 1_000;

/** Bytes of one answer before base64: compressed payloads are larger when they are opened. */
export const MOST_CONVERTED_BYTES = 32 * 1_024 * 1_024;

const TEXT = { 'content-type': 'text/plain; charset=utf-8' };
const JSON_TYPE = 'application/json';

export type Action = 'encode' | 'decode' | 'healthz' | 'unknown';

/** The last part of the path decides, so that the server may be mounted anywhere (the protocol's rule 2); the Web UI adds a query. */
export function actionOf(url: string | undefined): Action {
  const pathname = url?.split('?', 1)[0] ?? '';
  if (pathname.endsWith('/encode')) return 'encode';
  if (pathname.endsWith('/decode')) return 'decode';
  return pathname === '/healthz' ? 'healthz' : 'unknown';
}

/** Never throws for what a request holds. */
export async function answer(
  action: Action,
  request: IncomingMessage,
  settings: CodecServerSettings,
  turns: Turns,
): Promise<Answer> {
  const { method, headers } = request;
  if (action === 'healthz') return { status: 200, headers: TEXT, body: 'ok\n', payloads: 0 };
  if (action === 'unknown') return refusal({ status: 404, text: 'There are /encode, /decode and /healthz.' });
  const stranger = refuseOrigin(headers, settings);
  if (stranger !== undefined) return refusal(stranger);
  const cors = corsHeaders(headers);
  if (method === 'OPTIONS') return { status: 204, headers: preflightHeaders(headers), body: '', payloads: 0 };
  if (method !== 'POST') return refusal({ status: 405, text: 'Use POST.' }, { ...cors, allow: 'POST, OPTIONS' });
  const unknown = refuseCaller(headers, settings);
  if (unknown !== undefined) return refusal(unknown, { ...cors, ...challenge(unknown) });
  const namespace = headers['x-namespace'];
  if (typeof namespace !== 'string' || namespace === '') return refusal(NAMELESS, cors);
  const codec = createPayloadCodec(settings.keys, { namespace });
  const convertAll: PayloadCodec['encode'] = (payloads) =>
    action === 'encode' ? codec.encode(payloads) : codec.decode(payloads);
  // Before the body is read: until then it waits at the sender.
  const answered = await turns.take(() => convert(request, convertAll, cors));
  return answered ?? refusal(BUSY, { ...cors, 'retry-after': '1' });
}

const NAMELESS = { status: 400, text: 'Send the namespace as X-Namespace: what is sealed is bound to it.' };

const BUSY = { status: 503, text: 'Too many requests wait already. Ask again in a second.' };

async function convert(
  request: IncomingMessage,
  convertAll: PayloadCodec['encode'],
  cors: OutgoingHttpHeaders,
): Promise<Answer> {
  // A type that browsers send without asking first would let a page write here.
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (type !== JSON_TYPE) return refusal({ status: 415, text: `Send ${JSON_TYPE}.` }, cors);
  const body = await readBody(request, MOST_BYTES);
  if (body === undefined) return refusal({ status: 413, text: `A body has at most ${MOST_BYTES} bytes.` }, cors);
  const payloads = parsePayloads(body);
  if (payloads === undefined) return refusal({ status: 400, text: 'The body is not Payloads in JSON.' }, cors);
  if (payloads.length > MOST_PAYLOADS) {
    return refusal({ status: 413, text: `A request has at most ${MOST_PAYLOADS} payloads.` }, cors);
  }
  try {
    const converted = await convertPayloads(payloads, convertAll, MOST_CONVERTED_BYTES);
    if (converted === undefined) {
      const text = `The payloads of an answer have at most ${MOST_CONVERTED_BYTES} bytes together.`;
      return refusal({ status: 413, text }, cors);
    }
    const headers = { ...cors, 'content-type': JSON_TYPE, 'cache-control': 'no-store' };
    return { status: 200, headers, body: converted, payloads: payloads.length };
  } catch (error) {
    if (error instanceof SyncError) return refusal({ status: 400, text: `${error.message}. ${error.hint}` }, cors);
    return refusal({ status: 500, text: 'The payloads could not be converted.' }, cors);
  }
}

/** In plain text: the Temporal CLI prints it, and the Web UI takes JSON for payloads whatever the status. */
function refusal({ status, text }: NonNullable<Refusal>, headers: OutgoingHttpHeaders = {}): Answer {
  return { status, headers: { ...headers, ...TEXT }, body: `${text}\n`, payloads: 0 };
}

function challenge({ status }: NonNullable<Refusal>): OutgoingHttpHeaders {
  return status === 401 ? { 'www-authenticate': 'Bearer' } : {};
}
