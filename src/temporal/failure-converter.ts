/**
 * Puts messages and stack traces of failures into a payload, where the codec seals them. Loaded by its path, in the worker, in clients and in the
 * bundle of sealed workflows: `@temporalio/common` only.
 */
import { DefaultFailureConverter } from '@temporalio/common';

/** Found by this name. */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
