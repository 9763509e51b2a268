/** What a worker needs of its namespace, looked at before it takes any work: without it workflow tasks fail again and again, unseen. */
import { isGrpcServiceError } from '@temporalio/client';
import { SearchAttributeType } from '@temporalio/common';
import type { NativeConnection } from '@temporalio/worker';
import { ConfigError } from '../errors.js';
import { SEARCH_ATTRIBUTES } from './search-attributes.js';

const NOT_FOUND = 5;
const INVALID_ARGUMENT = 3;
const ANSWER_WITHIN_MS = 10_000;

/** A condition that only an attribute of the right type takes. */
const CONDITIONS: Partial<Record<SearchAttributeType, string>> = {
  [SearchAttributeType.KEYWORD]: "= 'x'",
  [SearchAttributeType.DATETIME]: "> '2000-01-01T00:00:00Z'",
  [SearchAttributeType.INT]: '> 0',
};
/** As the Temporal CLI names them. */
const TYPE_NAMES: Partial<Record<SearchAttributeType, string>> = {
  [SearchAttributeType.KEYWORD]: 'Keyword',
  [SearchAttributeType.DATETIME]: 'Datetime',
  [SearchAttributeType.INT]: 'Int',
};

/**
 * Throws ConfigError with the commands that help: `temporal-namespace-missing`, `search-attributes-missing` (also for one of another type). It
 * needs no more rights than to list workflows, so that it works on Temporal Cloud too. Throws what Temporal answers otherwise.
 */
export async function checkNamespace(connection: NativeConnection, namespace: string): Promise<void> {
  const missing: (typeof SEARCH_ATTRIBUTES)[number][] = [];
  try {
    await within(connection, () => connection.workflowService.describeNamespace({ namespace }));
    for (const attribute of SEARCH_ATTRIBUTES) {
      if (!(await isRegistered(connection, namespace, attribute))) missing.push(attribute);
    }
  } catch (error) {
    if (hasCode(error, NOT_FOUND)) throw namespaceMissing(namespace, error);
    throw error;
  }
  if (missing.length > 0) throw attributesMissing(namespace, missing);
}

async function isRegistered(
  connection: NativeConnection,
  namespace: string,
  { name, type }: (typeof SEARCH_ATTRIBUTES)[number],
): Promise<boolean> {
  const query = `${name} ${CONDITIONS[type] ?? 'IS NULL'}`;
  try {
    await within(connection, () => connection.workflowService.countWorkflowExecutions({ namespace, query }));
    return true;
  } catch (error) {
    if (hasCode(error, INVALID_ARGUMENT)) return false;
    throw error;
  }
}

function hasCode(error: unknown, code: number): boolean {
  if (!isGrpcServiceError(error)) return false;
  const answered: number = error.code;
  return answered === code;
}

function within<T>(connection: NativeConnection, call: () => Promise<T>): Promise<T> {
  return connection.withDeadline(Date.now() + ANSWER_WITHIN_MS, call);
}

function namespaceMissing(namespace: string, cause: unknown): ConfigError {
  return new ConfigError(
    'temporal-namespace-missing',
    `Temporal has no namespace ${namespace}.`,
    `Name yours with TEMPORAL_NAMESPACE, or create it: temporal operator namespace create --namespace ${namespace} --retention 24h ` +
      '(on Temporal Cloud: tcld namespace create).',
    'TEMPORAL_NAMESPACE',
    { cause },
  );
}

function attributesMissing(namespace: string, missing: readonly (typeof SEARCH_ATTRIBUTES)[number][]): ConfigError {
  const typed = missing.map(({ name, type }) => ({ name, type: TYPE_NAMES[type] ?? type }));
  const options = typed.map(({ name, type }) => `--name ${name} --type ${type}`);
  const cloudOptions = typed.map(({ name, type }) => `--search-attribute "${name}=${type}"`);
  const names = missing.map(({ name }) => name).join(', ');
  return new ConfigError(
    'search-attributes-missing',
    `The namespace ${namespace} lacks search attributes, or has them with another type: ${names}.`,
    `Create them: temporal operator search-attribute create --namespace ${namespace} ${options.join(' ')}. ` +
      `On Temporal Cloud: tcld namespace search-attributes add --namespace ${namespace} ${cloudOptions.join(' ')}`,
    'TEMPORAL_NAMESPACE',
  );
}
