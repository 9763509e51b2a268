#!/usr/bin/env node
/** `npm run codec-server`: opens sealed answers for the Web UI and the Temporal CLI of those who may. See docs/personal-data.md. */
import { readCodecServerSettings } from './codec-server/settings.js';
import { startCodecServer } from './codec-server/start.js';
import { SyncError } from './errors.js';
import { interrupted } from './interrupted.js';
import { createLogger } from './worker/logger.js';

async function main(): Promise<void> {
  const settings = readCodecServerSettings(process.env);
  const logger = createLogger('info');
  const asked = interrupted();
  const server = await startCodecServer(settings, logger);
  logger.info('codec server started', {
    url: server.url,
    keys: settings.keys.map(({ id }) => id),
    origins: [...settings.origins],
    open: settings.token === undefined,
  });
  await asked;
  await server.close();
  logger.info('codec server stopped', {});
}

main().catch((error: unknown) => {
  const text = error instanceof SyncError ? `${error.message}\n${error.hint}` : String(error);
  process.stderr.write(`${text}\n`);
  process.exitCode = 1;
});
