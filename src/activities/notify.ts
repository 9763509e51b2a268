/** Activity: tells a connection's webhook of one change of state. */
import type { StateChange } from '../alerts/message.js';
import { webhookBody } from '../alerts/message.js';
import { parseAddress, postWebhook } from '../alerts/webhook.js';
import { checkConnection } from '../connection/check.js';
import type { Connection, ConnectionFile } from '../connection/schema.js';
import { secretVariable } from '../connection/secrets.js';
import type { ActivityDependencies } from './connection-contexts.js';
import { retriedFailure } from './failures.js';
import { withHeartbeat } from './heartbeat.js';

export interface NotifyRequest {
  readonly config: ConnectionFile;
  readonly change: StateChange;
}

/** Called by connections with a webhook only. */
export interface AlertActivities {
  notify(request: NotifyRequest): Promise<void>;
}

/**
 * Posts once; Temporal repeats what a webhook's outage made fail. Cancelled in the middle it still posts to the end, so that the workflow
 * knows whether the message went out. The hosts of SeatGeek and Halo are not checked: that one of them is refused must be told, too.
 */
export function notify({
  secrets,
  allowedHosts,
  proxies,
}: ActivityDependencies): (request: NotifyRequest) => Promise<void> {
  return ({ config, change }) =>
    withHeartbeat(async (running) => {
      const connection = checkConnection(config);
      const webhook = await webhookOf(connection, secrets);
      if (webhook === null) return;
      const body = webhookBody(connection.name, new URL(connection.halo.url).host, change);
      await postWebhook({
        ...webhook,
        body,
        allowedHosts: allowedHosts.webhook,
        ...(proxies !== undefined && { proxies }),
      });
      running.log(`webhook told: ${change.phase}`, {});
    }, retriedFailure);
}

/** Checks what can be checked without posting: the secret is there and holds an address that may be called. Throws as both do. */
export async function checkWebhook(connection: Connection, deps: ActivityDependencies): Promise<void> {
  const webhook = await webhookOf(connection, deps.secrets);
  if (webhook !== null) parseAddress({ ...webhook, allowedHosts: deps.allowedHosts.webhook });
}

async function webhookOf(
  { name, alerts }: Connection,
  secrets: ActivityDependencies['secrets'],
): Promise<{ address: string; variable: string } | null> {
  if (alerts === undefined) return null;
  const { secret } = alerts.webhook;
  return { address: await secrets.read(name, secret), variable: secretVariable(name, secret) };
}
