/** Reads a connection file from disk. What is in it is checked by `check.ts`. */
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { ConfigError, errorCode } from '../errors.js';
import { isObject } from '../json.js';
import { positionIn } from '../mapping/expression.js';
import { MAX_FILE_BYTES } from './file-size.js';
import { firstErrorIn } from './json-position.js';
import { nearest } from './nearest.js';
import type { ConnectionFile } from './schema.js';

/** Only that it is an object; its members are for `checkConnection`. */
const anyFile = z.custom<ConnectionFile>(isObject);

/**
 * The file as it is on disk, not yet checked. Throws ConfigError: `file-missing`, `file-unreadable`, `file-too-large`, or
 * `file-not-json` with line and column.
 */
export async function loadConnectionFile(path: string): Promise<ConnectionFile> {
  const text = (await readText(path)).replace(/^\uFEFF/, '');
  if (Buffer.byteLength(text) > MAX_FILE_BYTES) {
    throw new ConfigError(
      'file-too-large',
      `${path} is larger than ${MAX_FILE_BYTES / 1_024} KB`,
      'Is it the right file?',
      path,
    );
  }
  const file = anyFile.safeParse(parseJson(text, path));
  if (file.success) return file.data;
  throw new ConfigError('file-not-json', `${path} holds no JSON object`, 'See connections/example.json.', path);
}

async function readText(path: string): Promise<string> {
  try {
    const bytes = await readFile(path);
    if (isUtf16(bytes)) {
      throw new ConfigError('file-not-json', `${path} is written in UTF-16`, 'Save it as UTF-8.', path);
    }
    return bytes.toString('utf8');
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const code = errorCode(error) || 'unreadable';
    if (code === 'ENOENT') {
      const near = await nearFile(path);
      throw new ConfigError(
        'file-missing',
        `there is no file ${path}${near === undefined ? '' : `; did you mean ${near}?`}`,
        'Name an existing file; connections/example.json is one to copy.',
        path,
      );
    }
    throw new ConfigError('file-unreadable', `${path} can't be read (${code})`, 'Name a file that may be read.', path);
  }
}

/** A file beside it with nearly the same name. */
async function nearFile(path: string): Promise<string | undefined> {
  const names = await readdir(dirname(path)).catch((): string[] => []);
  const stems = names.filter((name) => name.endsWith('.json')).map((name) => basename(name, '.json'));
  const near = nearest(basename(path, '.json'), stems);
  return near === undefined ? undefined : join(dirname(path), `${near}.json`);
}

/** By its mark, or by every other byte of its beginning being zero. */
function isUtf16(bytes: Buffer): boolean {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return true;
  return bytes.length >= 2 && (first === 0 || second === 0);
}

function parseJson(text: string, path: string): unknown {
  if (text.trim() === '') {
    throw new ConfigError('file-not-json', `${path} is empty`, 'connections/example.json is one to copy.', path);
  }
  try {
    return JSON.parse(text);
  } catch {
    const { line, column } = positionIn(text, firstErrorIn(text));
    const lines = text.split('\n');
    const rest = lines[line - 1]?.slice(Math.max(0, column - 2)) ?? '';
    if (/^.?\s*(\/\/|\/\*|#)/.test(rest)) {
      throw new ConfigError(
        'file-not-json',
        `${path} has a comment: line ${line}, column ${column}`,
        'JSON has no comments: take it out.',
        path,
      );
    }
    throw new ConfigError(
      'file-not-json',
      `${path} is not JSON: line ${line}, column ${column}`,
      'Look at that place, or just before it, for a missing or extra comma, quote or bracket.',
      path,
    );
  }
}
