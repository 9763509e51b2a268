import assert from 'node:assert/strict';
import { access, readFile } from 'node:fs/promises';

const TEST = new URL('../', import.meta.url);
const ROW = /^\| (?<fault>.+?) +\| `(?<file>\S+?\.test\.ts)` +\| (?<title>.+?) +\|$/gm;

/** Fault by fault: its test's file and title. */
async function listed(): Promise<Record<string, string>[]> {
  const [, section = ''] = (await readFile(new URL('faults/README.md', TEST), 'utf8')).split('## Fault by fault');
  return [...section.matchAll(ROW)].map(({ groups }) => ({ ...groups }));
}

describe('the list of faults', () => {
  it('names tests that exist, by their titles', async () => {
    const rows = await listed();
    assert.ok(rows.length >= 60, `${rows.length} rows`);
    const missing: string[] = [];
    for (const { fault = '', file = '', title = '' } of rows) {
      const source = (await readFile(new URL(file, TEST), 'utf8')).replaceAll("\\'", "'");
      if (!source.includes(title)) missing.push(`${fault}: ${file}: ${title}`);
    }
    assert.deepEqual(missing, []);
  });

  it('names files that exist', async () => {
    const text = await readFile(new URL('faults/README.md', TEST), 'utf8');
    const files = [...text.matchAll(/`([\w/-]+\.test\.ts)`/g)].map(([, file = '']) => file);
    assert.ok(files.length > 60);
    for (const file of files) await access(new URL(file.replace(/^core-net/, 'faults/core-net'), TEST));
  });
});
