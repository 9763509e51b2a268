/**
 * The search attributes of a connection's workflow, one definition for workflow, starter, tests and the dev server. They are stored in
 * clear text and seen by everybody who lists workflows: nothing personal. Workflow code imports this file: `@temporalio/common` only.
 */
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

/** The connection's name. */
export const SeatGeekConnection = defineSearchAttributeKey('SeatGeekConnection', SearchAttributeType.KEYWORD);

/** Host name of the Halo instance. */
export const HaloInstance = defineSearchAttributeKey('HaloInstance', SearchAttributeType.KEYWORD);

/** `syncing`, `idle`, `paused`, `failing`, `held` or `cursor-expired`. */
export const ConnectionPhase = defineSearchAttributeKey('ConnectionPhase', SearchAttributeType.KEYWORD);

/** When the last completed run ended. */
export const LastSyncedAt = defineSearchAttributeKey('LastSyncedAt', SearchAttributeType.DATETIME);

/** People in the list of rejected. */
export const RejectedUsers = defineSearchAttributeKey('RejectedUsers', SearchAttributeType.INT);

/** All of them; each must be registered in the namespace, or workflow tasks fail until it is. */
export const SEARCH_ATTRIBUTES: readonly ReturnType<typeof defineSearchAttributeKey>[] = [
  SeatGeekConnection,
  HaloInstance,
  ConnectionPhase,
  LastSyncedAt,
  RejectedUsers,
];
