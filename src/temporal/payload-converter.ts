/**
 * How a worker reads what is sent to a workflow. What can't be read (broken JSON, an encoding that nobody knows) becomes a symbol, which no JSON can be: the
 * checks of arguments leave it out or refuse it as anything else that they do not know. Temporal's own converter throws, and a signal that can't be
 * read would fail its workflow task for ever. What a step answers, or is given, can't be left out and still throws.
 *
 * Loaded by its path, in the worker and in the workflow bundle: `@temporalio/common` only.
 */
import { defaultPayloadConverter, type PayloadConverter } from '@temporalio/common';

/** Found by this name. */
export const payloadConverter: PayloadConverter = {
  toPayload: (value) => defaultPayloadConverter.toPayload(value),
  fromPayload: (payload, context) => {
    try {
      return defaultPayloadConverter.fromPayload(payload);
    } catch (error) {
      if (context?.type !== 'workflow') throw error;
      // A symbol has any type that a caller takes what was sent for, until it has looked.
      return Symbol('not readable') as never;
    }
  },
};
