/** The command line of Temporal's dev server (`reference/temporal.md` B.2 and C.2). */
import { TypedSearchAttributes } from '@temporalio/common';
import { SEARCH_ATTRIBUTES } from './search-attributes.js';

export interface DevServerCommandLine {
  readonly port: number;
  /** Without one there is no Web UI. */
  readonly uiPort: number | undefined;
  readonly dbFilename?: string | undefined;
  readonly logLevel?: string | undefined;
  readonly extraArgs?: readonly string[] | undefined;
}

/** Updates are on by default in recent servers; the SDK's test environment asks for them too, so that older ones behave alike. */
const DYNAMIC_CONFIG = [
  'frontend.enableServerVersionCheck=false',
  'frontend.enableUpdateWorkflowExecution=true',
  'frontend.enableUpdateWorkflowExecutionAsyncAccepted=true',
];

/** With a file: write-ahead log, synced at checkpoints. A killed server loses nothing; only a power cut may lose the last moments. */
const SQLITE_PRAGMAS = ['journal_mode=WAL', 'synchronous=NORMAL'];

/** Arguments for the Temporal CLI. Search attributes are registered by the server at every start. */
export function devServerArguments(options: DevServerCommandLine): string[] {
  const { port, uiPort, dbFilename, logLevel = 'error', extraArgs = [] } = options;
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--log-level', logLevel],
    ...(uiPort === undefined ? ['--headless'] : ['--ui-port', String(uiPort), '--ui-disable-news-fetch']),
    ...repeat('--dynamic-config-value', DYNAMIC_CONFIG),
    ...repeat(
      '--search-attribute',
      SEARCH_ATTRIBUTES.map(({ name, type }) => `${name}=${TypedSearchAttributes.toMetadataType(type)}`),
    ),
    ...(dbFilename === undefined ? [] : ['--db-filename', dbFilename, ...repeat('--sqlite-pragma', SQLITE_PRAGMAS)]),
    ...extraArgs,
  ];
}

function repeat(flag: string, values: readonly string[]): string[] {
  return values.flatMap((value) => [flag, value]);
}
