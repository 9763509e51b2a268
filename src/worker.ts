/** Starts a worker: connect, register, run, shut down gracefully. Any number of them may run against one Temporal. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { Client } from '@temporalio/client';
import { Worker, type NativeConnection } from '@temporalio/worker';
import { createFence, type Fence } from './activities/fence.js';
import { createActivities } from './activities/index.js';
import { createHttp } from './http/http.js';
import { assertReadable, createSecrets } from './connection/secrets.js';
import { parseAllowedFields } from './connection/targets.js';
import type { Metrics } from './metrics/metrics.js';
import { STARTER } from './starter/own-command.js';
import { keepApiKey } from './temporal/api-key.js';
import { connectWorker } from './temporal/connect.js';
import { createWorkerDataConverter } from './temporal/data-converter.js';
import { ownTaskQueue, TASK_QUEUE } from './temporal/task-queue.js';
import { workflowSource } from './temporal/workflow-source.js';
import { startConnectionGauges, type ConnectionGauges } from './worker/connection-gauges.js';
import { startHealth, type Health } from './worker/health.js';
import { lastWords } from './worker/last-words.js';
import { createLogger } from './worker/logger.js';
import { asked, notReadyReason } from './worker/readiness.js';
import { installRuntime } from './worker/runtime.js';
import { readWorkerSettings, type WorkerSettings } from './worker/settings.js';
import { untilStarted } from './worker/starting.js';
import { endInTime, stopSignal } from './worker/stopping.js';
import { WORKFLOW_LIMITS } from './worker/workflow-limits.js';

async function main(): Promise<void> {
  const settings = readWorkerSettings(process.env);
  const logger = createLogger(settings.logLevel);
  const metrics = installRuntime(logger, settings.metricsAddress);
  const health = await startHealth(settings.healthAddress);
  await assertReadable(settings.secretsDir);
  await runWorker(settings, logger, metrics, health);
  logger.info('worker stopped', {});
  await health.close();
}

async function runWorker(
  settings: WorkerSettings,
  logger: ReturnType<typeof createLogger>,
  metrics: Metrics,
  health: Health,
): Promise<void> {
  const stop = stopSignal();
  const http = createHttp({ proxies: settings.proxies });
  endInTime(stop, {
    graceMs: settings.shutdownGraceMs,
    forceMs: settings.shutdownForceMs,
    logger,
    breakOff: () => http.close(),
    exit: () => process.exit(0),
  });
  const started = await untilStarted({
    attempt: connectWorker,
    waitMs: settings.startWaitMs,
    logger,
    onReason: (reason) => health.watch(() => Promise.resolve(reason)),
    stop,
  });
  if (started === undefined) return;
  const { connection, namespace } = started;
  const fence = createFence({ ask: () => asked(connection), logger });
  const stopRenewing = keepApiKey(connection, process.env, logger);
  let gauges: ConnectionGauges | undefined;
  try {
    const workers = await createWorkers(connection, namespace, settings, http, metrics, fence);
    health.watch(() => notReadyReason(workers, connection));
    if (settings.metricsAddress !== undefined)
      gauges = startConnectionGauges(new Client({ connection, namespace }), metrics, logger);
    logger.info('worker started', { namespace, taskQueue: TASK_QUEUE, ...settings.version });
    if (settings.version !== undefined)
      logger.info('Temporal gives a build nothing before it is made the current one', {
        hint: `${STARTER} promote ${settings.version.buildId}`,
      });
    await Promise.all(workers.map((worker) => worker.run()));
  } finally {
    gauges?.stop();
    fence.close();
    stopRenewing();
  }
  await connection.close();
  await http.close();
}

/** One for the queue that all workers share, and one for the steps of runs whose memory is in this process. A signal ends both. */
async function createWorkers(
  connection: NativeConnection,
  namespace: string,
  settings: WorkerSettings,
  http: ReturnType<typeof createHttp>,
  metrics: Metrics,
  fence: Fence,
): Promise<Worker[]> {
  const dataConverter = createWorkerDataConverter(settings.payloadKeys, namespace);
  const queue = ownTaskQueue(`${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`);
  const both = {
    connection,
    namespace,
    dataConverter,
    activities: createActivities({
      http,
      secrets: createSecrets({ env: process.env, secretsDir: settings.secretsDir }),
      allowedHosts: settings.allowedHosts,
      allowedFields: parseAllowedFields(settings.allowedFields),
      proxies: settings.proxies,
      metrics,
      fence,
      queue,
      settlingMs: settings.lostCreateMs,
    }),
    // Each of the two has as many: looking for changes never queues behind pages that wait for Halo's limit.
    maxConcurrentActivityTaskExecutions: settings.stepsAtOnce,
    shutdownGraceTime: settings.shutdownGraceMs,
    // A pause or clear-cursor reaches a page in flight with its next heartbeat.
    maxHeartbeatThrottleInterval: '2s',
  } as const;
  return [
    await Worker.create({
      ...both,
      taskQueue: TASK_QUEUE,
      maxCachedWorkflows: settings.cachedWorkflows,
      ...WORKFLOW_LIMITS,
      ...workflowSource(dataConverter),
      ...(settings.version !== undefined && {
        workerDeploymentOptions: {
          version: settings.version,
          useWorkerVersioning: true,
          defaultVersioningBehavior: 'PINNED',
        },
      }),
    }),
    // Without a version: a deployment holds no more than a hundred task queues, and this one ends with the process.
    await Worker.create({ ...both, taskQueue: queue }),
  ];
}

/** Whatever still runs then can only hide why the process ends. */
function die(error: unknown): never {
  createLogger('info').error(...lastWords(error));
  process.exit(1);
}

process.on('uncaughtException', die);
main().catch(die);
