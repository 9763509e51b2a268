/**
 * How long workflow code may compute at a time. Thousands of signals that come together take seconds, more on a busy machine, and where the SDK's five are over
 * Node.js ends the whole process ("async hook stack has become corrupted"), again and again as the task comes back. The SDK takes the option and leaves
 * it out of its types.
 */
export const WORKFLOW_LIMITS = { isolateExecutionTimeout: '1 minute' } as const;
