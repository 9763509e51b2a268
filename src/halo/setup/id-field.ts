/** Whether the field chosen for the SeatGeek ID can hold IDs like those of the feed, as far as its definition tells. */
import { green, red, type CheckLine } from '../../contract/check-line.js';
import type { CallOptions, HaloClient } from '../api/client.js';
import { isTextType } from '../fields/targets.js';
import { isCustomField } from '../fields/user-fields.js';
import type { WireFieldInfo } from '../api/wire.js';
import { readDefinitions } from './resolve-targets.js';

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
  return field === undefined ? null : idFieldLine(field, name, seatgeekIds);
}

const CHECK = 'Halo ID field';

/** What the definition says of IDs like these. What it leaves out is taken to be right: the first user created proves it. Pure. */
export function idFieldLine(
  { type, characterlimit, readonly }: Partial<Pick<WireFieldInfo, 'type' | 'characterlimit' | 'readonly'>>,
  name: string,
  seatgeekIds: readonly string[],
): CheckLine {
  if (typeof type === 'number' && !isTextType(type)) {
    const hint = 'Choose for users.seatgeekIdField a field of the type Text in Halo.';
    return red(CHECK, { message: `${name} is no text field in Halo (its type is ${type}).`, hint });
  }
  const longest = Math.max(0, ...seatgeekIds.map((id) => id.length));
  if (typeof characterlimit === 'number' && characterlimit > 0 && characterlimit < longest) {
    const message = `${name} holds ${characterlimit} characters, and IDs of the first page have up to ${longest}.`;
    return red(CHECK, { message, hint: 'Raise the limit of the field in Halo, or choose a longer one.' });
  }
  if (readonly !== true)
    return green(CHECK, `${name} can hold the IDs of the first page (up to ${longest} characters).`);
  // Whether Halo refuses such a field over its API too is not known.
  return green(
    CHECK,
    `${name} is read-only in Halo, and may not keep the IDs. If it does not, the first import stops with the first person.`,
    'Take the read-only mark off the field in Halo, or choose another one for users.seatgeekIdField.',
  );
}
