/** Recognises what is more likely a secret than a name, so that it isn't repeated in a text. */

/** Client ids of Halo are GUIDs; secrets are long, with capitals, or letters and digits mixed without hyphens. */
export function looksSecret(name: string): boolean {
  if (/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}/i.test(name)) return true;
  return name
    .split('-')
    .some((part) => part.length >= 16 && (/\d/.test(part) || /[A-Z]/.test(part) || part.length >= 24));
}

/** A key is what somebody typed, so it may be a secret in the wrong place: only short plain words are repeated. */
export function isPlainKey(key: string): boolean {
  return /^[$A-Za-z_][\w-]{0,29}$/.test(key) && !(key.length >= 10 && /\d/.test(key));
}
