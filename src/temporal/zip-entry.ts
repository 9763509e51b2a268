/** Takes one file out of a zip archive by streaming, so that a file of 150 MB doesn't pass through memory at once. */
import { createReadStream, createWriteStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createInflateRaw } from 'node:zlib';

interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly compressedBytes: number;
  readonly headerOffset: number;
}

const END_OF_DIRECTORY = 0x06054b50;
const END_BYTES = 22;
const MAX_COMMENT_BYTES = 65_535;
const DIRECTORY_ENTRY_BYTES = 46;
const LOCAL_HEADER_BYTES = 30;
const STORED = 0;
const DEFLATED = 8;

/**
 * Writes the first entry whose name ends in `suffix` to the new file `target`, with `mode`. Throws when there is none, or when the archive
 * uses what plain zip files don't (zip64, encryption, other compressions).
 */
export async function extractZipEntry(archive: string, suffix: string, target: string, mode: number): Promise<void> {
  const file = await open(archive);
  try {
    const entry = (await readDirectory(file)).find(({ name }) => name.endsWith(suffix));
    if (entry === undefined) throw new Error(`the archive holds no ${suffix}`);
    if (entry.method !== STORED && entry.method !== DEFLATED)
      throw new Error('the archive is compressed in an unknown way');
    const start = await dataOffset(file, entry);
    await pipeline(
      createReadStream(archive, { start, end: start + entry.compressedBytes - 1 }),
      entry.method === DEFLATED ? createInflateRaw() : new PassThrough(),
      createWriteStream(target, { mode, flags: 'wx' }),
    );
  } finally {
    await file.close();
  }
}

async function readDirectory(file: FileHandle): Promise<ZipEntry[]> {
  const { size } = await file.stat();
  const tail = await readAt(file, Math.max(0, size - END_BYTES - MAX_COMMENT_BYTES), size);
  const end = lastIndexOf(tail, END_OF_DIRECTORY);
  const directoryBytes = tail.readUInt32LE(end + 12);
  const directoryOffset = tail.readUInt32LE(end + 16);
  return parseDirectory(await readAt(file, directoryOffset, directoryOffset + directoryBytes));
}

function lastIndexOf(bytes: Buffer, signature: number): number {
  for (let at = bytes.length - END_BYTES; at >= 0; at -= 1) if (bytes.readUInt32LE(at) === signature) return at;
  throw new Error('the file is not a zip archive');
}

function parseDirectory(directory: Buffer): ZipEntry[] {
  const entries: ZipEntry[] = [];
  let at = 0;
  while (at + DIRECTORY_ENTRY_BYTES <= directory.length) {
    const nameBytes = directory.readUInt16LE(at + 28);
    entries.push({
      method: directory.readUInt16LE(at + 10),
      compressedBytes: directory.readUInt32LE(at + 20),
      headerOffset: directory.readUInt32LE(at + 42),
      name: directory.toString('utf8', at + DIRECTORY_ENTRY_BYTES, at + DIRECTORY_ENTRY_BYTES + nameBytes),
    });
    at += DIRECTORY_ENTRY_BYTES + nameBytes + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

async function dataOffset(file: FileHandle, { headerOffset }: ZipEntry): Promise<number> {
  const header = await readAt(file, headerOffset, headerOffset + LOCAL_HEADER_BYTES);
  return headerOffset + LOCAL_HEADER_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28);
}

async function readAt(file: FileHandle, start: number, end: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(end - start), 0, end - start, start);
  return buffer.subarray(0, bytesRead);
}
