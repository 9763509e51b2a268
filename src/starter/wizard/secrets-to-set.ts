/** The secrets of a new connection: their names in the file, and the variables that the worker reads. Pure. */
import type { EndpointsFile } from '../../connection/schema.js';
import { secretVariable } from '../../connection/secrets.js';
import { table } from '../text.js';

const REFERENCES = {
  seatgeek: { clientId: { secret: 'seatgeek-client-id' }, clientSecret: { secret: 'seatgeek-client-secret' } },
  halo: { clientId: { secret: 'halo-client-id' }, clientSecret: { secret: 'halo-client-secret' } },
} as const;

/** The references as a file holds them. */
export function secretReferences(): Pick<EndpointsFile, 'seatgeek'> & { halo: Omit<EndpointsFile['halo'], 'url'> } {
  return { seatgeek: { ...REFERENCES.seatgeek }, halo: { ...REFERENCES.halo } };
}

/** The variables, with what each holds. */
export function secretVariables(connectionName: string): { variable: string; holds: string }[] {
  return [
    { ...REFERENCES.seatgeek.clientId, holds: "the client ID of SeatGeek's app" },
    { ...REFERENCES.seatgeek.clientSecret, holds: "the client secret of SeatGeek's app" },
    { ...REFERENCES.halo.clientId, holds: "the client ID of Halo's API application" },
    { ...REFERENCES.halo.clientSecret, holds: "the client secret of Halo's API application" },
  ].map(({ secret, holds }) => ({ variable: secretVariable(connectionName, secret), holds }));
}

/** What to tell whoever runs the worker. */
export function secretLines(connectionName: string): string[] {
  return [
    'Set these where the worker runs, in its environment (then restart it), or as files of these names in its SECRETS_DIR:',
    ...table(
      secretVariables(connectionName).map(({ variable, holds }) => [{ text: `  ${variable}` }, { text: holds }]),
    ),
  ];
}
