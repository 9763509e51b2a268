/** Random feeds, each imported at several page sizes: what is in Halo afterwards, and who is rejected, must be the same. */
import assert from 'node:assert/strict';
import { sequenceText } from '../../src/sandbox/feed.js';
import { customValue } from '../../src/sandbox/halo-store.js';
import { startSandbox } from '../../src/sandbox/start.js';
import type { FeedRow } from '../../src/seatgeek/types.js';
import { usersByName } from './by-name.js';
import { Dice } from './dice.js';
import { Pipeline } from './pipeline.js';

const SIZES = [1, 2, 7, 100, 1_000];
const PEOPLE = ['sg-1', 'sg-2', 'sg-3', 'sg-4', 'SG-5', 'sg-6'];
const ADDRESSES = ['one@example.org', 'two@example.org', 'three@example.org', null];

/** Imports the feed of this number at every page size. */
export async function assertPageSizeDoesNotMatter(number: number): Promise<void> {
  const rows = randomFeed(new Dice(number));
  const outcomes: unknown[] = [];
  for (const pageSize of SIZES) outcomes.push(await importAt(pageSize, rows));
  for (const [index, outcome] of outcomes.entries())
    assert.deepEqual(
      outcome,
      outcomes.at(-1),
      `feed ${number}, page size ${SIZES[index]}:\n${rows.map((row) => JSON.stringify(row)).join('\n')}`,
    );
}

async function importAt(pageSize: number, rows: readonly FeedRow[]): Promise<unknown> {
  const sandbox = await startSandbox({ people: 0, existing: 0 });
  for (const row of rows) sandbox.seatgeek.feed.append(row);
  const pipeline = new Pipeline(sandbox, { connection: { seatgeek: { pageSize }, users: USERS } });
  try {
    await pipeline.sync();
    const { lastRun, rejected } = pipeline.state;
    assert.ok(lastRun !== null);
    const { people, skipped, rejected: refused, superseded = 0 } = lastRun;
    assert.equal(people + skipped + refused + superseded, rows.length, 'the counts add up to the events');
    return {
      users: sandbox.halo
        .users()
        .map((user) => [
          customValue(user, 'CFSeatGeekID'),
          user.name,
          user.emailaddress,
          user.inactive,
          customValue(user, 'CFLoyaltyTier'),
        ])
        .map((values) => JSON.stringify(values))
        .sort(),
      rejected: rejected.users.map(({ seatgeekId, code }) => `${seatgeekId.toLowerCase()} ${code}`).sort(),
    };
  } finally {
    await pipeline.close();
    await sandbox.close();
  }
}

const USERS = usersByName({ from: 'loyalty_tier', to: 'CFLoyaltyTier' }, { from: 'birthday', to: 'date_of_birth' });

/** Images out of order, repeated, refused, without a usable value, deleted, of unknown operations, with shared addresses. */
function randomFeed(dice: Dice): FeedRow[] {
  const isOdd = new Map(PEOPLE.map((id) => [id, dice.chance(0.25)]));
  return Array.from({ length: 3 + dice.integer(0, 13) }, (_, number) => {
    const id = dice.one(PEOPLE);
    const fate = dice.integer(0, 99);
    return {
      id: dice.chance(0.1) ? `${id.toUpperCase()}  ` : id,
      first_name: 'Ada',
      last_name: fate < 12 ? 'x'.repeat(400) : `${id} ${number}`,
      email: dice.one(ADDRESSES),
      loyalty_tier: dice.one(['Gold', 'Silver']),
      birthday: fate > 88 ? 'unknown' : null,
      _ringside_operation: dice.one(['U', 'U', 'U', 'U', 'U', 'D', 'X']),
      _ringside_sequence:
        isOdd.get(id) === true && dice.chance(0.5) ? dice.one([null, 'odd']) : sequenceText(dice.integer(0, 11)),
    };
  });
}
