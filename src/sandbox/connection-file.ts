/** The connection file for a sandbox and the secrets it names. */
import type { ConnectionFile } from '../connection/schema.js';
import type { Sandbox } from './start.js';

/** Parts of a connection file that take the place of the sandbox's own, one level deep within each part. */
export type ConnectionOverrides = {
  readonly [part in 'seatgeek' | 'halo' | 'users' | 'integrator']?: Partial<NonNullable<ConnectionFile[part]>>;
};

/** What a sandbox without a limit takes. */
const NO_LIMIT = { requests: 1_000_000, perSeconds: 1 };

/** A whole file; the integrator is off, as on a first day. */
export function sandboxConnection(
  sandbox: Sandbox,
  name = 'arena',
  overrides: ConnectionOverrides = {},
): ConnectionFile {
  const { seatgeek, halo, options } = sandbox;
  return {
    name,
    seatgeek: {
      clientId: { secret: 'seatgeek-client-id' },
      clientSecret: { secret: 'seatgeek-client-secret' },
      apiUrl: seatgeek.apiUrl,
      tokenUrl: seatgeek.tokenUrl,
      audience: seatgeek.audience,
      ...(options.seatgeek.idColumn !== 'id' && { columns: { id: options.seatgeek.idColumn } }),
      ...overrides.seatgeek,
    },
    halo: {
      url: halo.url,
      clientId: { secret: 'halo-client-id' },
      clientSecret: { secret: 'halo-client-secret' },
      ...(options.halo.tenant === 'required' && { tenant: 'sandbox' }),
      ...(options.halo.rateLimit === null && { rateLimit: NO_LIMIT }),
      ...overrides.halo,
    },
    users: { ...sandboxUsers(), ...overrides.users },
    integrator: { enabled: false, ...overrides.integrator },
  };
}

/** The mappings, as plain as a real first set-up. `test/oracle` spells out what they must lead to. */
function sandboxUsers(): ConnectionFile['users'] {
  return {
    seatgeekIdField: 'CFSeatGeekID',
    defaultSite: 18,
    fieldMappings: [
      { from: "first_name + ' ' + last_name", to: 'name' },
      { from: 'first_name', to: 'firstname', blank: 'clear' },
      { from: 'last_name', to: 'surname', blank: 'clear' },
      { from: 'email', to: 'emailaddress', blank: 'clear' },
      { from: 'home_phone', to: 'phonenumber', blank: 'clear' },
      { from: 'mobile_phone', to: 'mobilenumber', blank: 'clear' },
      { from: 'loyalty_tier', to: 'CFLoyaltyTier', blank: 'clear' },
      { from: 'creation_datetime', to: 'CFCustomerSince', when: 'create', blank: 'clear' },
    ],
    staticMappings: [
      { to: 'CFSource', value: 'SeatGeek' },
      { to: 'inactive', value: false },
    ],
    importPrimaryAddress: true,
    primaryAddress: {
      line1: 'address_line_1',
      line2: 'address_line_2',
      line3: 'city',
      line4: "join([state, country], ', ')",
      postcode: 'postal_code',
    },
  };
}

/** Environment variables that hold the sandbox's credentials for a connection of that name. */
export function sandboxSecrets({ seatgeek, halo }: Sandbox, name = 'arena'): Record<string, string> {
  const prefix = name.toUpperCase().replaceAll('-', '_');
  return {
    [`${prefix}_SEATGEEK_CLIENT_ID`]: seatgeek.clientId,
    [`${prefix}_SEATGEEK_CLIENT_SECRET`]: seatgeek.clientSecret,
    [`${prefix}_HALO_CLIENT_ID`]: halo.clientId,
    [`${prefix}_HALO_CLIENT_SECRET`]: halo.clientSecret,
  };
}
