/** Where the Web UI shows a connection. Pure. */
import { isLoopbackHost } from '../http/addresses.js';
import { workflowIdOf } from '../temporal/task-queue.js';
import { UsageError } from './errors.js';

export interface WebPlace {
  /** Of Temporal's frontend, host:port. */
  readonly address: string;
  readonly namespace: string;
  /** `TEMPORAL_UI_URL`, for a Web UI that stands elsewhere. */
  readonly uiUrl: string | undefined;
}

/** The page that tells the story: current details. `runId` names the cycle that is at work. Throws UsageError `web-ui-unknown`. */
export function webPage({ address, namespace, uiUrl }: WebPlace, name: string, runId: string): string {
  const base = baseOf(address, uiUrl);
  const path = ['namespaces', namespace, 'workflows', workflowIdOf(name), runId].map(encodeURIComponent).join('/');
  return `${base}/${path}/user-metadata`;
}

function baseOf(address: string, uiUrl: string | undefined): string {
  if (uiUrl !== undefined && uiUrl !== '') {
    if (!URL.canParse(uiUrl) || !/^https?:$/.test(new URL(uiUrl).protocol)) {
      throw new UsageError('web-ui-unknown', 'TEMPORAL_UI_URL is not an address', 'Set it like http://localhost:8233.');
    }
    return uiUrl.replace(/\/+$/, '');
  }
  const [host = '', port = ''] = address.split(':');
  if (/\.(tmprl\.cloud|api\.temporal\.io)$/.test(host)) return 'https://cloud.temporal.io';
  // The dev server's Web UI listens a thousand ports above its frontend.
  if (isLoopbackHost(host) && /^\d+$/.test(port)) return `http://${host}:${Number(port) + 1_000}`;
  throw new UsageError(
    'web-ui-unknown',
    `the Web UI of the Temporal at ${host} is not known`,
    'Set TEMPORAL_UI_URL to its address, like https://temporal.example.org.',
  );
}
