/** Search for people's data and secrets in what was written somewhere. */
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { sandboxSecrets } from '../../src/sandbox/connection-file.js';
import type { Sandbox } from '../../src/sandbox/start.js';
import type { World } from './world.js';

/** Shorter values stand in ordinary text by chance. */
const SHORTEST = 6;

/** What people type into a phone field and the program says too (`operation-unknown`). */
const ORDINARY_WORDS = new Set(['unknown']);

const PERSONAL = [
  'first_name',
  'middle_name',
  'last_name',
  'email',
  'home_phone',
  'business_phone',
  'mobile_phone',
  'address_line_1',
  'address_line_2',
  'postal_code',
];

/** Everything personal that SeatGeek told, and every secret. */
export function canaries(sandbox: Sandbox): string[] {
  const rows = [...sandbox.seatgeek.feed.rows()];
  const values = rows.flatMap((row) => PERSONAL.map((column) => row[column]));
  const texts = values.filter((value): value is string => typeof value === 'string').map((value) => value.trim());
  return [...new Set([...texts, ...Object.values(sandboxSecrets(sandbox, 'arena'))])].filter(
    (text) => text.length >= SHORTEST && !ORDINARY_WORDS.has(text.toLowerCase()),
  );
}

/** One pass over each file: the canaries that begin with the six characters at hand are compared there. */
export function leaks(written: ReadonlyMap<string, Buffer>, texts: readonly string[]): string[] {
  const byBeginning = new Map<string, string[]>();
  for (const text of texts) {
    const canary = Buffer.from(text.toLowerCase()).toString('latin1');
    const beginning = canary.slice(0, SHORTEST);
    byBeginning.set(beginning, [...(byBeginning.get(beginning) ?? []), canary]);
  }
  const found = new Set<string>();
  for (const [file, content] of written) {
    const text = content.toString('latin1').toLowerCase();
    for (let at = 0; at + SHORTEST <= text.length; at += 1) {
      for (const canary of byBeginning.get(text.slice(at, at + SHORTEST)) ?? []) {
        if (text.startsWith(canary, at)) found.add(`${file}: ${canary}`);
      }
    }
  }
  return [...found];
}

/** Database, write-ahead log and worker log, byte by byte. */
export async function everythingWritten(world: World): Promise<Map<string, Buffer>> {
  const files = (await readdir(world.folder)).filter((file) => /^temporal\.db|\.log$/.test(file));
  const contents = await Promise.all(files.map((file) => readFile(path.join(world.folder, file))));
  return new Map(files.map((file, index) => [file, contents[index] ?? Buffer.alloc(0)]));
}
