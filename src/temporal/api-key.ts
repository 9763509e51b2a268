/** The key of Temporal Cloud, from the environment or a file, and its change without a restart. */
import type { Logger } from '@temporalio/common';
import type { NativeConnection } from '@temporalio/worker';
import { readProcessSecret, type Environment } from '../connection/process-secret.js';

const VARIABLE = 'TEMPORAL_API_KEY';
const LOOK_EVERY_MS = 30_000;

/** `TEMPORAL_API_KEY`, or the file of that name in `SECRETS_DIR`. Throws ConfigError naming the file that can't be read. */
export function readApiKey(env: Environment): string | undefined {
  return readProcessSecret(env, VARIABLE);
}

/** Looks every 30 seconds whether the key has changed, and uses the new one from then on. Answers how to stop. */
export function keepApiKey(
  connection: Pick<NativeConnection, 'setApiKey'>,
  env: Environment,
  logger: Logger,
  everyMs = LOOK_EVERY_MS,
): () => void {
  let used = readApiKey(env);
  if (used === undefined) return () => undefined;
  const look = async (): Promise<void> => {
    try {
      const key = readApiKey(env);
      if (key === undefined || key === used) return;
      await connection.setApiKey(key);
      used = key;
      logger.info(`${VARIABLE} has changed: the new one is used`, {});
    } catch (error) {
      logger.warn(`${VARIABLE} could not be read again`, { error });
    }
  };
  const timer = setInterval(() => void look(), everyMs).unref();
  return () => clearInterval(timer);
}
