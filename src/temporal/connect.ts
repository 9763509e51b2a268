/**
 * Connects to Temporal as the Temporal CLI does: a profile of `temporal.toml`, overridden by `TEMPORAL_*` variables. Clients seal and open what
 * goes through Temporal with the keys of `PAYLOAD_KEYS`, as workers do.
 */
import { Client, Connection, type ClientOptions } from '@temporalio/client';
import { loadClientConnectConfig, type ClientConnectConfig } from '@temporalio/envconfig';
import type { DataConverter } from '@temporalio/common';
import type { NativeConnection } from '@temporalio/worker';
import { ConfigError } from '../errors.js';
import { readApiKey } from './api-key.js';
import { createDataConverter } from './data-converter.js';
import { checkNamespace } from './namespace-check.js';
import { temporalProxy, withExtraAuthorities } from './network.js';
import { readPayloadKeys } from './payload-keys.js';

export interface ConnectConfig {
  readonly connectionOptions: ClientConnectConfig['connectionOptions'];
  readonly address: string;
  readonly namespace: string;
  /** Until the server must have answered. Default ten seconds. */
  readonly timeoutMs?: number;
  /** For clients; a worker is given its own. Default: nothing is sealed. */
  readonly dataConverter?: DataConverter;
  /** Names proxies and further authorities. Default: neither. */
  readonly env?: NodeJS.ProcessEnv;
}

/** What `connectClient` adds to the address and namespace, such as a data converter. */
export type ExtraClientOptions = Omit<ClientOptions, 'connection' | 'namespace'>;

const DEFAULT_ADDRESS = 'localhost:7233';
const CONNECT_TIMEOUT_MS = 10_000;
/** The two clients name UNAUTHENTICATED and PERMISSION_DENIED each in its way. */
const REFUSED = /unauthenticated|authentication credentials|permission.?denied|have permission/i;

/** Reads profile, environment and payload keys. Throws ConfigError when they can't be read or used, or name a profile that is missing. */
export function loadConnectConfig(env: NodeJS.ProcessEnv = process.env): ConnectConfig {
  const { connectionOptions, namespace = 'default' } = loadProfile(env);
  const address = connectionOptions.address ?? DEFAULT_ADDRESS;
  return {
    connectionOptions: { ...connectionOptions, address },
    address,
    namespace,
    dataConverter: createDataConverter(readPayloadKeys(env), namespace),
    env,
  };
}

function loadProfile(env: NodeJS.ProcessEnv): ClientConnectConfig {
  const apiKey = readApiKey(env);
  const overrideEnvVars = Object.fromEntries([
    ...Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    ...(apiKey === undefined ? [] : [['TEMPORAL_API_KEY', apiKey]]),
  ]) as Record<string, string>;
  try {
    return loadClientConnectConfig({ overrideEnvVars });
  } catch (error) {
    throw new ConfigError(
      'temporal-profile-unreadable',
      `The Temporal profile can't be read: ${reasonOf(error)}`,
      'Correct TEMPORAL_PROFILE, TEMPORAL_CONFIG_FILE or the file they name.',
      'TEMPORAL_PROFILE',
      { cause: error },
    );
  }
}

/** A client for the starter and tests; the caller closes `connection`. Throws ConfigError naming the address when nothing answers there. */
export async function connectClient(
  config: ConnectConfig = loadConnectConfig(),
  options: ExtraClientOptions = {},
): Promise<{ client: Client; connection: Connection }> {
  const proxy = temporalProxy(config.address, config.env ?? {});
  // grpc-js reads this variable only, at each connection; NO_PROXY has been heard here.
  if (proxy !== undefined) process.env['grpc_proxy'] = proxy.url;
  const connection = await connecting(config, () =>
    Connection.connect({
      ...config.connectionOptions,
      connectTimeout: config.timeoutMs ?? CONNECT_TIMEOUT_MS,
      channelArgs: { 'grpc.enable_http_proxy': proxy === undefined ? 0 : 1 },
    }),
  );
  const dataConverter = options.dataConverter ?? config.dataConverter;
  const all = { ...options, ...(dataConverter !== undefined && { dataConverter }) };
  return { client: new Client({ ...all, connection, namespace: config.namespace }), connection };
}

/** A client of the server at `address` (host:port), whatever profile and environment say: for servers of our own starting. */
export function connectClientTo(
  address: string,
  options: ExtraClientOptions = {},
): Promise<{ client: Client; connection: Connection }> {
  return connectClient({ connectionOptions: { address }, address, namespace: 'default' }, options);
}

/**
 * A connection for a worker, to a namespace that has what connections need; the caller closes it. Throws ConfigError naming the address when
 * nothing answers there, `temporal-refused`, and what {@link checkNamespace} throws.
 */
export async function connectWorker(
  config: ConnectConfig = loadConnectConfig(),
): Promise<{ connection: NativeConnection; namespace: string }> {
  // Loaded here only: the starter uses this file too and need not wait for the worker's native library.
  const worker = await import('@temporalio/worker');
  const proxy = temporalProxy(config.address, config.env ?? {});
  const connection = await connecting(config, () =>
    worker.NativeConnection.connect({
      ...withExtraAuthorities(config.connectionOptions, config.env ?? {}),
      ...(proxy !== undefined && { proxy: proxy.native }),
    }),
  );
  try {
    await connecting(config, () => checkNamespace(connection, config.namespace));
  } catch (error) {
    await connection.close();
    throw error;
  }
  return { connection, namespace: config.namespace };
}

async function connecting<T>(config: ConnectConfig, connect: () => Promise<T>): Promise<T> {
  try {
    return await connect();
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    if (REFUSED.test(reasonOf(error))) throw refused(config, error);
    throw new ConfigError(
      'temporal-unreachable',
      `Temporal does not answer at ${config.address} (namespace ${config.namespace}): ${reasonOf(error)}`,
      'Start one with `npm run temporal`, or name yours with TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE or a profile of temporal.toml (TEMPORAL_PROFILE).',
      'TEMPORAL_ADDRESS',
      { cause: error },
    );
  }
}

function refused({ address, namespace }: ConnectConfig, cause: unknown): ConfigError {
  return new ConfigError(
    'temporal-refused',
    `Temporal at ${address} refuses this key or certificate (namespace ${namespace}): ${reasonOf(cause)}`,
    'Check TEMPORAL_API_KEY (or the file of that name in SECRETS_DIR), the TEMPORAL_TLS_* variables, and that they belong to TEMPORAL_NAMESPACE.',
    'TEMPORAL_API_KEY',
    { cause },
  );
}

function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n', 1)[0]?.slice(0, 200) ?? '';
}
