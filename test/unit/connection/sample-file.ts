/** A connection file that is right, as plain JSON, with places to change. */
export type Json = Record<string, unknown>;

export function sampleFile(users: Json = {}, rest: Json = {}): Json {
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
      ...users,
    },
    ...rest,
  };
}

/** A file with these mappings beside the one for `name`. */
export function withMappings(...mappings: Json[]): Json {
  return sampleFile({ fieldMappings: [{ from: 'first_name', to: 'name' }, ...mappings] });
}

/** A file whose Halo section is changed. */
export function withHalo(halo: Json): Json {
  const file = sampleFile();
  const section: unknown = file['halo'];
  return { ...file, halo: { ...(typeof section === 'object' ? section : {}), ...halo } };
}
