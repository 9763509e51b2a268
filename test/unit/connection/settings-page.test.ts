import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';
import { settings, settingsPage } from '../../../src/connection/settings-page.js';

const PAGE = 'docs/settings.md';

describe('docs/settings.md', () => {
  it('is the one made from the schema the program applies (else: npm run schema)', async () => {
    const page = await format(settingsPage(), { ...(await resolveConfig(PAGE)), filepath: PAGE });
    assert.equal(await readFile(PAGE, 'utf8'), page);
  });

  it('says of every setting what it does', () => {
    const all = settings();
    assert.ok(all.length > 35, String(all.length));
    assert.deepEqual(
      all.filter(({ description }) => description.length < 10).map(({ place }) => place),
      [],
    );
  });

  it('tells the limits and the defaults that hold', () => {
    const of = (wanted: string) => settings().find(({ place }) => place === wanted);
    assert.deepEqual(
      [of('seatgeek.pageSize')?.takes, of('seatgeek.pageSize')?.unlessSaid],
      ['whole number, 1 to 10,000', '1000'],
    );
    assert.deepEqual(
      [of('users.defaultSite')?.takes, of('users.defaultSite')?.unlessSaid],
      ['whole number of at least 1', 'required'],
    );
    assert.equal(of('halo.tenant')?.unlessSaid, 'none');
    assert.equal(of('users.fieldMappings[].blank')?.takes, '`keep` or `clear`');
  });
});
