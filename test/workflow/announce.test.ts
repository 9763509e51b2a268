import assert from 'node:assert/strict';
import { setTimeout as pauseFor } from 'node:timers/promises';
import { ApplicationFailure } from '@temporalio/activity';
import type { WorkflowHandle } from '@temporalio/client';
import type { AlertActivities, NotifyRequest } from '../../src/activities/notify.js';
import { untilStatus } from '../../src/demo/waiting.js';
import { withConnection } from '../world/scripted-connection.js';
import { failure, Gate, ScriptedFeed } from '../world/scripted-feed.js';

const CONFIG = { name: 'arena', alerts: { webhook: { secret: 'alerts-webhook' } } };

/** A webhook in memory. */
class ScriptedWebhook {
  readonly sent: string[] = [];
  attempts = 0;
  beforeSend: () => Promise<void> = () => Promise.resolve();
  #waiting: { count: number; resolve: () => void }[] = [];

  readonly activities: AlertActivities = {
    notify: async ({ change }: NotifyRequest) => {
      this.attempts += 1;
      await this.beforeSend();
      this.sent.push(`${change.before ?? 'new'} → ${change.phase}: ${change.code ?? 'no error'}`);
      for (const { count, resolve } of this.#waiting) if (this.sent.length >= count) resolve();
    },
  };

  /** Resolves when so many messages are out. */
  until(count: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.sent.length >= count) resolve();
      else this.#waiting.push({ count, resolve });
    });
  }
}

function withWebhook(
  feed: ScriptedFeed,
  webhook: ScriptedWebhook,
  body: (handle: WorkflowHandle) => Promise<void>,
  config: object = CONFIG,
): Promise<void> {
  return withConnection({ activities: { ...feed.activities, ...webhook.activities } }, body, [config]);
}

/** Runs once more and waits for the outcome. */
async function syncNow(handle: WorkflowHandle, outcome: 'completed' | 'failed'): Promise<void> {
  await handle.signal('sync-now');
  await untilStatus(
    handle,
    ({ run, lastRun, pending }) =>
      run === null && pending.length === 0 && lastRun?.trigger === 'sync-now' && lastRun.outcome === outcome,
  );
}

const refuse = (): Promise<void> => Promise.reject(failure('halo-credentials-refused'));
const accept = (): Promise<void> => Promise.resolve();

describe('a connection with a webhook', function () {
  this.timeout(90_000);

  it('tells that it fails and that it works again, once each', async () => {
    const [feed, webhook] = [new ScriptedFeed(5), new ScriptedWebhook()];
    await withWebhook(feed, webhook, async (handle) => {
      await untilStatus(handle, ({ phase, lastRun }) => phase === 'idle' && lastRun !== null);
      feed.beforeFetch = refuse;
      await syncNow(handle, 'failed');
      await webhook.until(1);
      await syncNow(handle, 'failed');
      feed.beforeFetch = accept;
      await syncNow(handle, 'completed');
      await webhook.until(2);
      await syncNow(handle, 'completed');
    });
    assert.deepEqual(webhook.sent, ['idle → failing: halo-credentials-refused', 'failing → idle: no error']);
  });

  it('tells nobody when it has none', async () => {
    const [feed, webhook] = [new ScriptedFeed(5), new ScriptedWebhook()];
    feed.beforeFetch = refuse;
    await withWebhook(
      feed,
      webhook,
      async (handle) => {
        await untilStatus(handle, ({ phase }) => phase === 'failing');
        await syncNow(handle, 'failed');
        const { events } = await handle.fetchHistory();
        const names = (events ?? []).map((event) => event.activityTaskScheduledEventAttributes?.activityType?.name);
        assert.ok(!names.includes('notify'));
      },
      { name: 'arena' },
    );
    assert.equal(webhook.attempts, 0);
  });

  it('imports on while the webhook is down, and sends the newest change when it is back', async () => {
    const [feed, webhook] = [new ScriptedFeed(5), new ScriptedWebhook()];
    feed.beforeFetch = refuse;
    webhook.beforeSend = () => Promise.reject(failure('webhook-unavailable', false));
    await withWebhook(feed, webhook, async (handle) => {
      await untilStatus(handle, ({ phase }) => phase === 'failing');
      feed.beforeFetch = accept;
      await syncNow(handle, 'completed');
      assert.deepEqual(webhook.sent, []);
      webhook.beforeSend = accept;
      await webhook.until(1);
    });
    assert.deepEqual(webhook.sent, ['failing → idle: no error']);
  });

  it('sends a message once though a signal comes while it is under way', async () => {
    const [feed, webhook, gate] = [new ScriptedFeed(5), new ScriptedWebhook(), new Gate()];
    feed.beforeFetch = refuse;
    webhook.beforeSend = () => gate.reached();
    await withWebhook(feed, webhook, async (handle) => {
      await gate.arrived;
      feed.beforeFetch = accept;
      await handle.signal('sync-now');
      gate.open();
      await untilStatus(handle, ({ lastRun }) => lastRun?.outcome === 'completed');
      await webhook.until(2);
    });
    assert.deepEqual(webhook.sent, ['new → failing: halo-credentials-refused', 'failing → idle: no error']);
  });

  it('shows in its details that the webhook refused, and does not ask it again', async () => {
    const [feed, webhook] = [new ScriptedFeed(5), new ScriptedWebhook()];
    feed.beforeFetch = refuse;
    webhook.beforeSend = () =>
      Promise.reject(
        ApplicationFailure.create({
          type: 'webhook-refused',
          message: 'status 404',
          details: ['look'],
          nonRetryable: true,
        }),
      );
    await withWebhook(feed, webhook, async (handle) => {
      await untilStatus(handle, ({ phase }) => phase === 'failing');
      await untilDetails(handle, /\*\*The webhook was not told\*\* `webhook-refused`/);
      await syncNow(handle, 'failed');
    });
    assert.equal(webhook.attempts, 1);
  });
});

/** The Markdown that the Web UI shows, asked for until it matches. */
async function untilDetails(handle: WorkflowHandle, pattern: RegExp): Promise<void> {
  for (;;) {
    const metadata: unknown = await handle.query('__temporal_workflow_metadata');
    if (pattern.test(JSON.stringify(metadata))) return;
    await pauseFor(50);
  }
}
