import assert from 'node:assert/strict';
import { firstPageLines } from '../../../src/activities/first-page.js';
import type { Connection } from '../../../src/connection/schema.js';
import type { FeedRow } from '../../../src/seatgeek/types.js';
import { connectionWith, mapRows, pageOf, type Users } from '../mapping/sample-connection.js';
import type { Json } from '../connection/sample-file.js';

const NAME = { from: 'first_name', to: 'name' };
const ada = (rest: FeedRow = {}): FeedRow => ({ id: 'p1', first_name: 'Ada Secret', ...rest });
const bob = (rest: FeedRow = {}): FeedRow => ({ id: 'p2', first_name: 'Bob Secret', ...rest });

async function told(users: Users, rows: readonly FeedRow[], rest: Json = {}): Promise<Record<string, string>> {
  const connection: Connection = connectionWith(users, rest);
  const lines = firstPageLines(connection, pageOf(...rows), await mapRows(connection, ...rows));
  const text = JSON.stringify(lines);
  assert.doesNotMatch(text, /Secret/, 'a line tells a value');
  return Object.fromEntries(
    lines.map(({ check, ok, message, hint = '' }) => [
      check,
      `${ok ? (hint === '' ? 'green' : 'look') : 'red'}: ${message} ${hint}`,
    ]),
  );
}

describe("the set-up report's lines on the first page", () => {
  it('are green when everybody is mapped, and tell what it costs', async () => {
    const lines = await told({}, [ada(), bob()]);
    assert.deepEqual(Object.keys(lines), ['first page', 'Halo requests']);
    assert.match(lines['first page'] ?? '', /^green: All 2 people of its 2 events/);
    assert.match(
      lines['Halo requests'] ?? '',
      /^green: For 10,000 people: first import 225 requests.*nothing changed 105 requests/,
    );
  });

  it("name the expression's own error, its place and an example when everybody is rejected", async () => {
    const lines = await told({ fieldMappings: [NAME, { from: "'on ' + date(born)", to: 'notes' }] }, [
      ada({ born: '10/12/1815 Secret' }),
      bob({ born: '1/1/1900 Secret' }),
    ]);
    assert.match(
      lines['first page'] ?? '',
      /^red: Everybody on it would be rejected \(2 × expression-failed: .*notes.*line 1, column 9: .*like '23\/11\/2026'.*Correct the expression/,
    );
  });

  it('count those who would be rejected, the most frequent reason first', async () => {
    const rows = [ada(), { id: '' }, { id: 'p3', first_name: 'x', n: 'a' }, { id: 'p4', first_name: 'x', n: 'b' }];
    const lines = await told({ fieldMappings: [NAME, { from: 'number(n)', to: 'CFNumber' }] }, rows);
    assert.match(
      lines['first page'] ?? '',
      /^look: 1 people are mapped, 3 would be rejected \(2 × expression-failed.*1 × id-missing/,
    );
  });

  it('say that the ID column can be none', async () => {
    const rows = Array.from({ length: 12 }, () => ({ id: 'venue-7', first_name: 'Ada' }));
    const connection = connectionWith();
    const { people } = await mapRows(connection, rows[0] ?? {});
    const lines = firstPageLines(connection, pageOf(...rows), { people, rejected: [] });
    assert.equal(lines.find(({ check }) => check === 'SeatGeek IDs')?.ok, false);
    const mails = await told({}, [ada({ id: 'ada@secret.example' }), bob({ id: 'bob@secret.example' })]);
    assert.match(mails['first page'] ?? '', /^red: Everybody.*id-unsafe/);
  });

  it('say that everybody would be inactive, and count when it is some', async () => {
    const users = { fieldMappings: [NAME, { from: 'gone', to: 'inactive' }] };
    const all = await told(users, [ada({ gone: true }), bob({ gone: 'true' })]);
    assert.match(all['inactive people'] ?? '', /^red: Everybody on the first page would be inactive/);
    const some = await told(users, [ada({ gone: true }), bob({ gone: false })]);
    assert.match(some['inactive people'] ?? '', /^look: 1 of 2 people/);
  });

  it('count the blanks that would be cleared', async () => {
    const users = { fieldMappings: [NAME, { from: 'phone', to: 'phonenumber', blank: 'clear' }] };
    const lines = await told(users, [ada({ phone: '' }), bob({ phone: '+44 20' })]);
    assert.match(lines['blank values'] ?? '', /^look: Of 2 people .* phonenumber for 1\./);
  });

  it('say that addresses are not imported when one half of it is missing', async () => {
    const lines = await told({ primaryAddress: { line1: 'street' } }, [ada({ street: 'x' })]);
    assert.match(
      lines['addresses'] ?? '',
      /^look: users.primaryAddress maps lines and users.importPrimaryAddress is not true/,
    );
    const both = await told({ importPrimaryAddress: true, primaryAddress: { line1: 'street' } }, [
      ada({ street: 'x' }),
    ]);
    assert.equal(both['addresses'], undefined);
  });

  it('warn of mails to everybody who is imported', async () => {
    const mapped = await told({ staticMappings: [{ to: 'sendwelcomeemail', value: true }] }, [ada()]);
    assert.match(mapped['mails to new people'] ?? '', /^look: .*sendwelcomeemail is mapped/);
    const off = await told({ staticMappings: [{ to: 'sendwelcomeemail', value: false }] }, [ada()]);
    assert.equal(off['mails to new people'], undefined);
  });

  it('name fields that lists lack with their price, and none that is for new people only', async () => {
    const dear = await told({ fieldMappings: [NAME, { from: 'middle', to: 'middle_name' }] }, [ada({ middle: 'x' })]);
    assert.match(
      dear['Halo requests'] ?? '',
      /^look: .*nothing changed 10,105 requests, about 2\.7 h at 300 in 300 s\. middle_name is not in Halo's lists.*"when": "create"/,
    );
    const cheap = await told({ fieldMappings: [NAME, { from: 'middle', to: 'middle_name', when: 'create' }] }, [
      ada({ middle: 'x' }),
    ]);
    assert.match(cheap['Halo requests'] ?? '', /^green/);
  });

  it('have nothing to try on an empty feed', async () => {
    assert.match((await told({}, []))['first page'] ?? '', /^green: The feed holds nobody/);
  });
});
