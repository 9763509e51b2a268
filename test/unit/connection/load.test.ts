import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { firstErrorIn } from '../../../src/connection/json-position.js';
import { positionIn } from '../../../src/mapping/expression.js';
import { loadConnectionFile } from '../../../src/connection/load.js';

describe('loadConnectionFile', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'connection-'));
    file = path.join(folder, 'arena.json');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('answers the file as it is on disk', async () => {
    await writeFile(file, '\uFEFF{"name": "arena"}\n');
    assert.deepEqual(await loadConnectionFile(file), { name: 'arena' });
  });

  it('names a missing file', async () => {
    await assert.rejects(loadConnectionFile(file), { code: 'file-missing', place: file, message: new RegExp(file) });
  });

  it('says when the path is no file', async () => {
    await assert.rejects(loadConnectionFile(folder), { code: 'file-unreadable', message: /EISDIR/ });
  });

  it('names line and column of what is not JSON, and quotes nothing', async () => {
    await writeFile(file, '{\n  "clientSecret": "hush"\n  "x": 1\n}');
    await assert.rejects(
      loadConnectionFile(file),
      (error: Error) => error.message.includes('line 3, column 3') && !error.message.includes('hush'),
    );
  });

  for (const [what, text, column] of [
    ['brackets', '['.repeat(200_000), 200_001],
    ['braces', '{"a":'.repeat(40_000), 200_001],
    ['a text that never ends', `{"a": "${'x'.repeat(250_000)}`, 7],
    ['a text of escapes that never ends', `{"a": "${String.raw`\\`.repeat(120_000)}`, 7],
  ] as const)
    it(`tells the place where a file of ${what} breaks off`, async () => {
      await writeFile(file, text);
      await assert.rejects(loadConnectionFile(file), {
        code: 'file-not-json',
        message: `${file} is not JSON: line 1, column ${column}`,
      });
    });

  it('refuses JSON that is no object', async () => {
    for (const text of ['[]', '7', 'null']) {
      await writeFile(file, text);
      await assert.rejects(loadConnectionFile(file), { code: 'file-not-json' });
    }
  });

  it('refuses a file above 256 KB before reading it as JSON', async () => {
    await writeFile(file, `${' '.repeat(256 * 1_024)}{}`);
    await assert.rejects(loadConnectionFile(file), { code: 'file-too-large' });
  });
});

describe('firstErrorIn', () => {
  const cases: [string, number, number][] = [
    ['', 1, 1],
    ['{', 1, 2],
    ['{"a":1,}', 1, 8],
    ['{"a" 1}', 1, 6],
    ['[1,\n 2\n 3]', 3, 2],
    ["{'a':1}", 1, 2],
    ['{"a": tru}', 1, 7],
    ['{} x', 1, 4],
    ['{"a": "b', 1, 7],
    ['// no', 1, 1],
  ];
  for (const [text, line, column] of cases) {
    it(`finds the error of ${JSON.stringify(text)}`, () => {
      assert.deepEqual(positionIn(text, firstErrorIn(text)), { line, column });
    });
  }

  it('finds none in JSON: it stops at the end', () => {
    fc.assert(fc.property(fc.json(), (text) => assert.equal(firstErrorIn(text), text.length)));
  });
});
