import assert from 'node:assert/strict';
import { HALO_DIALECT, type HaloDialect } from '../../src/sandbox/dialects.js';
import { customValue, type HaloUser } from '../../src/sandbox/halo-store.js';
import { startSandbox, type Sandbox } from '../../src/sandbox/start.js';
import type { ConnectionOverrides } from '../../src/sandbox/connection-file.js';
import { Pipeline } from './pipeline.js';

const SIZE = 50;
const BAD = 17;

interface Stage {
  readonly sandbox: Sandbox;
  readonly pipeline: Pipeline;
}

/** Fifty people in the feed and nobody in Halo. */
async function open(halo: Partial<HaloDialect>, connection: ConnectionOverrides = {}): Promise<Stage> {
  const sandbox = await startSandbox({ people: 0, existing: 0, halo });
  return { sandbox, pipeline: new Pipeline(sandbox, { connection }) };
}

const idOf = (n: number): string => `person-${n}`;

function addPeople(
  { seatgeek }: Sandbox,
  changed: (n: number) => Readonly<Record<string, unknown>> = () => ({}),
): void {
  for (let n = 0; n < SIZE; n += 1) {
    seatgeek.feed.append({
      id: idOf(n),
      first_name: 'Quentin',
      last_name: `Featherstone${n}`,
      email: `quentin.${n}@example.org`,
      home_phone: null,
      mobile_phone: `+44 20 7946 0${100 + n}`,
      loyalty_tier: 'Gold',
      creation_datetime: '2020-01-01 00:00:00',
      address_line_1: `${n} Walnut Crescent`,
      ...changed(n),
    });
  }
}

function present({ halo }: Sandbox): HaloUser[] {
  return halo.users().filter((user) => /^person-\d+$/.test(String(customValue(user, 'CFSeatGeekID') ?? '')));
}

/** All are there but the bad one, who is named with Halo's reason; nothing that was said or kept tells of a person. */
function assertOneRejected({ sandbox, pipeline }: Stage, reason: RegExp): void {
  const ids = present(sandbox).map((user) => customValue(user, 'CFSeatGeekID'));
  assert.equal(new Set(ids).size, ids.length, 'nobody is there twice');
  assert.equal(ids.length, SIZE - 1);
  assert.ok(!ids.includes(idOf(BAD)));
  const { users } = pipeline.state.rejected;
  assert.deepEqual(
    users.map(({ seatgeekId, code }) => [seatgeekId, code]),
    [[idOf(BAD), 'halo-refused']],
  );
  assert.match(users[0]?.message ?? '', reason);
  const told = [JSON.stringify(pipeline.state), ...pipeline.logged].join('\n');
  assert.doesNotMatch(told, /quentin|featherstone|walnut|7946|@example/i);
}

function assertAllThere({ sandbox, pipeline }: Stage): void {
  const ids = present(sandbox).map((user) => customValue(user, 'CFSeatGeekID'));
  assert.deepEqual(ids.sort(), Array.from({ length: SIZE }, (_, n) => idOf(n)).sort());
  assert.deepEqual(pipeline.state.rejected.users, []);
}

async function withStage(stage: Stage, body: () => Promise<void>): Promise<void> {
  try {
    await body();
  } finally {
    await stage.pipeline.close();
    await stage.sandbox.close();
  }
}

const TOO_LONG = { last_name: `Featherstone ${'of the Marches '.repeat(20)}` };

describe('a person whom Halo refuses among fifty', function () {
  this.timeout(60_000);

  for (const arrays of HALO_DIALECT.arrays.values) {
    for (const answerOfMany of HALO_DIALECT.answerOfMany.values) {
      it(`is rejected alone, tried again next run, and accepted once the name is right (${arrays}, ${answerOfMany})`, async () => {
        const stage = await open({ arrays, answerOfMany });
        await withStage(stage, async () => {
          const { sandbox, pipeline } = stage;
          addPeople(sandbox, (n) => (n === BAD ? TOO_LONG : {}));
          await pipeline.run();
          assert.equal(pipeline.state.lastRun?.created, SIZE - 1);
          assertOneRejected(stage, /8152.*truncated/);
          await pipeline.run();
          assertOneRejected(stage, /8152.*truncated/);
          assert.equal(pipeline.state.rejected.users[0]?.attempts, 2);
          const { created } = sandbox.halo.writes;
          sandbox.seatgeek.feed.append({ ...lastRow(sandbox, idOf(BAD)), last_name: 'Featherstone17' });
          await pipeline.run();
          assertAllThere(stage);
          assert.equal(sandbox.halo.writes.created, created + 1);
        });
      });
    }

    it(`is accepted without any command once Halo has the e-mail address free (${arrays})`, async () => {
      const stage = await open({ arrays, duplicateEmail: 'refused' }, { users: { onSharedEmail: 'create' } });
      await withStage(stage, async () => {
        const { sandbox, pipeline } = stage;
        const email = `QUENTIN.${BAD}@example.org`;
        const holder = sandbox.halo.store.create({
          name: 'Else',
          emailaddress: email,
          customFields: { CFSeatGeekID: 'x' },
        });
        addPeople(sandbox);
        await pipeline.run();
        assertOneRejected(stage, /<emailaddress>/);
        await pipeline.run();
        assert.equal(pipeline.state.rejected.users[0]?.attempts, 2);
        sandbox.halo.store.update(holder, { emailaddress: 'else@example.org' });
        for (let turn = 0; turn < 2; turn += 1) await pipeline.run();
        assertAllThere(stage);
      });
    });

    it(`keeps what Halo has when it is an update, and gets it later (${arrays})`, async () => {
      const stage = await open({ arrays });
      await withStage(stage, async () => {
        const { sandbox, pipeline } = stage;
        addPeople(sandbox);
        await pipeline.run();
        assertAllThere(stage);
        addPeople(sandbox, (n) => ({ loyalty_tier: 'Silver', ...(n === BAD && TOO_LONG) }));
        await pipeline.run();
        const tiers = (): unknown[] => present(sandbox).map((user) => customValue(user, 'CFLoyaltyTier'));
        assert.deepEqual(
          [tiers().filter((tier) => tier === 'Silver').length, tiers().filter((tier) => tier === 'Gold').length],
          [SIZE - 1, 1],
        );
        assert.equal(pipeline.state.rejected.users[0]?.seatgeekId, idOf(BAD));
        sandbox.seatgeek.feed.append({ ...lastRow(sandbox, idOf(BAD)), last_name: 'Featherstone17' });
        await pipeline.run();
        assertAllThere(stage);
        assert.deepEqual(new Set(tiers()), new Set(['Silver']));
      });
    });
  }
});

function lastRow({ seatgeek }: Sandbox, id: string): Readonly<Record<string, unknown>> {
  const row = [...seatgeek.feed.rows()].findLast((one) => one['id'] === id);
  const columns = Object.fromEntries(Object.entries(row ?? {}).filter(([name]) => name !== '_ringside_sequence'));
  return columns;
}
