import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach } from 'mocha';
import { fakeConnections } from './builders.js';
import { connectionFile } from '../connection/sample-file.js';
import { said } from './said.js';

const CURSOR = { how: 'terminated', at: '2026-11-27T09:31:49.000Z', people: 12, carried: { cursor: 'c1' } };
const RED = {
  ok: false,
  lines: [
    { check: 'Halo token', ok: true, message: 'Halo accepts the client id and secret.' },
    { check: 'Halo default site', ok: false, message: 'Halo has no site 181.', hint: 'Set users.defaultSite.' },
    { check: 'Halo search', ok: false, message: 'Not checked.', hint: 'Correct the line above first.' },
  ],
};

describe('apply', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'apply-'));
    await writeFile(path.join(folder, 'arena.json'), JSON.stringify(connectionFile()));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('tells below the connection which checks are red, and no other', async () => {
    const { code, text } = await said(['apply', folder], fakeConnections({ report: RED }));
    assert.equal(code, 1);
    const [row, error, ...more] = text.split('\n');
    assert.equal(row, 'arena  failed');
    assert.equal(error, '  error: Halo default site: Halo has no site 181. Set users.defaultSite.');
    assert.match(more.join('\n'), /→ Correct it and see all checks with: npm run starter -- validate .*arena\.json$/);
    assert.equal(more.length, 1);
  });

  it('tells a pipeline the same', async () => {
    const { stdout } = await said(['apply', folder, '--json'], fakeConnections({ report: RED }));
    assert.match(stdout, /"message": "Halo default site: Halo has no site 181\. Set users\.defaultSite\."/);
  });

  it('says before and after that what ended is begun anew', async () => {
    for (const flags of [['--dry-run'], []]) {
      const { code, text } = await said(['apply', folder, ...flags], fakeConnections({ ended: CURSOR }));
      assert.equal(code, 0);
      assert.match(text, /One of that name ended before\..* onboard goes on from the cursor\./);
    }
  });

  it('says of a file that it is no folder', async () => {
    const file = path.join(folder, 'arena.json');
    const { code, text } = await said(['apply', file], fakeConnections());
    assert.equal(code, 2);
    assert.equal(text.split('\n')[0], `error: ${file} is no folder`);
  });
});
