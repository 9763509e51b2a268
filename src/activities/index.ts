/** The activities with their dependencies handed in. */
import { ConnectionContexts, type ActivityDependencies } from './connection-contexts.js';
import { discoverSetUp } from './discover-set-up.js';
import type { DiscoveryActivities } from '../contract/discovery.js';
import { configureConnection } from './configure-connection.js';
import { toFailure } from './failures.js';
import type { Fence } from './fence.js';
import { fetchChangeEvents } from './fetch-change-events.js';
import { assertOwnId, insideWorkflows } from './identity.js';
import { mapUsers } from './map-users.js';
import { notify, type AlertActivities } from './notify.js';
import { previewRun } from './preview-run.js';
import { previewUsers } from './preview-users.js';
import { readConnection } from './read-connection.js';
import { RunMemories } from './run-memories.js';
import { measuredActivities } from './measured-activities.js';
import { traceUser } from './trace-user.js';
import type { AtWorker, ConnectionActivities } from './types.js';
import { upsertUsers } from './upsert-users.js';
import { validateConnection } from './validate-connection.js';

/** One set per worker process: its caches are shared by all connections. */
export function createActivities(
  given: ActivityDependencies & {
    readonly fence?: Fence;
    /** The task queue that only this worker polls. */ readonly queue?: string;
  },
): ConnectionActivities & AlertActivities & DiscoveryActivities {
  const { fence, queue } = given;
  const deps = fence === undefined ? given : { ...given, http: fence.guard(given.http) };
  const contexts = new ConnectionContexts(deps);
  const memories = new RunMemories();
  const activities: ConnectionActivities & AlertActivities & DiscoveryActivities = {
    readConnection: (config) =>
      translated(() => {
        const settings = readConnection(contexts, config);
        assertOwnId(settings.name);
        return settings;
      }),
    configureConnection: (request) => translated(() => configureConnection(contexts, request)),
    fetchChangeEvents: answeringFrom(queue, fetchChangeEvents(contexts, memories)),
    mapUsers: answeringFrom(queue, mapUsers(contexts, memories)),
    upsertUsers: answeringFrom(queue, upsertUsers(contexts, memories)),
    validateConnection: validateConnection(contexts),
    previewUsers: previewUsers(contexts),
    previewRun: previewRun(contexts),
    traceUser: traceUser(contexts),
    notify: notify(deps),
    discoverSetUp: discoverSetUp(contexts),
  };
  const measured = deps.metrics === undefined ? activities : measuredActivities(activities, deps.metrics);
  const ours = insideWorkflows(measured, toFailure);
  return fence === undefined ? ours : fenced(ours, fence);
}

/** The same step, which also says where the run's memory is now. */
function answeringFrom<Q, R extends AtWorker>(
  worker: string | undefined,
  step: (request: Q) => Promise<R>,
): (request: Q) => Promise<R> {
  return worker === undefined ? step : async (request) => ({ ...(await step(request)), worker });
}

function translated<T>(work: () => T | Promise<T>): Promise<T> {
  return Promise.resolve()
    .then(work)
    .catch((error: unknown) => {
      throw toFailure(error);
    });
}

/** Each call is an attempt that the fence may end. */
function fenced<T extends Readonly<Record<keyof T, (argument: never) => Promise<unknown>>>>(
  activities: T,
  fence: Fence,
): T {
  const entries = Object.entries<(argument: never) => Promise<unknown>>(activities);
  return Object.fromEntries(
    entries.map(([name, activity]) => [
      name,
      (argument: never) => translated(() => fence.attempt(() => activity(argument))),
    ]),
  ) as T;
}
