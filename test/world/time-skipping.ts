/** Temporal's time-skipping test server, for tests of long waits. */
import { SearchAttributeType } from '@temporalio/common';
import type { WorkflowHandle } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { after, before } from 'mocha';
import { ConfigError } from '../../src/errors.js';
import { findTestServer, type FindOptions } from '../../src/temporal/find-cli.js';
import { SEARCH_ATTRIBUTES } from '../../src/temporal/search-attributes.js';
import type { ScriptedFeed } from './scripted-feed.js';
import { workflowBundle } from './temporal.js';

/** `temporal.api.enums.v1.IndexedValueType`. */
const INDEXED_VALUE_TYPES: Record<SearchAttributeType, number> = {
  [SearchAttributeType.TEXT]: 1,
  [SearchAttributeType.KEYWORD]: 2,
  [SearchAttributeType.INT]: 3,
  [SearchAttributeType.DOUBLE]: 4,
  [SearchAttributeType.BOOL]: 5,
  [SearchAttributeType.DATETIME]: 6,
  [SearchAttributeType.KEYWORD_LIST]: 7,
};

/**
 * Starts the server with our search attributes registered, as it knows none by itself (`reference/temporal.md` 0.11); the caller tears it
 * down. Where the server can't be had, answers why, so that the test skips visibly. Its clock is global: tests run one after another.
 */
export async function startTimeSkipping(
  options: FindOptions = {},
): Promise<TestWorkflowEnvironment | { skip: string }> {
  let path: string;
  try {
    path = await findTestServer(options);
  } catch (error) {
    if (error instanceof ConfigError) return { skip: error.message };
    throw error;
  }
  const env = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path } },
  });
  await env.connection.operatorService.addSearchAttributes({
    namespace: 'default',
    searchAttributes: Object.fromEntries(SEARCH_ATTRIBUTES.map(({ name, type }) => [name, INDEXED_VALUE_TYPES[type]])),
  });
  return env;
}

/** A connection on the server, and the server with its clock. */
export interface LongLife {
  readonly env: TestWorkflowEnvironment;
  readonly handle: WorkflowHandle;
}

/**
 * One server for the tests of a `describe`, in whose body it is called; they are skipped where the server can't be had. Answers a function that
 * lets the connection `id` live on a feed for as long as `body` takes.
 */
export function longLives(): (
  id: string,
  feed: ScriptedFeed,
  body: (life: LongLife) => Promise<void>,
) => Promise<void> {
  let env: TestWorkflowEnvironment | undefined;
  before(async function () {
    const started = await startTimeSkipping();
    if (!('skip' in started)) env = started;
    else {
      process.stderr.write(`skipped: ${started.skip}\n`);
      this.skip();
    }
  });
  after(() => env?.teardown());
  return async (id, feed, body) => {
    if (env === undefined) throw new Error('the server is not there');
    const { client, nativeConnection: connection } = env;
    const { activities } = feed;
    const worker = await Worker.create({
      connection,
      taskQueue: id,
      workflowBundle: await workflowBundle(),
      activities,
    });
    const life = { env };
    await worker.runUntil(async () => {
      const args = [{ name: 'arena' }];
      const handle = await client.workflow.start('connection', { taskQueue: id, workflowId: id, args });
      await body({ ...life, handle });
      await handle.terminate('end of test');
    });
  };
}
