import assert from 'node:assert/strict';
import { seatGeekDialect } from '../../../src/sandbox/dialects.js';
import { createHistory } from '../../../src/sandbox/feed-history.js';
import { sequenceText } from '../../../src/sandbox/feed.js';
import { personId } from '../../../src/sandbox/person.js';

const rows = [...createHistory({ seed: 1, people: 2_000, images: 2 }, seatGeekDialect()).rows()];

function text(row: (typeof rows)[number], column: string): string {
  return String(row[column]);
}

describe('sandbox SeatGeek: history', () => {
  it('has about as many images as asked for', () => {
    assert.ok(rows.length > 3_600 && rows.length < 4_400, `${rows.length} rows`);
  });

  it('has deletes, comebacks and deletes of people never seen', () => {
    const deleted = new Set(rows.filter((row) => row['_ringside_operation'] === 'D').map((row) => text(row, 'id')));
    const known = new Set(rows.filter((row) => row['_ringside_operation'] === 'U').map((row) => text(row, 'id')));
    const cameBack = rows.filter(
      (row, at) =>
        row['_ringside_operation'] === 'U' &&
        rows.slice(0, at).some((other) => other['_ringside_operation'] === 'D' && other['id'] === row['id']),
    );
    assert.ok(deleted.size > 10);
    assert.ok([...deleted].some((id) => !known.has(id)));
    assert.ok(cameBack.length > 0);
  });

  it('has an older image more than a page after the newer one', () => {
    const newest = new Map<string, { at: number; sequence: string }>();
    const late = rows.some((row, at) => {
      const id = text(row, 'id');
      const sequence = text(row, '_ringside_sequence');
      const known = newest.get(id);
      if (known === undefined || sequence > known.sequence) newest.set(id, { at, sequence });
      return known !== undefined && sequence < known.sequence && at - known.at > 500;
    });
    assert.ok(late);
  });

  const cases: [string, (row: (typeof rows)[number]) => boolean][] = [
    ['people without an e-mail', (row) => row['email'] === null],
    ['e-mails with blanks around them', (row) => /^ .* $/.test(text(row, 'email'))],
    [
      'e-mails in odd case',
      (row) => /^[A-Z].*@.*Example/.test(text(row, 'email')) || /^[A-Z]/.test(text(row, 'email')),
    ],
    ['e-mails without an @', (row) => row['email'] !== null && !text(row, 'email').includes('@')],
    ['organisations', (row) => row['is_account'] === true && row['first_name'] === null],
    ['people without a name', (row) => row['first_name'] === null && row['last_name'] === null],
    ['names beyond Halo’s column', (row) => text(row, 'last_name').length > 255],
    ['names in other scripts', (row) => /[\u3040-\u30ff\u4e00-\u9fff]/.test(text(row, 'first_name'))],
    ['rows without a key', (row) => row['id'] === null],
    ['an operation nobody knows', (row) => row['_ringside_operation'] === 'X'],
    ['sequences that can’t be compared', (row) => text(row, '_ringside_sequence').startsWith('backfill-')],
  ];
  for (const [what, holds] of cases) it(`has ${what}`, () => assert.ok(rows.some(holds)));

  it('has families with one e-mail', () => {
    const owners = new Map<string, Set<string>>();
    for (const row of rows) {
      const email = text(row, 'email').trim().toLowerCase();
      if (email.includes('@')) owners.set(email, (owners.get(email) ?? new Set()).add(text(row, 'id')));
    }
    assert.ok([...owners.values()].some((ids) => ids.size === 2));
  });

  it('never gives two people one key', () => {
    const ids = Array.from({ length: 5_000 }, (_, index) => personId({ seed: 9, people: 2_000 }, index));
    assert.equal(new Set(ids).size, ids.length);
  });

  it('prints sequences that sort as text like their numbers', () => {
    const numbers = [0, 1, 2, 255, 4_096, 65_535, 65_536, 1_000_000];
    assert.deepEqual(numbers.map(sequenceText).sort(), numbers.map(sequenceText));
  });
});
