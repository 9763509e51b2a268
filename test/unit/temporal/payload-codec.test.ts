import assert from 'node:assert/strict';
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { inflateSync } from 'node:zlib';
import type { Payload, SerializationContext } from '@temporalio/common';
import proto from '@temporalio/proto';
import fc from 'fast-check';
import { ConfigError } from '../../../src/errors.js';
import { createPayloadCodec } from '../../../src/temporal/payload-codec.js';
import { newPayloadKey, parsePayloadKeys } from '../../../src/temporal/payload-keys.js';

const { Payload: wire } = proto.temporal.api.common.v1;
const NEW = newPayloadKey('2026-11');
const OLD = newPayloadKey('2026-05');
const HERE = { namespace: 'sports' };
const now = createPayloadCodec(parsePayloadKeys(`${NEW},${OLD}`), HERE);
const before = createPayloadCodec(parsePayloadKeys(OLD), HERE);
const none = createPayloadCodec([], HERE);

const json = (value: unknown): Payload => ({
  metadata: { encoding: Buffer.from('json/plain') },
  data: Buffer.from(JSON.stringify(value)),
});
const workflow = (workflowId: string) => ({ type: 'workflow', namespace: 'of the context', workflowId }) as const;
const step = (workflowId: string) => ({ ...workflow(workflowId), type: 'activity', isLocal: false }) as const;
/** As payloads were sealed before they were bound to a namespace and a workflow. */
function unbound(payload: Payload): Payload {
  const [id = '', key = ''] = NEW.split(':');
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(key, 'base64'), nonce);
  const data = Buffer.concat([
    nonce,
    cipher.update(wire.encode(payload).finish()),
    cipher.final(),
    cipher.getAuthTag(),
  ]);
  return { metadata: { encoding: Buffer.from('binary/encrypted'), 'encryption-key-id': Buffer.from(id) }, data };
}
const bytesOf = (payload: Payload | undefined): string => Buffer.from(wire.encode(payload!).finish()).toString('hex');
const textOf = (payload: Payload | undefined, key: string): string =>
  Buffer.from(payload?.metadata?.[key] ?? []).toString();
const size = (payload: Payload | undefined): number => payload?.data?.length ?? 0;

async function sealed(payload: Payload, codec = now): Promise<Payload> {
  const [one] = await codec.encode([payload]);
  return one!;
}

/** The error of opening `payload`, checked to be for an operator and to hold nothing of what is sealed. */
async function refusal(payload: Payload, codec = now, context?: SerializationContext): Promise<ConfigError> {
  try {
    await codec.decode([payload], context);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    assert.equal(error.place, 'PAYLOAD_KEYS');
    assert.match(error.message, /PAYLOAD_KEYS|can't be read/);
    assert.equal(error.cause, undefined);
    return error;
  }
  return assert.fail('it was opened');
}

const somePayload = fc.record({
  metadata: fc.dictionary(
    fc.string({ maxLength: 12 }).filter((key) => key !== '__proto__'),
    fc.uint8Array({ maxLength: 40 }),
  ),
  encoding: fc.constantFrom('json/plain', 'binary/null', 'binary/zlib', 'binary/plain', ''),
  data: fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 50 }), fc.integer({ min: 1, max: 400 })).map(([part, times]) => {
      return Buffer.concat(Array.from({ length: times }, () => part));
    }),
  ),
});

describe('the codec of payloads', () => {
  it('gives back what it was given, whatever that was', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(somePayload, { maxLength: 4 }), async (given) => {
        const payloads = given.map(({ metadata, encoding, data }) => ({
          metadata: { ...metadata, encoding: Buffer.from(encoding) },
          data,
        }));
        const opened = await now.decode(await now.encode(payloads));
        assert.deepEqual(opened.map(bytesOf), payloads.map(bytesOf));
      }),
      { numRuns: 300 },
    );
  });

  it('leaves nothing of the content to be read, and says which key it took', async () => {
    const payload = await sealed(json({ name: 'Ada Lovelace', email: 'ada@example.com' }));
    assert.deepEqual(Object.keys(payload.metadata ?? {}), ['encoding', 'encryption-key-id', 'encryption-workflow-id']);
    assert.deepEqual(
      [textOf(payload, 'encoding'), textOf(payload, 'encryption-key-id')],
      ['binary/encrypted', '2026-11'],
    );
    for (const word of ['Ada', 'Lovelace', 'example', 'json'])
      assert.ok(!Buffer.from(payload.data!).includes(word), word);
  });

  it('never seals twice alike', async () => {
    const [one, two] = await Promise.all([sealed(json('same')), sealed(json('same'))]);
    assert.notDeepEqual(Buffer.from(one.data!).subarray(0, 12), Buffer.from(two.data!).subarray(0, 12));
    assert.notDeepEqual(one.data, two.data);
  });

  it("seals in the form of Temporal's samples, with namespace and workflow under the tag", async () => {
    const [payload] = await now.encode([json('hello')], workflow('connection-arena'));
    assert.equal(textOf(payload, 'encryption-workflow-id'), 'connection-arena');
    const data = Buffer.from(payload!.data!);
    const key = Buffer.from(NEW.split(':')[1]!, 'base64');
    const decipher = createDecipheriv('aes-256-gcm', key, data.subarray(0, 12));
    decipher.setAAD(Buffer.from('["sports","connection-arena"]'));
    decipher.setAuthTag(data.subarray(-16));
    const plain = Buffer.concat([decipher.update(data.subarray(12, -16)), decipher.final()]);
    assert.equal(bytesOf(wire.decode(plain)), bytesOf(json('hello')));
  });

  it('compresses what has more than 4 KB, and nothing else', async () => {
    const at = (length: number): Payload => ({
      metadata: { encoding: Buffer.from('binary/plain') },
      data: Buffer.alloc(length, 'a'),
    });
    assert.ok(size(await sealed(at(4_096))) > 4_096);
    const payload = await sealed(at(4_097));
    assert.ok(size(payload) < 300, `${size(payload)} bytes`);
    const [opened] = await now.decode([payload]);
    assert.equal(bytesOf(opened), bytesOf(at(4_097)));
  });

  it("compresses in the form of the Go SDK's codec", async () => {
    const large = json('x'.repeat(5_000));
    const data = Buffer.from((await sealed(large)).data!);
    const decipher = createDecipheriv('aes-256-gcm', Buffer.from(NEW.split(':')[1]!, 'base64'), data.subarray(0, 12));
    const inner = wire.decode(decipher.update(data.subarray(12, -16)));
    assert.equal(textOf(inner, 'encoding'), 'binary/zlib');
    assert.equal(bytesOf(wire.decode(inflateSync(inner.data))), bytesOf(large));
  });

  it('opens what an older key sealed, and seals with the first', async () => {
    const old = await sealed(json('of spring'), before);
    assert.equal(textOf(old, 'encryption-key-id'), '2026-05');
    const [opened] = await now.decode([old]);
    assert.equal(bytesOf(opened), bytesOf(json('of spring')));
    assert.equal(textOf(await sealed(json('of autumn')), 'encryption-key-id'), '2026-11');
  });

  it('passes on untouched what nobody sealed', async () => {
    const foreign = [
      json({ from: 'the CLI' }),
      { metadata: { encoding: Buffer.from('binary/zlib') }, data: Buffer.from('not even compressed') },
      { metadata: null, data: null },
      {},
    ];
    const passed = await now.decode(foreign);
    assert.equal(passed.length, foreign.length);
    for (const [index, payload] of passed.entries()) assert.equal(payload, foreign[index]);
  });

  it('seals nothing without keys', async () => {
    const payloads = [json('plain')];
    assert.equal(await none.encode(payloads), payloads);
    assert.deepEqual(await none.decode(payloads), payloads);
  });

  it('names the key that is missing and the variable, never the content', async () => {
    const payload = await sealed(json('Ada Lovelace'));
    for (const codec of [none, before, createPayloadCodec(parsePayloadKeys(newPayloadKey('other')), HERE)]) {
      const error = await refusal(payload, codec);
      assert.equal(error.code, 'payload-key-missing');
      assert.match(error.message, /sealed with the key 2026-11, which is not in PAYLOAD_KEYS/);
    }
  });

  it('does not repeat a key id that somebody made up', async () => {
    const payload = await sealed(json('x'));
    payload.metadata = { ...payload.metadata, 'encryption-key-id': Buffer.from('\u001b[2J<script>') };
    const error = await refusal(payload);
    assert.match(error.message, /a key whose id can't be read/);
    delete payload.metadata['encryption-key-id'];
    assert.equal((await refusal(payload)).code, 'payload-key-missing');
  });

  it('refuses what was changed in any place, and what another key of the same id sealed', async () => {
    const payload = await sealed(json('Ada Lovelace'));
    const whole = Buffer.from(payload.data!);
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, mask) => {
        const data = Buffer.from(whole);
        data[at] = data[at]! ^ mask;
        const error = await refusal({ ...payload, data });
        assert.equal(error.code, 'payload-unopened');
        assert.match(error.message, /the key 2026-11 can't be opened/);
      }),
    );
    const twin = createPayloadCodec(parsePayloadKeys(newPayloadKey('2026-11')), HERE);
    assert.equal((await refusal(payload, twin)).code, 'payload-unopened');
  });

  it('refuses what was cut short, to whatever length', async () => {
    const payload = await sealed(json('cut'));
    for (let length = 0; length < payload.data!.length; length += 1) {
      const error = await refusal({ ...payload, data: payload.data!.subarray(0, length) });
      assert.equal(error.code, 'payload-unopened');
    }
    assert.equal((await refusal({ metadata: payload.metadata! })).code, 'payload-unopened');
  });

  it('opens in its workflow whether a step or the workflow reads, and where the reader knows no workflow', async () => {
    const [payload] = await now.encode([json('mine')], workflow('connection-arena'));
    for (const context of [workflow('connection-arena'), step('connection-arena'), undefined]) {
      const [opened] = await now.decode([payload!], context);
      assert.equal(bytesOf(opened), bytesOf(json('mine')));
    }
  });

  it('refuses what was moved to another workflow, also where its metadata are made to fit', async () => {
    const [payload] = await now.encode([json('mine')], step('connection-arena'));
    for (const other of [workflow('connection-opera'), step('connection-opera')])
      assert.equal((await refusal(payload!, now, other)).code, 'payload-unopened');
    for (const id of ['connection-opera', '', undefined]) {
      const metadata = { ...payload!.metadata };
      if (id === undefined) delete metadata['encryption-workflow-id'];
      else metadata['encryption-workflow-id'] = Buffer.from(id);
      const moved = { ...payload!, metadata };
      assert.equal((await refusal(moved, now, workflow('connection-opera'))).code, 'payload-unopened');
    }
  });

  it('refuses what was moved to another namespace with the same keys', async () => {
    const elsewhere = createPayloadCodec(parsePayloadKeys(`${NEW},${OLD}`), { namespace: 'culture' });
    for (const context of [workflow('connection-arena'), step('connection-arena'), undefined]) {
      const [payload] = await now.encode([json('mine')], context);
      assert.equal((await refusal(payload!, elsewhere, context)).code, 'payload-unopened');
    }
  });

  it('leaves unread what was moved into a message to a worker', async () => {
    const worker = createPayloadCodec(parsePayloadKeys(NEW), { ...HERE, leavesMessages: true });
    const [payload] = await worker.encode([json('mine')], workflow('connection-arena'));
    assert.deepEqual(await worker.decode([payload!], workflow('connection-opera')), [payload]);
    assert.equal((await refusal(payload!, worker, step('connection-opera'))).code, 'payload-unopened');
  });

  it('opens anywhere what was sealed before payloads were bound', async () => {
    for (const context of [workflow('connection-arena'), step('connection-opera'), undefined]) {
      const [opened] = await now.decode([unbound(json('of before'))], context);
      assert.equal(bytesOf(opened), bytesOf(json('of before')));
    }
  });

  it('opens what was sealed without knowing the workflow in any of its namespace', async () => {
    const [payload] = await now.encode([json('a note')]);
    const [opened] = await now.decode([payload!], workflow('connection-arena'));
    assert.equal(bytesOf(opened), bytesOf(json('a note')));
  });
});
