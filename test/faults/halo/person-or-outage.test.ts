import assert from 'node:assert/strict';
import { TransientError } from '../../../src/errors.js';
import { ForbiddenError } from '../../../src/halo/api/errors.js';
import type { MappedPerson } from '../../../src/mapping/types.js';
import type { FaultEffect } from '../../../src/sandbox/faults.js';
import { HaloBench, outcomes, person, type BenchOptions } from '../../unit/halo/halo-bench.js';

const POST_USERS = { method: 'POST', path: '/api/Users' } as const;
const STATUS_500 = { kind: 'status', status: 500 } as const;
const STATUS_400 = { kind: 'status', status: 400 } as const;

/** People of whom each request can be told by a mark in their names. */
function marked(mark: string, count: number, from = 0): MappedPerson[] {
  return Array.from({ length: count }, (_, n) => person(`${mark}${from + n}`, { name: `${mark} no. ${from + n};` }));
}

describe('somebody whom Halo never takes is told from an outage', () => {
  let bench: HaloBench;
  /** Bodies of all writes. */
  let sent: string[];

  const open = async (options: BenchOptions = {}): Promise<void> => {
    bench = await HaloBench.start({ timeoutMs: 250, ...options });
    sent = [];
    meet((body) => sent.push(body) === 0, STATUS_500);
  };
  const meet = (where: (body: string) => boolean, effect: FaultEffect, times = Infinity): void => {
    const match = { ...POST_USERS, where: ({ body }: { body: string }) => where(body), after: 0 };
    bench.sandbox.faults.add({ system: 'halo', ...effect, match, times });
  };
  const write = async (people: readonly MappedPerson[]): Promise<string[]> => outcomes(await bench.run().write(people));
  const rejected = (count: number): string[] => Array<string>(count).fill('rejected');
  /** A change of nothing. */
  const isTrial = (body: string): boolean =>
    /^\[\{"id":\d+,("name":"[^"]*",)?"_dont_fire_automations":true\}\]$/.test(body);
  const isAlone = (body: string): boolean => !isTrial(body) && Array.from(body.matchAll(/no\. /g)).length === 1;

  afterEach(() => bench.close());

  for (const bad of [1, 3])
    for (const others of [1, 5])
      for (const isFirst of [true, false])
        it(`by those refused beside ${bad} with 500: ${others} ${isFirst ? 'after' : 'before'} them`, async () => {
          await open();
          meet((body) => body.includes('bad'), STATUS_500);
          meet((body) => body.includes('wrong'), STATUS_400);
          const [one, other] = [marked('bad', bad), marked('wrong', others)];
          assert.deepEqual(await write(isFirst ? [...one, ...other] : [...other, ...one]), rejected(bad + others));
        });

  it('not by those refused when Halo forbids the application the others', async () => {
    await open();
    meet((body) => body.includes('bad'), { kind: 'status', status: 403 });
    meet((body) => body.includes('wrong'), STATUS_400);
    await assert.rejects(write([...marked('wrong', 1), ...marked('bad', 1)]), ForbiddenError);
  });

  it('not when they are four and nobody is there to try Halo with', async () => {
    await open();
    meet((body) => body.includes('bad'), STATUS_500);
    await assert.rejects(write(marked('bad', 4)), TransientError);
    assert.equal(new Set(sent.filter(isAlone)).size, 4);
  });

  it('by somebody written before who is taken again, whom nobody listed yet', async () => {
    await open({ connection: { halo: { writeBatch: 1 } } });
    meet((body) => body.includes('bad'), { kind: 'html', status: 403 });
    assert.deepEqual(await write([...marked('fine', 1), ...marked('bad', 5)]), ['created', ...rejected(5)]);
  });

  it('by somebody of ours who is refused for another reason', async () => {
    await open();
    await write(marked('fine', 1));
    meet(isTrial, STATUS_400);
    meet((body) => body.includes('bad'), STATUS_500);
    assert.deepEqual(await write(marked('bad', 6)), rejected(6));
  });

  for (const [title, each, strangers] of [
    ['by somebody of ours who is not one of them', 1, 0],
    ['by somebody written before them where the newest users are no people of ours', 3, 101],
  ] as const)
    it(title, async () => {
      await open();
      const people = [...marked('bad', each), ...marked('fine', 1), ...marked('bad', each, each)];
      await write(people);
      for (let n = 0; n < strangers; n += 1) bench.add({ name: 'Stranger', emailaddress: `stranger${n}@example.org` });
      const ids = bench.people().flatMap(({ id, name }) => (name.startsWith('bad') ? [`"id":${id},`] : []));
      meet((body) => ids.some((id) => body.includes(id)), STATUS_500);
      const changed = people.filter((_, n) => n !== each || strangers > 0);
      const outcome = await write(changed.map(({ seatgeekId }, n) => person(seatgeekId, { name: `other no. ${n};` })));
      assert.deepEqual(
        outcome,
        changed.map(({ seatgeekId }) => (seatgeekId === 'fine0' ? 'updated' : 'rejected')),
      );
    });

  it('not by one alone when somebody of ours is not taken either', async () => {
    await open();
    await write(marked('fine', 1));
    meet(() => true, STATUS_500);
    await assert.rejects(write(marked('bad', 1)), TransientError);
  });

  for (const [title, effect, message] of [
    ['500', STATUS_500, /\(status 500\): status 500 whenever this person is sent; others pass$/],
    ['no answer', { kind: 'timeout' }, /\(status 0\): no usable answer whenever this person is sent; others pass$/],
    ["Halo's 403", { kind: 'status', status: 403 }, /\(status 403\): forbidden for this person alone; others pass$/],
    [
      "a firewall's 406",
      { kind: 'html', status: 406 },
      /\(status 406\): forbidden for this person alone; others pass$/,
    ],
    ['an empty list', { kind: 'status', status: 200, body: [] }, /\(status 200\): accepted, and not there afterwards$/],
  ] as const)
    it(`and told so: ${title}`, async () => {
      await open();
      meet((body) => body.includes('bad'), effect);
      const [, settled] = await bench.run().write([...marked('fine', 1), ...marked('bad', 1)]);
      assert.match(settled?.rejection?.message ?? '', message);
    });

  it('by a trial each time that two fail with nobody taken between', async () => {
    await open({ connection: { halo: { writeBatch: 1 } } });
    await write(marked('fine', 1));
    meet((body) => body.includes('bad'), { kind: 'html', status: 403 });
    const people = [...marked('bad', 1), ...marked('good', 1), ...marked('bad', 5, 1)];
    assert.deepEqual(
      await write(people),
      people.map((_, n) => (n === 1 ? 'created' : 'rejected')),
    );
    const kinds = sent.slice(1).map((body) => (isTrial(body) ? 't' : body.includes('bad') ? 'b' : 'g'));
    assert.equal(kinds.join(''), 'bgbbtbbtbbtbbtbbtbbtbbtbbtbt');
  });

  it('after two when nobody can be written any more', async () => {
    await open({ connection: { halo: { writeBatch: 1 } } });
    await write(marked('fine', 1));
    meet(() => true, { kind: 'html', status: 403 });
    await assert.rejects(write(marked('bad', 5)), ForbiddenError);
    assert.equal(new Set(sent.slice(1).filter(isAlone)).size, 2);
  });

  for (const [title, effect, tries] of [
    ['500', STATUS_500, 3],
    ["a firewall's 403", { kind: 'html', status: 403 }, 3],
    ['no answer', { kind: 'timeout' }, 2],
  ] as const)
    for (const failures of [tries - 1, tries])
      it(`after ${tries} tries: ${failures} with ${title}`, async () => {
        await open();
        meet((body) => body.includes('bad'), effect, failures);
        assert.deepEqual(await write(marked('bad', 1)), [failures < tries ? 'created' : 'rejected']);
        assert.equal(sent.length, tries);
      });

  it('and is matched anew when somebody else has created the same person before the next try', async () => {
    await open();
    // Both together twice, then each alone.
    const areUntried = (): boolean => sent.length === 4;
    meet((body) => sent.length <= 4 || body.includes('bad1@'), STATUS_500);
    bench.sandbox.faults.add({
      system: 'halo',
      kind: 'meanwhile',
      match: { path: '/api/Users', method: 'GET', where: areUntried, nth: 1 },
      before: () => bench.add({ name: 'By hand', emailaddress: 'bad0@example.org' }),
    });
    assert.deepEqual(await write(marked('bad', 2)), ['matchedByEmail', 'rejected']);
    assert.deepEqual(
      bench.people().map(({ name }) => name),
      ['bad no. 0;'],
    );
  });
});
