/** `npm run temporal`: Temporal's dev server with Web UI on this machine, until Ctrl-C. */
import { resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { z } from 'zod';
import { SyncError } from '../errors.js';
import { startDevServer } from './dev-server.js';

const optionsSchema = z.object({
  port: z.number(),
  uiPort: z.number(),
  dbFilename: z.string(),
  ephemeral: z.boolean().default(false),
  uiCodecEndpoint: z.string().optional(),
});

const command = new Command('npm run temporal --')
  .description("Starts Temporal's dev server with its Web UI, the search attributes of this program registered.")
  .option('--port <port>', 'port of the server', parsePort, 7233)
  .option('--ui-port <port>', 'port of the Web UI', parsePort, 8233)
  .option('--db-filename <file>', 'database file, kept from start to start', '.data/temporal.db')
  .option('--ui-codec-endpoint <url>', 'codec server that opens sealed answers for the Web UI (npm run codec-server)')
  .option('--ephemeral', 'keep everything in memory and forget it at the end');

function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new InvalidArgumentError('a port is 1 to 65535');
  return port;
}

async function main(): Promise<void> {
  const { port, uiPort, dbFilename, ephemeral, uiCodecEndpoint } = optionsSchema.parse(command.parse().opts());
  const file = ephemeral ? undefined : resolve(dbFilename);
  const asked = signalled();
  const server = await startDevServer({
    port,
    uiPort,
    dbFilename: file,
    extraArgs: uiCodecEndpoint === undefined ? [] : ['--ui-codec-endpoint', uiCodecEndpoint],
    ownProcessGroup: true,
    logLevel: 'warn',
    log: (text) => void process.stderr.write(text),
    signal: asked,
  });
  process.stdout.write(
    `Temporal   ${server.address}\nWeb UI     ${server.uiUrl}\nDatabase   ${file ?? 'in memory'}\nCtrl-C ends it.\n`,
  );
  asked.addEventListener('abort', () => void server.stop());
  if (asked.aborted) await server.stop();
  await server.ended;
  if (!asked.aborted) throw new Error("Temporal's dev server ended by itself");
}

/** Aborts at the first signal that asks this process to end. */
function signalled(): AbortSignal {
  const abort = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => abort.abort(new Error('stopped before the server had started')));
  }
  return abort.signal;
}

main().catch((error: unknown) => {
  const hint = error instanceof SyncError ? `\n${error.hint}` : '';
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}${hint}\n`);
  process.exitCode = 1;
});
