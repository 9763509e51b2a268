/** The oracle against an importer as simple as can be, and against every way such an importer may go wrong. */
import assert from 'node:assert/strict';
import type { HaloUser, UserDraft } from '../../../src/sandbox/halo-store.js';
import { customValue } from '../../../src/sandbox/halo-store.js';
import type { Sandbox, SandboxOptions } from '../../../src/sandbox/start.js';
import { compare, expectedHaloUsers } from '../../oracle/index.js';
import { openSandbox } from './talk.js';

type Row = Readonly<Record<string, unknown>>;

function text(row: Row, column: string): string {
  const value = row[column];
  return typeof value === 'string' ? value.trim() : '';
}

/** Row by row, in feed order, straight into the store; older images are dropped when a newer one was applied. */
function importPlainly(sandbox: Sandbox, rows: Iterable<Row> = sandbox.seatgeek.feed.rows()): void {
  const { store } = sandbox.halo;
  const applied = new Map<string, string>();
  const byId = new Map<string, number[]>();
  for (const user of sandbox.halo.users()) {
    const id = String(customValue(user, 'CFSeatGeekID') ?? '');
    if (id !== '') byId.set(id, [...(byId.get(id) ?? []), user.id]);
  }
  const link = (id: string, haloId: number): void => void byId.set(id, [haloId]);
  for (const row of rows) {
    const id = row['id'];
    const sequence = text(row, '_ringside_sequence');
    if (typeof id !== 'string' || row['_ringside_operation'] === 'X') continue;
    if (/^[0-9a-f]{8}:/.test(sequence) && sequence < (applied.get(id) ?? '')) continue;
    applied.set(id, sequence);
    applyRow(store, row, id, byId.get(id) ?? [], link);
  }
}

function applyRow(
  store: Sandbox['halo']['store'],
  row: Row,
  id: string,
  known: readonly number[],
  link: (id: string, haloId: number) => void,
): void {
  const [home] = known;
  if (known.length > 1) return;
  if (row['_ringside_operation'] === 'D') {
    if (home !== undefined) store.update(home, { inactive: true });
    return;
  }
  const draft = draftOf(row, id);
  if (text(row, 'last_name').length > 200) return;
  const email = text(row, 'email');
  const found = home !== undefined ? [home] : email.includes('@') ? [...store.withEmail(email)] : [];
  const [target, ...more] = found;
  if (more.length > 0) return;
  if (target === undefined) {
    if (draft['name'] === undefined) return;
    const customFields = { ...draft.customFields, CFCustomerSince: text(row, 'creation_datetime') };
    link(id, store.create({ ...draft, site_id: 18, customFields }));
    return;
  }
  const owner = customValue(store.user(target)!, 'CFSeatGeekID') ?? '';
  if (owner !== '' && owner !== id) return;
  store.update(target, draft);
  link(id, target);
}

function draftOf(row: Row, id: string): UserDraft {
  const name = `${text(row, 'first_name')} ${text(row, 'last_name')}`.trim();
  const line4 = [text(row, 'state'), text(row, 'country')].filter((part) => part !== '').join(', ');
  const address = {
    line1: text(row, 'address_line_1'),
    line2: text(row, 'address_line_2'),
    line3: text(row, 'city'),
    line4,
    postcode: text(row, 'postal_code'),
  };
  return {
    ...(name !== '' && { name }),
    firstname: text(row, 'first_name'),
    surname: text(row, 'last_name'),
    emailaddress: text(row, 'email'),
    phonenumber: text(row, 'home_phone'),
    mobilenumber: text(row, 'mobile_phone'),
    inactive: false,
    customFields: { CFSeatGeekID: id, CFLoyaltyTier: text(row, 'loyalty_tier'), CFSource: 'SeatGeek' },
    ...(Object.values(address).some((line) => line !== '') && { address }),
  };
}

async function imported(options: SandboxOptions = {}): Promise<{ sandbox: Sandbox; before: HaloUser[] }> {
  const sandbox = await openSandbox({ people: 1_200, existing: 60, images: 1.6, ...options });
  const before = sandbox.halo.users();
  importPlainly(sandbox);
  return { sandbox, before };
}

function differences(sandbox: Sandbox, before: HaloUser[], idColumn = 'id'): string[] {
  return compare(sandbox, expectedHaloUsers({ rows: sandbox.seatgeek.feed.rows(), before, idColumn }));
}

describe('oracle', () => {
  for (const options of [{}, { seed: 2 }, { images: 4 }, { seatgeek: { log: 'compacted' } }] as SandboxOptions[]) {
    it(`finds nothing wrong with a plain import: ${JSON.stringify(options)}`, async () => {
      const { sandbox, before } = await imported(options);
      assert.deepEqual(differences(sandbox, before), []);
    });
  }

  it('finds nothing wrong when only the newest images are written', async () => {
    const sandbox = await openSandbox({ people: 1_200, images: 2 });
    const before = sandbox.halo.users();
    const rows = [...sandbox.seatgeek.feed.rows()];
    const newest = new Map<unknown, Row>();
    for (const row of rows) {
      if (row['_ringside_operation'] === 'X' || row['id'] === null) continue;
      const present = newest.get(row['id']);
      const isOlder = present !== undefined && text(row, '_ringside_sequence') < text(present, '_ringside_sequence');
      if (!isOlder) newest.set(row['id'], row);
    }
    importPlainly(
      sandbox,
      rows.filter((row) => newest.get(row['id']) === row),
    );
    assert.deepEqual(differences(sandbox, before), []);
  });

  it('finds nothing wrong after live changes are imported too', async () => {
    const { sandbox, before } = await imported();
    sandbox.addLiveChanges(200);
    assert.notDeepEqual(differences(sandbox, before), []);
    importPlainly(sandbox);
    assert.deepEqual(differences(sandbox, before), []);
  });

  it('finds everybody missing before an import', async () => {
    const sandbox = await openSandbox({ people: 100 });
    const found = differences(sandbox, sandbox.halo.users());
    assert.ok(found.length > 85, `${found.length} differences`);
  });

  const someone = ({ halo }: Sandbox, before: HaloUser[]): HaloUser =>
    halo
      .users()
      .find(
        (user) =>
          !user.inactive &&
          user.id > (before.at(-1)?.id ?? 0) &&
          user.emailaddress !== '' &&
          user.primary_address !== null,
      )!;
  const linked = ({ halo }: Sandbox): HaloUser =>
    halo
      .users()
      .find((user) => customValue(user, 'CFBadgeNumber') !== null && customValue(user, 'CFSource') === 'SeatGeek')!;
  const stranger = ({ halo }: Sandbox): HaloUser =>
    halo.users().find((user) => user.emailaddress.startsWith('staff.'))!;
  const faults: [string, RegExp, (sandbox: Sandbox, before: HaloUser[]) => void][] = [
    [
      'a name',
      /name is "X"/,
      (sandbox, before) => sandbox.halo.store.update(someone(sandbox, before).id, { name: 'X' }),
    ],
    [
      'an e-mail',
      /emailaddress is/,
      (sandbox, before) => sandbox.halo.store.update(someone(sandbox, before).id, { emailaddress: 'x@y' }),
    ],
    [
      'a phone',
      /mobilenumber is "1"/,
      (sandbox, before) => sandbox.halo.store.update(someone(sandbox, before).id, { mobilenumber: '1' }),
    ],
    [
      'a site',
      /site_id_int is 19, due 18/,
      (sandbox, before) => sandbox.halo.store.update(someone(sandbox, before).id, { site_id: 19 }),
    ],
    [
      'somebody inactive',
      /inactive is true/,
      (sandbox, before) => sandbox.halo.store.update(someone(sandbox, before).id, { inactive: true }),
    ],
    [
      'a static field',
      /CFSource is ""/,
      (sandbox, before) => sandbox.halo.store.update(someone(sandbox, before).id, { customFields: { CFSource: '' } }),
    ],
    [
      'an address line',
      /primary_address\.line3 is "X"/,
      (sandbox, before) =>
        sandbox.halo.store.update(someone(sandbox, before).id, {
          address: { line1: '', line2: '', line3: 'X', line4: '', postcode: '' },
        }),
    ],
    [
      'a person gone',
      /is missing in Halo/,
      (sandbox, before) => sandbox.halo.store.remove(someone(sandbox, before).id),
    ],
    [
      'a person twice',
      /times|carried by 2/,
      (sandbox, before) =>
        sandbox.halo.store.create({
          name: 'Twin',
          customFields: { CFSeatGeekID: customValue(someone(sandbox, before), 'CFSeatGeekID') },
        }),
    ],
    ['a user nobody asked for', /is new and nobody/, ({ halo }) => halo.store.create({ name: 'Ghost' })],
    [
      'an unmapped field lost',
      /other2 is ""/,
      (sandbox) => sandbox.halo.store.update(linked(sandbox).id, { other2: '' }),
    ],
    [
      'an unmapped custom field emptied',
      /CFBadgeNumber is null/,
      (sandbox) => sandbox.halo.store.update(linked(sandbox).id, { customFields: { CFBadgeNumber: null } }),
    ],
    [
      'a stranger touched',
      /was changed, but nothing was due/,
      (sandbox) => sandbox.halo.store.update(stranger(sandbox).id, { notes: '' }),
    ],
    ['a stranger gone', /Halo user \d+ is gone/, (sandbox) => sandbox.halo.store.remove(stranger(sandbox).id)],
  ];
  for (const [what, says, spoil] of faults) {
    it(`finds ${what}`, async () => {
      const { sandbox, before } = await imported({ people: 300 });
      spoil(sandbox, before);
      const found = differences(sandbox, before);
      assert.ok(found.length >= 1 && found.length <= 6, found.join('\n'));
      assert.match(found.join('\n'), says);
    });
  }

  it('finds a delete that was not carried out', async () => {
    const { sandbox, before } = await imported({ people: 100 });
    sandbox.seatgeek.feed.remove(5);
    assert.match(differences(sandbox, before).join('\n'), /inactive is false, due true/);
  });

  it('gives an e-mail that two people claim to the first of them', async () => {
    const { sandbox, before } = await imported({ people: 43, images: 1 });
    const [head, member] = [41, 42].map((person) => String(sandbox.seatgeek.feed.person(person)['id']));
    const owners = sandbox.halo.users().map((user) => customValue(user, 'CFSeatGeekID'));
    assert.deepEqual([owners.includes(head!), owners.includes(member!)], [true, false]);
    sandbox.halo.store.update(sandbox.halo.users().find((user) => customValue(user, 'CFSeatGeekID') === head)!.id, {
      customFields: { CFSeatGeekID: member! },
    });
    assert.match(differences(sandbox, before).join('\n'), /went to another person/);
  });
});
