import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extractZipEntry } from '../../../src/temporal/zip-entry.js';
import { zipOf, type ZipMember } from './zip-file.js';

describe('extracting from a zip archive', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'zip-'));
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function extract(members: readonly ZipMember[], suffix: string, comment?: string): Promise<string> {
    const archive = join(folder, 'a.zip');
    await writeFile(archive, zipOf(members, comment));
    const target = join(folder, 'out');
    await extractZipEntry(archive, suffix, target, 0o755);
    return readFile(target, 'utf8');
  }

  const long = 'content '.repeat(10_000);
  const first = { name: 'x.dist-info/METADATA', content: 'not this' };

  it('finds a compressed member behind others', async () => {
    assert.equal(await extract([first, { name: 'x.data/scripts/it', content: long }], 'scripts/it'), long);
  });

  it('finds a member that is only stored, before others and with a comment at the end', async () => {
    assert.equal(await extract([{ name: 'it', content: long, deflated: false }, first], 'it', 'bye'), long);
  });

  it('makes the file executable', async () => {
    await extract([{ name: 'it', content: 'x' }], 'it');
    assert.equal((await stat(join(folder, 'out'))).mode & 0o700, 0o700);
  });

  it('names what is missing', async () => {
    await assert.rejects(extract([first], 'scripts/it'), /holds no scripts\/it/);
  });

  it('refuses what is no archive', async () => {
    const archive = join(folder, 'a.zip');
    await writeFile(archive, long);
    await assert.rejects(extractZipEntry(archive, 'it', join(folder, 'out'), 0o755), /not a zip archive/);
  });
});
