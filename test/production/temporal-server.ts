/** Temporal's own server with the settings of deploy/compose.yaml, and the one-shots beside it, run as they are shipped. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { z } from 'zod';
import type { DevServer } from '../../src/temporal/dev-server.js';
import { assertPortFree } from '../../src/temporal/free-port.js';
import { PASSWORD, type Postgresql } from './postgresql.js';
import type { Tools } from './tools.js';

const run = promisify(execFile);
const DEPLOY = path.resolve('deploy/temporal');
const service = z.object({ environment: z.record(z.string(), z.string()) });
const composeFile = z.object({ services: z.object({ temporal: service }) });

/** Makes both databases or upgrades them. */
export async function runSchema({ path: searchPath }: Tools, { port }: Postgresql): Promise<void> {
  await run('sh', [path.join(DEPLOY, 'schema.sh')], {
    env: {
      PATH: searchPath,
      SQL_HOST: '127.0.0.1',
      SQL_PORT: String(port),
      SQL_USER: 'temporal',
      SQL_PASSWORD: PASSWORD,
    },
    maxBuffer: 64 * 1_024 * 1_024,
  });
}

/** Makes the namespace with its search attributes; answers what the script said. Throws with its complaint when it fails. */
export async function runNamespace(
  { path: searchPath }: Tools,
  address: string,
  namespace = 'default',
): Promise<string> {
  const env = { PATH: searchPath, HOME: '/nonexistent', TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace };
  const { stdout } = await run('sh', [path.join(DEPLOY, 'namespace.sh')], { env });
  return stdout;
}

/** The Temporal CLI. Throws with its complaint when it fails. */
export async function runTemporal(
  { path: searchPath }: Tools,
  address: string,
  args: readonly string[],
): Promise<void> {
  const env = { PATH: searchPath, HOME: '/nonexistent', TEMPORAL_ADDRESS: address };
  await run('sh', ['-c', 'exec temporal "$@"', 'sh', ...args], { env });
}

/** Answers when it serves and the namespace is there. It ends with this process. */
export async function startServer(tools: Tools, database: Postgresql, ports: ServerPorts): Promise<DevServer> {
  const { services } = composeFile.parse(parse(readFileSync('deploy/compose.yaml', 'utf8')));
  const logFile = path.join(database.folder, 'temporal.log');
  const log = openSync(logFile, 'a');
  const child = spawn(tools.temporalServer, ['--allow-no-auth', 'start'], {
    stdio: ['ignore', log, log],
    env: {
      PATH: process.env['PATH'],
      ...services.temporal.environment,
      POSTGRES_SEEDS: '127.0.0.1',
      DB_PORT: String(database.port),
      POSTGRES_PWD: PASSWORD,
      DYNAMIC_CONFIG_FILE_PATH: path.join(DEPLOY, 'dynamic-config.yaml'),
      ...ports,
    },
  });
  closeSync(log);
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = once(child, 'exit').then(() => void process.off('exit', kill));
  const address = `127.0.0.1:${ports.FRONTEND_GRPC_PORT}`;
  const early = ended.then(() =>
    Promise.reject(new Error(`Temporal ended at once:\n${readFileSync(logFile, 'utf8').slice(-2_000)}`)),
  );
  await Promise.race([runNamespace(tools, address), early]);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal);
    await ended;
  };
  // Nobody waits for it any more.
  early.catch(() => undefined);
  return { address, uiUrl: '', pid: child.pid ?? 0, ended, stop: () => end('SIGTERM'), kill9: () => end('SIGKILL') };
}

/** Settings that name them. */
export type ServerPorts = Readonly<Record<'BIND_ON_IP' | 'FRONTEND_GRPC_PORT', string> & Record<string, string>>;

/**
 * One process with four services on loopback: a port for each, and one to talk among themselves. A server that is started again keeps them, as in a
 * container: the database remembers for some minutes who was there, and calls to others go astray.
 */
export async function choosePorts(): Promise<ServerPorts> {
  const ports: Record<string, string> = {};
  for (const name of ['MATCHING', 'HISTORY', 'WORKER', 'FRONTEND']) {
    ports[`${name}_GRPC_PORT`] = String(await smallPort());
    ports[`${name}_MEMBERSHIP_PORT`] = String(await smallPort());
  }
  return {
    ...ports,
    BIND_ON_IP: '127.0.0.1',
    FRONTEND_GRPC_PORT: String(await smallPort()),
    FRONTEND_HTTP_PORT: String(await smallPort()),
    PROMETHEUS_ENDPOINT: `127.0.0.1:${await smallPort()}`,
  };
}

/** PostgreSQL keeps a membership port in a column that ends at 32,767. */
async function smallPort(): Promise<number> {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 20_000);
    const isFree = await assertPortFree(port).then(
      () => true,
      () => false,
    );
    if (isFree) return port;
  }
}
