/** A connection file that is right, with places to change. */
import type { ConnectionFile } from '../../../src/connection/schema.js';

/** Plain JSON. */
export type Json = Record<string, unknown>;

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

export function sampleFile(users: Json = {}, rest: Json = {}): Json {
  const file = connectionFile();
  return { ...file, users: { ...file.users, ...users }, ...rest };
}

/** A file with these mappings beside the one for `name`. */
export function withMappings(...mappings: Json[]): Json {
  return sampleFile({ fieldMappings: [{ from: 'first_name', to: 'name' }, ...mappings] });
}

/** A file whose Halo section is changed. */
export function withHalo(halo: Json): Json {
  const file = connectionFile();
  return { ...file, halo: { ...file.halo, ...halo } };
}
