/** Starts a worker: connect, register, run, shut down gracefully. Any number of them may run against one Temporal. */
import { Client } from '@temporalio/client';
import { Worker, type NativeConnection } from '@temporalio/worker';
import { createActivities } from './activities/index.js';
import { createHttp } from './http/http.js';
import { parseAllowedHosts } from './connection/allowed-hosts.js';
import { createSecrets } from './connection/secrets.js';
import { SyncError } from './errors.js';
import type { Metrics } from './metrics/metrics.js';
import { connectWorker } from './temporal/connect.js';
import { createDataConverter } from './temporal/data-converter.js';
import { TASK_QUEUE } from './temporal/task-queue.js';
import { workflowSource } from './temporal/workflow-source.js';
import { startConnectionGauges, type ConnectionGauges } from './worker/connection-gauges.js';
import { startHealth, type Health } from './worker/health.js';
import { createLogger } from './worker/logger.js';
import { notReadyReason } from './worker/readiness.js';
import { installRuntime } from './worker/runtime.js';
import { readWorkerSettings, type WorkerSettings } from './worker/settings.js';

async function main(): Promise<void> {
  const settings = readWorkerSettings(process.env);
  const logger = createLogger(settings.logLevel);
  const metrics = installRuntime(logger, settings.metricsAddress);
  const health = await startHealth(settings.healthAddress);
  try {
    await runWorker(settings, logger, metrics, health);
  } finally {
    await health.close();
  }
}

async function runWorker(
  settings: WorkerSettings,
  logger: ReturnType<typeof createLogger>,
  metrics: Metrics,
  health: Health,
): Promise<void> {
  const http = createHttp();
  const { connection, namespace } = await connectWorker();
  let gauges: ConnectionGauges | undefined;
  try {
    const worker = await createWorker(connection, namespace, settings, http, metrics);
    health.watch(() => notReadyReason(worker, connection));
    if (settings.metricsAddress !== undefined)
      gauges = startConnectionGauges(new Client({ connection, namespace }), metrics, logger);
    logger.info('worker started', { namespace, taskQueue: TASK_QUEUE });
    await worker.run();
    logger.info('worker stopped', {});
  } finally {
    gauges?.stop();
    await connection.close();
    await http.close();
  }
}

async function createWorker(
  connection: NativeConnection,
  namespace: string,
  settings: WorkerSettings,
  http: ReturnType<typeof createHttp>,
  metrics: Metrics,
): Promise<Worker> {
  const dataConverter = createDataConverter(settings.payloadKeys);
  return Worker.create({
    connection,
    namespace,
    taskQueue: TASK_QUEUE,
    dataConverter,
    ...workflowSource(dataConverter),
    activities: createActivities({
      http,
      secrets: createSecrets({ env: process.env, secretsDir: settings.secretsDir }),
      allowedHosts: parseAllowedHosts(settings.allowedHosts),
      metrics,
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
