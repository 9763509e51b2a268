/** The messages a connection understands. Names are contracts: they stand in histories, in README and in operators' scripts. */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { ValidationReport } from '../activities/types.js';
import type { RejectedUser } from './rejected.js';
import type { Status } from './status.js';

export const clearCursorSignal = defineSignal('clear-cursor');
export const import100Signal = defineSignal('import-100');
export const pauseSignal = defineSignal<[note?: string]>('pause');
export const resumeSignal = defineSignal<[note?: string]>('resume');
export const syncNowSignal = defineSignal('sync-now');
export const approveSignal = defineSignal('approve');
export const retryRejectedSignal = defineSignal('retry-rejected');

export const statusQuery = defineQuery<Status>('status');
export const rejectedQuery = defineQuery<RejectedUser[]>('rejected');

export const validateUpdate = defineUpdate<ValidationReport>('validate');
