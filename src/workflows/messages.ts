/** The messages a connection understands. Names are contracts: they stand in histories, in README and in operators' scripts. */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { ConfigureAnswer, PreviewReply, TraceReply } from '../activities/answers.js';
import type { ValidationReport } from '../activities/types.js';
import type { ConnectionFile } from '../connection/schema.js';
import type { Asker } from '../sealing.js';
import type { ConfigureOptions } from './configure.js';
import type { ShownRejectedUser } from '../contract/rejection-reasons.js';
import type { Status } from './status.js';

export const clearCursorSignal = defineSignal('clear-cursor');
export const import100Signal = defineSignal('import-100');
export const pauseSignal = defineSignal<[note?: string]>('pause');
export const resumeSignal = defineSignal<[note?: string]>('resume');
export const syncNowSignal = defineSignal('sync-now');
export const approveSignal = defineSignal('approve');
export const retryRejectedSignal = defineSignal('retry-rejected');
/** Continue as new as soon as nothing is open. For a connection that waits for nobody but its operator, when there is a new build or a new key. */
export const renewSignal = defineSignal('renew');

export const statusQuery = defineQuery<Status>('status');
export const rejectedQuery = defineQuery<ShownRejectedUser[]>('rejected');

export const validateUpdate = defineUpdate<ValidationReport>('validate');

/** Takes a new connection file in place of the running one. An update, because it must be refused with its reason. */
export const configureUpdate = defineUpdate<ConfigureAnswer, [file: ConnectionFile, options?: ConfigureOptions]>(
  'configure',
);
/** Of the run that is next, or held, in place of a number of events. */
export const NEXT_RUN = { of: 'next-run' } as const;

/**
 * What the first change events of history (1 to 100, 100 if not said), or the next run, would do in Halo. Writes nothing. People are told to an
 * asker with a key only, sealed.
 */
export const previewUpdate = defineUpdate<PreviewReply, [of?: number | typeof NEXT_RUN, asker?: Asker]>('preview');
/** One person's way through feed, mapping and Halo; by SeatGeek ID or `email:<salt>:<hash of the address>`. Writes nothing; sealed as `preview`. */
export const traceUpdate = defineUpdate<TraceReply, [person: string, asker?: Asker]>('trace');
