/** Whole lives of connections: each run replays, and the life holds what it is named after. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from '@temporalio/worker';
import { z } from 'zod';
import { workflowBundle } from '../world/temporal.js';

const FOLDER = fileURLToPath(new URL('./chains/', import.meta.url));

/** What must have happened, in this order. */
const EVENTS: Readonly<Record<string, readonly string[]>> = {
  'cancelled-in-mid-page': ['SCHEDULED upsertUsers', 'CANCEL_REQUESTED', 'CANCELED upsertUsers', 'CANCELED'],
  'cursor-expired-then-cleared': [
    'FAILED upsertUsers',
    'SIGNALED clear-cursor',
    'CONTINUED_AS_NEW',
    'COMPLETED upsertUsers',
  ],
  'held-then-approved': [
    'SIGNALED clear-cursor',
    'FAILED upsertUsers',
    'SIGNALED approve',
    'CONTINUED_AS_NEW',
    'COMPLETED upsertUsers',
  ],
  'held-then-paused': [
    'FAILED upsertUsers',
    'SIGNALED pause',
    'SIGNALED resume',
    'CONTINUED_AS_NEW',
    'FAILED upsertUsers',
  ],
  'paused-then-resumed': [
    'SIGNALED pause',
    'CANCELED upsertUsers',
    'SIGNALED resume',
    'CONTINUED_AS_NEW',
    'COMPLETED upsertUsers',
  ],
  'rejected-retried': [
    'COMPLETED mapUsers',
    'SIGNALED retry-rejected',
    'CONTINUED_AS_NEW',
    'SCHEDULED upsertUsers',
    'COMPLETED upsertUsers',
  ],
  'transient-backoff': [
    'FAILED fetchChangeEvents',
    'TIMER_STARTED',
    'TIMER_FIRED',
    'CONTINUED_AS_NEW',
    'COMPLETED fetchChangeEvents',
  ],
  'update-open-at-continue-as-new': [
    'UPDATE_ACCEPTED validate',
    'SIGNALED renew',
    'SCHEDULED fetchChangeEvents',
    'UPDATE_COMPLETED',
    'CONTINUED_AS_NEW',
  ],
  'update-refused-before-continue-as-new': [
    'SCHEDULED upsertUsers',
    'UPDATE_ACCEPTED validate',
    'SIGNALED renew',
    'UPDATE_COMPLETED',
    'COMPLETED upsertUsers',
    'CONTINUED_AS_NEW',
  ],
  'validated-previewed-traced': [
    ...['UPDATE_ACCEPTED validate', 'UPDATE_COMPLETED', 'UPDATE_ACCEPTED preview', 'UPDATE_COMPLETED'],
    ...['UPDATE_ACCEPTED trace', 'UPDATE_COMPLETED'],
  ],
  'webhook-cancelled': [
    'FAILED upsertUsers',
    'SCHEDULED notify',
    'CANCEL_REQUESTED notify',
    'CANCELED notify',
    'CONTINUED_AS_NEW',
  ],
  'webhook-told': [
    'FAILED upsertUsers',
    'SCHEDULED notify',
    'COMPLETED notify',
    'CONTINUED_AS_NEW',
    'SCHEDULED notify',
  ],
};

const eventSchema = z.looseObject({ eventId: z.string(), eventType: z.string() });
const attributesSchema = z.looseObject({
  signalName: z.string().optional(),
  activityType: z.object({ name: z.string() }).optional(),
  scheduledEventId: z.string().optional(),
  acceptedRequest: z.object({ input: z.looseObject({ name: z.string() }) }).optional(),
});
const chainSchema = z.array(z.looseObject({ events: z.array(eventSchema) }));
type Run = z.infer<typeof chainSchema>[number];

/** The events of a run in a word or two. */
function labels({ events }: Run): string[] {
  const steps = new Map<string, string>();
  return events.map(({ eventId, eventType, ...rest }) => {
    const [, found = {}] = Object.entries(rest).find(([name]) => name.endsWith('Attributes')) ?? [];
    const { signalName, activityType, scheduledEventId = '', acceptedRequest } = attributesSchema.parse(found);
    if (activityType !== undefined) steps.set(eventId, activityType.name);
    const about = signalName ?? activityType?.name ?? acceptedRequest?.input.name ?? steps.get(scheduledEventId);
    const what = eventType.replace(/^EVENT_TYPE_(WORKFLOW_EXECUTION_|ACTIVITY_TASK_)?/, '');
    return about === undefined ? what : `${what} ${about}`;
  });
}

function assertInOrder(all: readonly string[], wanted: readonly string[]): void {
  let at = 0;
  for (const label of wanted) {
    const found = all.indexOf(label, at);
    assert.ok(found >= 0, `${label} is not there, or not in its place`);
    at = found + 1;
  }
}

describe('lives of connections recorded from released code', function () {
  this.timeout(60_000);

  it('are all there, and nothing else', () => {
    const files = readdirSync(FOLDER).map((file) => file.replace('.json', ''));
    assert.deepEqual(files.sort(), Object.keys(EVENTS).sort());
  });

  for (const [name, wanted] of Object.entries(EVENTS)) {
    it(`hold what they are named after, and replay: ${name.replaceAll('-', ' ')}`, async () => {
      const chain = chainSchema.parse(JSON.parse(readFileSync(`${FOLDER}${name}.json`, 'utf8')));
      assertInOrder(chain.flatMap(labels), wanted);
      for (const run of chain) await Worker.runReplayHistory({ workflowBundle: await workflowBundle() }, run);
    });
  }
});
