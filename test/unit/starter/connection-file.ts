/** A sound connection file, for the starter's tests. */
import type { ConnectionFile } from '../../../src/connection/schema.js';

export function connectionFile(): ConnectionFile {
  return {
    name: 'arena',
    seatgeek: { clientId: { secret: 'seatgeek-client-id' }, clientSecret: { secret: 'seatgeek-client-secret' } },
    halo: {
      url: 'https://acme.halopsa.com',
      clientId: { secret: 'halo-client-id' },
      clientSecret: { secret: 'halo-client-secret' },
    },
    users: {
      seatgeekIdField: 'CFSeatGeekID',
      defaultSite: 18,
      fieldMappings: [
        { from: "first_name + ' ' + last_name", to: 'name' },
        { from: 'email', to: 'emailaddress' },
      ],
    },
  };
}
