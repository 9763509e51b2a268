/** The updates about people, asked as the starter asks them: with a key, and the answer opened. */
import type { WorkflowHandle } from '@temporalio/client';
import type { PreviewAnswer, PreviewReply, TraceAnswer, TraceReply } from '../../src/activities/answers.js';
import { NEXT_RUN } from '../../src/workflows/messages.js';
import type { Asker } from '../../src/sealing.js';
import { askPreview, askTrace } from '../../src/starter/sealed-answers.js';

export function previewOf(handle: WorkflowHandle, events = 100): Promise<PreviewAnswer> {
  const { workflowId } = handle;
  return askPreview({ namespace: 'default', workflowId, update: 'preview', what: events }, (asker) =>
    handle.executeUpdate<PreviewReply, [number, Asker]>('preview', { args: [events, asker] }),
  );
}

/** Of the run that is next, or held. */
export function previewOfNextRun(handle: WorkflowHandle): Promise<PreviewAnswer> {
  const { workflowId } = handle;
  return askPreview({ namespace: 'default', workflowId, update: 'preview', what: NEXT_RUN }, (asker) =>
    handle.executeUpdate<PreviewReply, [typeof NEXT_RUN, Asker]>('preview', { args: [NEXT_RUN, asker] }),
  );
}

export function traceOf(handle: WorkflowHandle, person: string): Promise<TraceAnswer> {
  const { workflowId } = handle;
  return askTrace({ namespace: 'default', workflowId, update: 'trace', what: person }, (asker) =>
    handle.executeUpdate<TraceReply, [string, Asker]>('trace', { args: [person, asker] }),
  );
}
