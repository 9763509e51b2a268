/** Whether the field chosen for the SeatGeek ID can hold IDs like those of the feed, as far as its definition tells. */
import type { CallOptions, HaloClient } from '../api/client.js';
import { isCustomField } from '../fields/user-fields.js';
import { readDefinitions } from './resolve-targets.js';
import type { CheckLine } from './setup.js';

/** Halo's numbers of the kinds of field that hold any text (`reference/halo.md` 3.7: one line, and a memo). */
const TEXTS: readonly number[] = [0, 1];

/**
 * Null where there is nothing to say: a field that Halo has by itself, no definitions to be read, or none of ours among them, which another line
 * tells. Throws what reading does.
 */
export async function checkIdField(
  client: HaloClient,
  name: string,
  seatgeekIds: readonly string[],
  call: CallOptions = {},
): Promise<CheckLine | null> {
  if (!isCustomField(name)) return null;
  const definitions = (await readDefinitions(client, call)) ?? [];
  const field = definitions.find((one) => one.name?.toLowerCase() === name.toLowerCase());
  if (field === undefined) return null;
  const check = 'Halo ID field';
  const { type, characterlimit } = field;
  if (typeof type === 'number' && !TEXTS.includes(type)) {
    const hint = 'Choose for users.seatgeekIdField a field of the type Text in Halo.';
    return { check, ok: false, message: `${name} is no text field in Halo (its type is ${type}).`, hint };
  }
  const longest = Math.max(0, ...seatgeekIds.map((id) => id.length));
  if (typeof characterlimit === 'number' && characterlimit > 0 && characterlimit < longest) {
    const message = `${name} holds ${characterlimit} characters, and IDs of the first page have up to ${longest}.`;
    return { check, ok: false, message, hint: 'Raise the limit of the field in Halo, or choose a longer one.' };
  }
  return { check, ok: true, message: `${name} can hold the IDs of the first page (up to ${longest} characters).` };
}
