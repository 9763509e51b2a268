/** The activities with their dependencies handed in. */
import { ConnectionContexts, type ActivityDependencies } from './connection-contexts.js';
import { discoverSetUp } from './discover-set-up.js';
import type { DiscoveryActivities } from '../contract/discovery.js';
import { configureConnection } from './configure-connection.js';
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
import type { AtWorker, ConnectionActivities, ConnectionSettings } from './types.js';
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
    readConnection: (config) => Promise.resolve(readOwn(contexts, config)),
    configureConnection: (request) => configureConnection(contexts, request),
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
  return insideWorkflows(measured, fence);
}

/** The file of the connection under whose id it is read. */
function readOwn(contexts: ConnectionContexts, config: unknown): ConnectionSettings {
  const settings = readConnection(contexts, config);
  assertOwnId(settings.name);
  return settings;
}

/** The same step, which also says where the run's memory is now. */
function answeringFrom<Q, R extends AtWorker>(
  worker: string | undefined,
  step: (request: Q) => Promise<R>,
): (request: Q) => Promise<R> {
  return worker === undefined ? step : async (request) => ({ ...(await step(request)), worker });
}
