/** What Temporal's errors mean to somebody at a terminal. */
import {
  isGrpcDeadlineError,
  isGrpcServiceError,
  WorkflowFailedError,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { TASK_QUEUE } from '../temporal/task-queue.js';
import { StarterError, temporalGone, workerMissing } from './errors.js';

/** Numbers of gRPC's status codes (https://grpc.io/docs/guides/status-codes). */
const CANCELLED = 1;
export const FAILED_PRECONDITION = 9;
const UNAVAILABLE = 14;

/** Whether a query was not answered because no worker was there to answer it. */
export function isUnanswered(error: unknown): boolean {
  // A call that the deadline ends is told as either of two, by what notices it first.
  return isGrpcDeadlineError(error) || [CANCELLED, FAILED_PRECONDITION].includes(grpcCode(error) ?? -1);
}

/** Does `call`; throws StarterError `temporal-unreachable` when Temporal itself did not answer. */
export async function translated<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (grpcCode(error) === UNAVAILABLE) throw temporalGone({ cause: error });
    if (grpcCode(error) === CANCELLED) throw workerMissing(TASK_QUEUE, { cause: error });
    throw error;
  }
}

/** Null where it is no answer of Temporal's server. */
export function grpcCode(error: unknown): number | null {
  for (const link of causes(error)) if (isGrpcServiceError(link)) return link.code;
  return null;
}

/** The error a workflow or an update ended with, told by its innermost failure: activities put the hint into its first detail. */
export function workflowFailure(error: unknown, what: string): unknown {
  if (!(error instanceof WorkflowFailedError || error instanceof WorkflowUpdateFailedError)) return error;
  const innermost = causes(error).at(-1);
  const message = innermost instanceof Error ? innermost.message : 'for an unknown reason';
  return new StarterError(codeOf(innermost), `${what}: ${message}`, hintOf(innermost), { cause: error });
}

function codeOf(failure: unknown): string {
  return failure instanceof ApplicationFailure ? (failure.type ?? 'workflow-failed') : 'workflow-failed';
}

function hintOf(failure: unknown): string {
  const hint: unknown = failure instanceof ApplicationFailure ? failure.details?.[0] : undefined;
  return typeof hint === 'string' ? hint : "See the workflow's history in the Web UI.";
}

function causes(error: unknown): unknown[] {
  const chain: unknown[] = [];
  for (let link = error; link instanceof Error && !chain.includes(link); link = link.cause) chain.push(link);
  return chain;
}
