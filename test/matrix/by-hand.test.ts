import assert from 'node:assert/strict';
import { HALO_DIALECT } from '../../src/sandbox/dialects.js';
import { customValue } from '../../src/sandbox/halo-store.js';
import { personId } from '../../src/sandbox/person.js';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/start.js';
import { assertRight } from './checks.js';
import { Pipeline } from './pipeline.js';

/** Plain people of the feed's last page, with an e-mail address and new to Halo. */
const NEW_PERSON = 140;
/** In Halo by e-mail address before the import. */
const KNOWN_PERSON = 143;
const PEOPLE = 150;

async function open(options: SandboxOptions = {}): Promise<{ sandbox: Sandbox; pipeline: Pipeline }> {
  const sandbox = await startSandbox({ people: PEOPLE, existing: 20, images: 1, ...options });
  const pipeline = new Pipeline(sandbox, { connection: { seatgeek: { pageSize: 60 }, halo: { writeBatch: 10 } } });
  return { sandbox, pipeline };
}

function haloIdsOf(sandbox: Sandbox, seatgeekId: string): number[] {
  return sandbox.halo
    .users()
    .filter((user) => customValue(user, 'CFSeatGeekID') === seatgeekId)
    .map(({ id }) => id);
}

describe('a person whom somebody creates in Halo by hand in mid-run', function () {
  this.timeout(60_000);

  for (const arrays of HALO_DIALECT.arrays.values) {
    it(`is matched by e-mail address and not doubled (${arrays})`, async () => {
      const { sandbox, pipeline } = await open({ halo: { arrays } });
      try {
        const before = sandbox.halo.users();
        const { email } = sandbox.seatgeek.feed.person(NEW_PERSON);
        assert.ok(typeof email === 'string' && email.includes('@'));
        const hold = sandbox.faults.add({ system: 'halo', kind: 'hold', match: { method: 'POST', nth: 3 } });
        const running = pipeline.sync();
        await hold.struck();
        const byHand = sandbox.halo.store.create({ name: 'By hand', emailaddress: email.toUpperCase(), notes: 'mine' });
        hold.release();
        await running;
        const seatgeekId = personId(sandbox.seatgeek.feed.population, NEW_PERSON);
        assert.deepEqual(haloIdsOf(sandbox, seatgeekId), [byHand]);
        assert.deepEqual(sandbox.halo.store.user(byHand)?.['notes'], 'mine');
        assert.equal([...sandbox.halo.store.withEmail(email)].length, 1);
        pipeline.clearCursor();
        await pipeline.sync();
        assert.deepEqual(haloIdsOf(sandbox, seatgeekId), [byHand]);
        // The person was there before, as far as the oracle is concerned.
        const user = sandbox.halo.store.user(byHand)!;
        const asMade = { ...user, name: 'By hand', primary_address: null, addresses: [] };
        const blank = user.customfields.map((field) => ({ ...field, value: null, display: '' }));
        assertRight(pipeline, { before: [...before, { ...asMade, customfields: blank }] }, arrays);
      } finally {
        await pipeline.close();
        await sandbox.close();
      }
    });
  }
});

describe('a person whom somebody edits in Halo in mid-run', function () {
  this.timeout(60_000);

  for (const customFieldsLeftOut of HALO_DIALECT.customFieldsLeftOut.values) {
    for (const searched of ['listed', 'looked up'] as const) {
      it(`keeps the edit of fields that no mapping names (custom fields left out ${customFieldsLeftOut}, ${searched})`, async () => {
        const search =
          searched === 'listed' ? {} : { advancedSearch: 'emailaddress+customfields' as const, advancedSearchIn: true };
        const { sandbox, pipeline } = await open({ halo: { customFieldsLeftOut, ...search } });
        try {
          const before = sandbox.halo.users();
          const { email } = sandbox.seatgeek.feed.person(KNOWN_PERSON);
          const [edited, ...more] = [...sandbox.halo.store.withEmail(String(email))];
          assert.ok(edited !== undefined && more.length === 0);
          const hold = sandbox.faults.add({ system: 'halo', kind: 'hold', match: { method: 'POST', nth: 2 } });
          const running = pipeline.sync();
          await hold.struck();
          const edit = { notes: 'called on Monday', email2: 'new.second@arena.example' };
          sandbox.halo.store.update(edited, edit);
          hold.release();
          await running;
          const now = sandbox.halo.store.user(edited);
          assert.deepEqual({ notes: now?.['notes'], email2: now?.['email2'] }, edit);
          assert.deepEqual(haloIdsOf(sandbox, personId(sandbox.seatgeek.feed.population, KNOWN_PERSON)), [edited]);
          const asEdited = before.map((user) => (user.id === edited ? { ...user, ...edit } : user));
          assertRight(pipeline, { before: asEdited }, 'the rest');
        } finally {
          await pipeline.close();
          await sandbox.close();
        }
      });
    }
  }
});
