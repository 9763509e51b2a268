/** Temporal's time-skipping test server, for tests of long waits. */
import { SearchAttributeType } from '@temporalio/common';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { ConfigError } from '../../src/errors.js';
import { findTestServer, type FindOptions } from '../../src/temporal/find-cli.js';
import { SEARCH_ATTRIBUTES } from '../../src/temporal/search-attributes.js';

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
