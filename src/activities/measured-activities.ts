/** Counts what activities bring about and how long they take. What failed is counted by Temporal's own metrics. */
import type { Metrics } from '../metrics/metrics.js';
import type { AlertActivities } from './notify.js';
import type { ConnectionActivities } from './types.js';

type Activities = ConnectionActivities & AlertActivities;

/** The same activities. A name that gets into a label is that of a checked file: each activity checks it before it can end well. */
export function measuredActivities<T extends Activities>(activities: T, metrics: Metrics): T & Activities {
  return {
    ...activities,
    fetchChangeEvents: async (request) => {
      const seconds = stopwatch();
      const result = await activities.fetchChangeEvents(request);
      metrics.pageStep(request.config.name, 'fetch', seconds());
      return result;
    },
    mapUsers: async (request) => {
      const seconds = stopwatch();
      const result = await activities.mapUsers(request);
      metrics.pageStep(request.config.name, 'map', seconds());
      return result;
    },
    upsertUsers: async (request) => {
      const seconds = stopwatch();
      const result = await activities.upsertUsers(request);
      const pages = [result, ...(result.following ?? [])];
      const each = seconds() / pages.length;
      for (const { counts } of pages) {
        metrics.pageStep(request.config.name, 'write', each);
        metrics.countPeople(request.config.name, counts);
      }
      return result;
    },
    notify: async (request) => {
      const { name } = request.config;
      try {
        await activities.notify(request);
        metrics.countNotification(name, 'sent');
      } catch (error) {
        metrics.countNotification(name, 'failed');
        throw error;
      }
    },
  };
}

function stopwatch(): () => number {
  const startedAt = performance.now();
  return () => (performance.now() - startedAt) / 1_000;
}
