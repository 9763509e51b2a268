/** The worker's settings from its environment, checked once. */
import type { WorkerDeploymentVersion } from '@temporalio/common';
import { z } from 'zod';
import { parseAllowedHosts, type AllowedHosts } from '../connection/allowed-hosts.js';
import { LONGEST_SETTLING_MS } from '../contract/lost-creates.js';
import { ConfigError } from '../errors.js';
import { readProxies, type Proxies } from '../http/proxy.js';
import { listenAddress, type ListenAddress } from './listen-address.js';
import { readPayloadKeys, type PayloadKeys } from '../temporal/payload-keys.js';

/** Temporal's names of versions join both parts; blank counts as not set. */
const deploymentPart = z
  .string()
  .max(200, 'must be at most 200 characters')
  .regex(/^[^\s:]*$/, 'must have no colon or blank')
  .default('');

const settingsSchema = z.object({
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error']).default('info'),
  SECRETS_DIR: z.string().min(1).optional(),
  ALLOWED_HOSTS: z.string().default(''),
  ALLOWED_SEATGEEK_HOSTS: z.string().default(''),
  ALLOWED_TOKEN_HOSTS: z.string().default(''),
  ALLOWED_HALO_HOSTS: z.string().default(''),
  ALLOWED_WEBHOOK_HOSTS: z.string().default(''),
  ALLOWED_FIELDS: z.string().default(''),
  HEALTH_ADDRESS: listenAddress,
  METRICS_ADDRESS: listenAddress,
  CACHED_WORKFLOWS: z.coerce.number().int().min(10).max(100_000).default(500),
  STEPS_AT_ONCE: z.coerce.number().int().min(2).max(10_000).default(100),
  LOST_CREATE_SECONDS: z.coerce
    .number()
    .min(1)
    .max(LONGEST_SETTLING_MS / 1_000)
    .default(120),
  TEMPORAL_DEPLOYMENT_NAME: deploymentPart.refine((name) => !name.includes('.'), 'must have no dot'),
  TEMPORAL_WORKER_BUILD_ID: deploymentPart,
  START_WAIT_SECONDS: z.coerce.number().min(0).max(3_600).default(30),
  SHUTDOWN_GRACE_SECONDS: z.coerce.number().min(0).max(3_600).default(5),
  SHUTDOWN_FORCE_SECONDS: z.coerce.number().min(1).max(7_200).default(25),
});

export interface WorkerSettings {
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error';
  /** Folder with one file per secret. */
  readonly secretsDir: string | undefined;
  /** Where credentials and webhooks may go, by role. */
  readonly allowedHosts: AllowedHosts;
  /** Halo's fields that give rights or identity and may be mapped all the same, comma-separated. */
  readonly allowedFields: string;
  /** Where `/healthz` and `/readyz` are; nowhere when undefined. */
  readonly healthAddress: ListenAddress | undefined;
  /** Where Prometheus finds `/metrics`; nowhere when undefined. */
  readonly metricsAddress: ListenAddress | undefined;
  /** Seal everything that goes through Temporal; none seal nothing. From `PAYLOAD_KEYS` or the file of that name. */
  readonly payloadKeys: PayloadKeys;
  /** Worker versioning: which build this worker is; undefined: it takes whatever is there. */
  readonly version: WorkerDeploymentVersion | undefined;
  /** How long Halo may be at work on a request whose answer was lost. */
  readonly lostCreateMs: number;
  /** How long Temporal and what it needs to hold may take to come when the worker starts. */
  readonly startWaitMs: number;
  /** Connections whose workflow stays in memory; others are replayed when they run. About half a MiB each. */
  readonly cachedWorkflows: number;
  /** Steps under way at a time in the queue that all workers share, and as many more in this worker's own, where runs write. */
  readonly stepsAtOnce: number;
  /** The ways out to SeatGeek, Halo and webhooks. */
  readonly proxies: Proxies;
  /** After SIGTERM: how long steps under way go on before they are stopped between two requests. */
  readonly shutdownGraceMs: number;
  /** After SIGTERM: when the process ends whatever is still under way, such as one request to a slow Halo. */
  readonly shutdownForceMs: number;
}

/** Throws ConfigError naming the variable. */
export function readWorkerSettings(env: NodeJS.ProcessEnv): WorkerSettings {
  const parsed = settingsSchema.safeParse(env);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const variable = issue?.path.join('.') ?? 'environment';
    throw new ConfigError(
      'setting-invalid',
      `${variable}: ${issue?.message ?? 'not usable'}`,
      'Correct the variable.',
      variable,
    );
  }
  const { data } = parsed;
  if (data.SHUTDOWN_FORCE_SECONDS < data.SHUTDOWN_GRACE_SECONDS) throw forceBeforeGrace();
  return {
    logLevel: data.LOG_LEVEL,
    secretsDir: data.SECRETS_DIR,
    allowedHosts: parseAllowedHosts(data.ALLOWED_HOSTS, {
      seatgeek: data.ALLOWED_SEATGEEK_HOSTS,
      token: data.ALLOWED_TOKEN_HOSTS,
      halo: data.ALLOWED_HALO_HOSTS,
      webhook: data.ALLOWED_WEBHOOK_HOSTS,
    }),
    allowedFields: data.ALLOWED_FIELDS,
    healthAddress: data.HEALTH_ADDRESS,
    metricsAddress: data.METRICS_ADDRESS,
    payloadKeys: readPayloadKeys(env),
    version: versionOf(data.TEMPORAL_DEPLOYMENT_NAME, data.TEMPORAL_WORKER_BUILD_ID),
    lostCreateMs: data.LOST_CREATE_SECONDS * 1_000,
    startWaitMs: data.START_WAIT_SECONDS * 1_000,
    shutdownGraceMs: data.SHUTDOWN_GRACE_SECONDS * 1_000,
    proxies: readProxies(env),
    cachedWorkflows: data.CACHED_WORKFLOWS,
    stepsAtOnce: data.STEPS_AT_ONCE,
    shutdownForceMs: data.SHUTDOWN_FORCE_SECONDS * 1_000,
  };
}

function versionOf(deploymentName: string, buildId: string): WorkerDeploymentVersion | undefined {
  if (deploymentName === '' && buildId === '') return undefined;
  if (deploymentName !== '' && buildId !== '') return { deploymentName, buildId };
  const [missing, given] =
    buildId === ''
      ? ['TEMPORAL_WORKER_BUILD_ID', 'TEMPORAL_DEPLOYMENT_NAME']
      : ['TEMPORAL_DEPLOYMENT_NAME', 'TEMPORAL_WORKER_BUILD_ID'];
  throw new ConfigError(
    'setting-invalid',
    `${missing} is not set, but ${given} is`,
    'Worker versioning needs both: the name of the deployment and the build. Set both, or neither.',
    missing,
  );
}

function forceBeforeGrace(): ConfigError {
  return new ConfigError(
    'setting-invalid',
    'SHUTDOWN_FORCE_SECONDS is shorter than SHUTDOWN_GRACE_SECONDS',
    'Give what is under way at least the time that steps may go on.',
    'SHUTDOWN_FORCE_SECONDS',
  );
}
