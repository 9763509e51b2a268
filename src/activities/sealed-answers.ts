/** The gate before the two answers that hold people. */
import { ConfigError } from '../errors.js';
import type { ActivityDependencies } from './connection-contexts.js';

const WAY_OUT =
  'Set PAYLOAD_KEYS on the workers and wherever answers are read, so that they are sealed; or PLAIN_ANSWERS=1, if Temporal may keep people as ' +
  'they are.';

/** Throws ConfigError `answers-not-sealed` unless this worker seals its answers or was told that it need not. */
export function assertAnswersSealed({ answersWithPeople = false }: ActivityDependencies): void {
  if (answersWithPeople) return;
  throw new ConfigError(
    'answers-not-sealed',
    `The answer would hold people, and this worker would send it to Temporal unsealed. ${WAY_OUT}`,
    WAY_OUT,
    'PAYLOAD_KEYS',
  );
}
