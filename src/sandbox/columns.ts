/** The columns of `clients`: a plausible list (`reference/seatgeek.md` 1.8; the real one is not public). */

export const CLIENT_COLUMNS = [
  { column: 'id', postgres_type: 'uuid' },
  { column: 'client_code', postgres_type: 'text' },
  { column: 'is_account', postgres_type: 'boolean' },
  { column: 'is_active', postgres_type: 'boolean' },
  { column: 'is_hidden', postgres_type: 'boolean' },
  { column: 'prefix', postgres_type: 'text' },
  { column: 'first_name', postgres_type: 'text' },
  { column: 'middle_name', postgres_type: 'text' },
  { column: 'last_name', postgres_type: 'text' },
  { column: 'email', postgres_type: 'text' },
  { column: 'home_phone', postgres_type: 'text' },
  { column: 'business_phone', postgres_type: 'text' },
  { column: 'mobile_phone', postgres_type: 'text' },
  { column: 'address_line_1', postgres_type: 'text' },
  { column: 'address_line_2', postgres_type: 'text' },
  { column: 'city', postgres_type: 'text' },
  { column: 'state', postgres_type: 'text' },
  { column: 'postal_code', postgres_type: 'text' },
  { column: 'country', postgres_type: 'text' },
  { column: 'birthday', postgres_type: 'date' },
  { column: 'culture', postgres_type: 'text' },
  { column: 'loyalty_tier', postgres_type: 'text' },
  { column: 'creation_datetime', postgres_type: 'timestamp without time zone' },
  { column: 'last_update_datetime', postgres_type: 'timestamp without time zone' },
  { column: 'account_linked_at', postgres_type: 'timestamp without time zone' },
] as const;

export type ClientColumn = (typeof CLIENT_COLUMNS)[number]['column'];

/** One person's columns. */
export type ClientRow = Record<ClientColumn, string | boolean | null>;
