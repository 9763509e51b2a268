import assert from 'node:assert/strict';
import { after, before } from 'mocha';
import type { PreviewAnswer, PreviewReply } from '../../src/activities/answers.js';
import type { PreviewedPerson, ValueChange } from '../../src/contract/previewed-person.js';
import { untilStatus } from '../../src/demo/waiting.js';
import type { HaloUser } from '../../src/sandbox/halo-store.js';
import type { ShownRejectedUser } from '../../src/contract/rejection-reasons.js';
import { createAsking, type Asker } from '../../src/sealing.js';
import { askPreview } from '../../src/starter/sealed-answers.js';
import { previewOf } from '../world/ask-people.js';
import { World } from '../world/world.js';

/** Fields of the sandbox's connection file. */
const FIELDS = ['name', 'firstname', 'surname', 'emailaddress', 'phonenumber', 'mobilenumber', 'inactive'];
const CUSTOM = ['CFSeatGeekID', 'CFLoyaltyTier', 'CFCustomerSince', 'CFSource'];
const LINES = ['line1', 'line2', 'line3', 'line4', 'postcode'] as const;

/** A user in the words of a preview. */
function shown(user: HaloUser | undefined): Map<string, unknown> {
  const values = new Map<string, unknown>();
  for (const field of FIELDS) values.set(field, plain(user?.[field]));
  for (const name of CUSTOM) values.set(name, plain(user?.customfields.find((field) => field.name === name)?.value));
  for (const line of LINES) values.set(`address.${line}`, plain(user?.primary_address?.[line]));
  return values;
}

function plain(value: unknown): unknown {
  return value === undefined || value === '' ? null : value;
}

function differences(user: HaloUser | undefined, now: HaloUser): ValueChange[] {
  const old = shown(user);
  return [...shown(now)].flatMap(([field, after]) => {
    const before = old.get(field) ?? null;
    return before === after ? [] : [{ field, before, after } as ValueChange];
  });
}

/** False and blank are the same flag to Halo. */
function comparable(changes: readonly ValueChange[]): string[] {
  return changes
    .filter(({ before, after }) => !(before === null && after === false))
    .map(({ field, before, after }) => `${field}: ${JSON.stringify(before)} → ${JSON.stringify(after)}`)
    .sort();
}

function idOf(user: HaloUser): unknown {
  return user.customfields.find(({ name }) => name === 'CFSeatGeekID')?.value;
}

describe('a preview of the first 100 change events', function () {
  this.timeout(120_000);
  let world: World;
  let answer: PreviewAnswer;

  before(async () => {
    world = await World.open({ sandbox: { people: 300, seed: 61 } });
    world.startWorker();
    const handle = await world.start(world.connectionFile());
    await untilStatus(handle, ({ phase }) => phase === 'paused');
    answer = await previewOf(handle);
  });
  after(() => world.close());

  it('writes nothing to Halo and counts its requests', () => {
    assert.deepEqual(world.sandbox.halo.writes.all(), []);
    assert.deepEqual(world.sandbox.halo.users(), world.usersBefore);
    assert.equal(answer.haloRequests, world.sandbox.halo.requests.count);
    assert.equal(answer.events, 100);
  });

  it('asked without a key, names nobody: counts, SeatGeek IDs, fields, and how to ask', async () => {
    const reply = await world.handle().executeUpdate<PreviewReply, [number]>('preview', { args: [100] });
    assert.equal(reply.sealed, null);
    assert.match(reply.hint ?? '', /preview/);
    const outcomes = answer.people.map(({ seatgeekId, outcome }) => `${seatgeekId} ${outcome}`);
    assert.deepEqual(
      reply.people.map(({ seatgeekId, outcome }) => `${seatgeekId} ${outcome}`),
      outcomes,
    );
    assert.equal(reply.counts.create, answer.people.filter(({ outcome }) => outcome === 'create').length);
    const text = JSON.stringify(reply);
    const names = answer.people.flatMap(({ name }) => (name === null ? [] : [name]));
    assert.ok(names.length > 50);
    assert.deepEqual(
      names.filter((name) => text.includes(name)),
      [],
    );
  });

  it('can not be opened by a second starter, nor given again as the answer to its next question', async () => {
    const handle = world.handle();
    const [first, second] = [createAsking(), createAsking()];
    const question = { namespace: 'default', workflowId: handle.workflowId, update: 'preview', what: 2 };
    const { sealed } = await handle.executeUpdate<PreviewReply, [number, Asker]>('preview', {
      args: [2, first.asker],
    });
    assert.throws(() => second.open(sealed, question), { code: 'answer-unopened' });
    await assert.rejects(
      askPreview(question, () => Promise.resolve({ sealed })),
      { code: 'answer-unopened' },
    );
    assert.ok(JSON.stringify(first.open(sealed, question)).includes(answer.people[0]?.seatgeekId ?? '?'));
  });

  it('has people to create, to update by ID and by e-mail, and to reject', () => {
    const kinds = new Set(answer.people.map(({ outcome, matchedBy }) => `${outcome} ${matchedBy ?? ''}`.trim()));
    for (const kind of ['create', 'update id', 'update email', 'rejected']) assert.ok(kinds.has(kind), kind);
    const codes = new Set(answer.people.map(({ rejection }) => rejection?.code));
    for (const code of ['email-taken', 'name-missing', 'operation-unknown', 'id-missing'] as const)
      assert.ok(codes.has(code), code);
  });

  it('comes true when the same events are imported, person by person and field by field', async () => {
    const handle = world.handle();
    await handle.signal('import-100');
    await untilStatus(handle, ({ sampleImport }) => sampleImport?.outcome === 'completed');
    const rejected = await handle.query<ShownRejectedUser[]>('rejected');
    const refusedByHalo = new Set(
      rejected.filter(({ code }) => code === 'halo-refused').map(({ seatgeekId }) => seatgeekId),
    );
    const oldUsers = new Map(world.usersBefore.map((user) => [user.id, user]));
    const touched = world.sandbox.halo.users().flatMap((now) => {
      const changes = comparable(differences(oldUsers.get(now.id), now));
      return changes.length === 0
        ? []
        : [`${String(idOf(now))} ${oldUsers.has(now.id) ? now.id : 'new'}\n${changes.join('\n')}`];
    });
    const foreseen = answer.people
      .filter(({ seatgeekId, changes }) => changes.length > 0 && !refusedByHalo.has(seatgeekId))
      .map((person) => `${person.seatgeekId} ${person.haloUserId ?? 'new'}\n${comparable(person.changes).join('\n')}`);
    assert.deepEqual(foreseen.sort(), touched.sort());
    assert.ok(touched.length > 50);

    const reasons = (people: readonly { seatgeekId: string; code: string | undefined }[]): string[] =>
      people
        .filter(({ seatgeekId }) => !refusedByHalo.has(seatgeekId))
        .map(({ seatgeekId, code }) => `${seatgeekId} ${code ?? ''}`)
        .sort();
    const isRejected = ({ outcome }: PreviewedPerson): boolean => outcome === 'rejected';
    assert.deepEqual(
      reasons(
        answer.people.filter(isRejected).map(({ seatgeekId, rejection }) => ({ seatgeekId, code: rejection?.code })),
      ),
      reasons(rejected),
    );
    const { sampleImport } = await untilStatus(handle, () => true);
    assert.ok(sampleImport !== null);
    const count = (...outcomes: string[]): number =>
      answer.people.filter(({ outcome, seatgeekId }) => outcomes.includes(outcome) && !refusedByHalo.has(seatgeekId))
        .length;
    assert.equal(sampleImport.created, count('create'));
    assert.equal(sampleImport.unchanged, count('unchanged'));
    assert.equal(sampleImport.skipped, count('skip'));
    assert.equal(sampleImport.updated + sampleImport.matchedByEmail + sampleImport.deactivated, count('update'));
  });

  it('then has nothing left to change', async () => {
    const again = await previewOf(world.handle());
    const rejected = await world.handle().query<ShownRejectedUser[]>('rejected');
    const refusedByHalo = rejected.filter(({ code }) => code === 'halo-refused').map(({ seatgeekId }) => seatgeekId);
    assert.deepEqual(
      again.people.filter(({ changes }) => changes.length > 0).map(({ seatgeekId }) => seatgeekId),
      refusedByHalo,
    );
  });
});
