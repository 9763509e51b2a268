/** The activities with their dependencies handed in. */
import { ConnectionContexts, type ActivityDependencies } from './connection-contexts.js';
import { discoverSetUp } from './discover-set-up.js';
import type { DiscoveryActivities } from './discovery.js';
import { configureConnection } from './configure-connection.js';
import { toFailure } from './failures.js';
import { fetchChangeEvents } from './fetch-change-events.js';
import { mapUsers } from './map-users.js';
import { notify, type AlertActivities } from './notify.js';
import { previewUsers } from './preview-users.js';
import { readConnection } from './read-connection.js';
import { RunMemories } from './run-memories.js';
import { measuredActivities } from './measured-activities.js';
import { traceUser } from './trace-user.js';
import type { ConnectionActivities } from './types.js';
import { upsertUsers } from './upsert-users.js';
import { validateConnection } from './validate-connection.js';

/** One set per worker process: its caches are shared by all connections. */
export function createActivities(
  deps: ActivityDependencies,
): ConnectionActivities & AlertActivities & DiscoveryActivities {
  const contexts = new ConnectionContexts(deps);
  const memories = new RunMemories();
  const activities: ConnectionActivities & AlertActivities & DiscoveryActivities = {
    readConnection: (config) => translated(() => readConnection(contexts, config)),
    configureConnection: (request) => translated(() => configureConnection(contexts, request)),
    fetchChangeEvents: fetchChangeEvents(contexts, memories),
    mapUsers: mapUsers(contexts, memories),
    upsertUsers: upsertUsers(contexts, memories),
    validateConnection: validateConnection(contexts),
    previewUsers: previewUsers(contexts),
    traceUser: traceUser(contexts),
    notify: notify(deps),
    discoverSetUp: discoverSetUp(contexts),
  };
  return deps.metrics === undefined ? activities : measuredActivities(activities, deps.metrics);
}

/** For what asks nobody and takes no time. */
function translated<T>(work: () => T): Promise<T> {
  return Promise.resolve()
    .then(work)
    .catch((error: unknown) => {
      throw toFailure(error);
    });
}
