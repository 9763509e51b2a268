/** Anything at all, sent as any signal, update or query, by somebody who speaks to Temporal directly. */
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import proto from '@temporalio/proto';
import { Worker } from '@temporalio/worker';
import fc from 'fast-check';
import { untilStatus } from '../../src/demo/waiting.js';
import { createDataConverter, createWorkerDataConverter } from '../../src/temporal/data-converter.js';
import { connectClientTo } from '../../src/temporal/connect.js';
import { newPayloadKey, parsePayloadKeys } from '../../src/temporal/payload-keys.js';
import * as messages from '../../src/workflows/messages.js';
import { idle } from '../world/scripted-connection.js';
import { ScriptedFeed } from '../world/scripted-feed.js';
import { temporal, workflowBundle } from '../world/temporal.js';

const ROUNDS = 40;
const AT_ONCE = 500;
const LARGEST_STATE = 256 * 1_024;
const NAMESPACE = 'default';
const { UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED: COMPLETED } =
  proto.temporal.api.enums.v1.UpdateWorkflowExecutionLifecycleStage;

const named = (type: 'signal' | 'update' | 'query'): string[] =>
  Object.values(messages).flatMap((message) => ('type' in message && message.type === type ? [message.name] : []));
const SIGNALS = named('signal');
const UPDATES = named('update');
const QUERIES = named('query');

function payload(encoding: string, data: string | Uint8Array, more: Record<string, string> = {}): Payload {
  const metadata = Object.fromEntries(
    Object.entries({ encoding, ...more }).map(([key, value]) => [key, Buffer.from(value)]),
  );
  return { metadata, data: Buffer.from(data) };
}

const json = (text: string): Payload => payload('json/plain', text);
const sealedWith = (id: string): Payload =>
  payload('binary/encrypted', randomBytes(80), id === '' ? {} : { 'encryption-key-id': id });

/** Sealed payloads of keys that may still come are waited for: `test/end-to-end/sealed.test.ts`. */
const anyPayload = (keyId: string | null): fc.Arbitrary<Payload> =>
  fc.oneof(
    fc.json({ maxDepth: 3 }).map(json),
    fc.constantFrom(
      ...['2026', '-1.5', '1e400', 'true', 'null', '""', '[]', '{}', '[[1],"x"]', '{"of":"next-run"}'].map(json),
      ...['{"publicKey":7}', '{"__proto__":{"a":1}}', '{"toString":1,"then":true}'].map(json),
      ...['', '{', '"half', '\u0000', 'NaN'].map(json),
      json('['.repeat(20_000) + ']'.repeat(20_000)),
      json(JSON.stringify('x'.repeat(1_000_000))),
      json('x'.repeat(1_000_000)),
      payload('binary/null', ''),
      payload('binary/plain', randomBytes(50)),
      payload('json/protobuf', '{"a":1}'),
      payload('binary/zlib', 'not compressed'),
      payload('no/such-encoding', 'x'),
      payload('', ''),
      {},
      { metadata: null, data: null },
      ...(keyId === null ? [] : [sealedWith(keyId), sealedWith(''), sealedWith('\u001b[2J')]),
    ),
  );

describe('whatever is sent to a connection', function () {
  this.timeout(400_000);

  for (const [what, keyText] of [
    ['in clear text', null],
    ['where everything is sealed', newPayloadKey('2026-11')],
  ] as const)
    it(`does not stop it ${what}, and nothing that was asked for is lost`, async () => {
      const keys = keyText === null ? [] : parsePayloadKeys(keyText);
      const { server, native } = await temporal();
      const { client, connection } = await connectClientTo(server.address, {
        dataConverter: createDataConverter(keys, NAMESPACE),
      });
      const id = `fuzz-${randomUUID()}`;
      const feed = new ScriptedFeed(12);
      const worker = await Worker.create({
        connection: native,
        taskQueue: id,
        workflowBundle: await workflowBundle(keyText === null ? 'plain' : 'sealed'),
        dataConverter: createWorkerDataConverter(keys, NAMESPACE),
        activities: feed.activities,
      });
      const workflowExecution = { workflowId: id };
      const service = client.workflowService;
      let cleared = 0;
      const send = {
        signal: async (signalName: string, input: readonly Payload[]): Promise<void> => {
          await service.signalWorkflowExecution({
            namespace: NAMESPACE,
            workflowExecution,
            signalName,
            input: { payloads: [...input] },
          });
          if (signalName === 'clear-cursor') cleared += 1;
        },
        query: async (queryType: string, input: readonly Payload[]): Promise<void> => {
          const query = { queryType, queryArgs: { payloads: [...input] } };
          const { queryResult } = await service.queryWorkflow({
            namespace: NAMESPACE,
            execution: workflowExecution,
            query,
          });
          assert.equal(queryResult?.payloads?.length, 1, queryType);
        },
        /** Refused or answered. */
        update: async (name: string, input: readonly Payload[]): Promise<void> => {
          const { outcome } = await service.updateWorkflowExecution({
            namespace: NAMESPACE,
            workflowExecution,
            waitPolicy: { lifecycleStage: COMPLETED },
            request: { meta: { updateId: randomUUID() }, input: { name, args: { payloads: [...input] } } },
          });
          assert.ok(outcome, name);
        },
      };
      const oneMessage = fc.record({
        to: fc.oneof(
          fc.constantFrom(...SIGNALS).map((name) => ['signal', name] as const),
          fc.constantFrom(...QUERIES).map((name) => ['query', name] as const),
          fc.constantFrom(...UPDATES).map((name) => ['update', name] as const),
        ),
        input: fc.array(anyPayload(keyText === null ? null : '2026-11'), { minLength: 1, maxLength: 2 }),
      });
      const every = fc.sample(oneMessage, { numRuns: ROUNDS, seed: 1 });
      const odd = fc.sample(anyPayload(keyText === null ? null : '2026-11'), { numRuns: 400, seed: 2 });
      const small = odd.filter(({ data }) => (data?.length ?? 0) < 10_000);

      try {
        await worker.runUntil(async () => {
          const handle = await client.workflow.start('connection', {
            taskQueue: id,
            workflowId: id,
            args: [{ name: 'arena' }],
          });
          await untilStatus(handle, idle);
          for (const { to, input } of every) await send[to[0]](to[1], input);
          // Each kind of message has met each kind of payload, whatever the dice said.
          for (const [index, name] of [...SIGNALS, ...QUERIES, ...UPDATES].entries()) {
            const kind = SIGNALS.includes(name) ? 'signal' : QUERIES.includes(name) ? 'query' : 'update';
            await send[kind](name, [odd[index * 7] ?? {}, odd[index * 11] ?? {}]);
          }
          await handle.signal('resume');
          await untilStatus(handle, (status) => idle(status) && status.epoch === cleared);
          const { runId } = await handle.describe();
          await Promise.all(
            Array.from({ length: AT_ONCE }, (_, index) =>
              send.signal(['clear-cursor', 'renew', 'sync-now', 'approve'][index % 4] ?? '', [
                small[index % small.length] ?? {},
              ]),
            ),
          );
          const after = await untilStatus(handle, (status) => idle(status) && status.epoch === cleared);
          assert.deepEqual([after.cursor, after.lastError, after.integrator], ['c12', null, 'on']);
          assert.notEqual((await handle.describe()).runId, runId, 'it has continued as new');
          assert.ok(feed.written.length > 0);
          await assertSmall(handle);
          await handle.terminate('end of test');
        });
      } finally {
        await connection.close();
      }
    });
});

/** What each run was begun with. */
async function assertSmall(handle: WorkflowHandle): Promise<void> {
  const { events } = await handle.fetchHistory();
  const begun = events?.[0]?.workflowExecutionStartedEventAttributes;
  const carried = begun?.input?.payloads?.[1]?.data?.length ?? 0;
  assert.ok(carried > 0 && carried <= LARGEST_STATE, `${carried} bytes`);
}
