/**
 * Columns that the feed of clients likely has: SeatGeek's list is not public (`reference/seatgeek.md` 1.8). Only for a first proposal made
 * without asking the feed; the feed itself has the last word.
 */
export const KNOWN_COLUMNS: readonly string[] = [
  'id',
  'prefix',
  'first_name',
  'middle_name',
  'last_name',
  'email',
  'home_phone',
  'business_phone',
  'mobile_phone',
  'address_line_1',
  'address_line_2',
  'city',
  'state',
  'postal_code',
  'country',
  'birthday',
];
