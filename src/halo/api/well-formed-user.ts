/** Tells, without copying anything, the users in Halo's answers that need no conversion: nearly all of them. Pure. */

type Members = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether the members that this program reads are of the types that `userSchema` makes of them (`reference/halo.md` 3.6, 3.7, 3.9). */
export function isWellFormedUser(user: Members): boolean {
  const { customfields } = user;
  return (
    Number.isSafeInteger(user['id']) &&
    isTextOrNone(user['name']) &&
    isTextOrNone(user['emailaddress']) &&
    isFlagOrNone(user['inactive']) &&
    isWholeOrNone(user['site_id']) &&
    isWholeOrNone(user['site_id_int']) &&
    Array.isArray(customfields) &&
    customfields.every(isWellFormedField) &&
    isWellFormedAddress(user['primary_address'])
  );
}

function isWellFormedField(field: unknown): boolean {
  return isObject(field) && isWholeOrNone(field['id']) && isTextOrNone(field['name']);
}

const LINES = ['line1', 'line2', 'line3', 'line4', 'postcode'] as const;

function isWellFormedAddress(address: unknown): boolean {
  if (address === undefined || address === null) return true;
  return (
    isObject(address) &&
    isWholeOrNone(address['id']) &&
    isWholeOrNone(address['user_id']) &&
    isFlagOrNone(address['primary']) &&
    LINES.every((line) => isTextOrNone(address[line]))
  );
}

function isTextOrNone(value: unknown): boolean {
  return value === undefined || value === null || typeof value === 'string';
}

function isFlagOrNone(value: unknown): boolean {
  return value === undefined || value === null || typeof value === 'boolean';
}

function isWholeOrNone(value: unknown): boolean {
  return value === undefined || value === null || Number.isSafeInteger(value);
}
