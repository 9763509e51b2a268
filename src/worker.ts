/** Starts a worker: connect, register, run, shut down gracefully. Any number of them may run against one Temporal. */
import { Runtime, Worker, type NativeConnection } from '@temporalio/worker';
import { createActivities } from './activities/index.js';
import { createHttp } from './http/http.js';
import { parseAllowedHosts } from './connection/allowed-hosts.js';
import { createSecrets } from './connection/secrets.js';
import { SyncError } from './errors.js';
import { connectWorker } from './temporal/connect.js';
import { TASK_QUEUE } from './temporal/task-queue.js';
import { workflowSource } from './temporal/workflow-source.js';
import { createLogger } from './worker/logger.js';
import { readWorkerSettings, type WorkerSettings } from './worker/settings.js';

async function main(): Promise<void> {
  const settings = readWorkerSettings(process.env);
  const logger = createLogger(settings.logLevel);
  Runtime.install({ logger });
  const http = createHttp();
  const { connection, namespace } = await connectWorker();
  try {
    const worker = await createWorker(connection, namespace, settings, http);
    logger.info('worker started', { namespace, taskQueue: TASK_QUEUE });
    await worker.run();
    logger.info('worker stopped', {});
  } finally {
    await connection.close();
    await http.close();
  }
}

async function createWorker(
  connection: NativeConnection,
  namespace: string,
  settings: WorkerSettings,
  http: ReturnType<typeof createHttp>,
): Promise<Worker> {
  return Worker.create({
    connection,
    namespace,
    taskQueue: TASK_QUEUE,
    ...workflowSource(),
    activities: createActivities({
      http,
      secrets: createSecrets({ env: process.env, secretsDir: settings.secretsDir }),
      allowedHosts: parseAllowedHosts(settings.allowedHosts),
    }),
    shutdownGraceTime: settings.shutdownGraceMs,
    // A pause or clear-cursor reaches a page in flight with its next heartbeat.
    maxHeartbeatThrottleInterval: '2s',
    ...(!settings.eagerActivities && { maxEagerActivityReservationsPerWorkflowTask: 0 }),
  });
}

main().catch((error: unknown) => {
  const text = error instanceof SyncError ? `${error.message}\n${error.hint}` : String(error);
  process.stderr.write(`${text}\n`);
  process.exitCode = 1;
});
