import assert from 'node:assert/strict';
import fc from 'fast-check';
import { foldEvents } from '../../../src/mapping/fold.js';
import { sequenceOf } from './sample-connection.js';

interface Event {
  readonly seatgeekId: string;
  readonly sequence: string | null;
  readonly mark: number;
}

let marks = 0;
function event(seatgeekId: string, number: number | null): Event {
  marks += 1;
  return { seatgeekId, sequence: number === null ? null : sequenceOf(number), mark: marks };
}

describe('foldEvents', () => {
  it('keeps the last event per person, in feed order', () => {
    const [a1, b, a2] = [event('a', 1), event('b', 2), event('a', 3)];
    assert.deepEqual(foldEvents([a1, b, a2]), [b, a2]);
  });

  it('drops what is older than what came before', () => {
    const [newer, older] = [event('a', 9), event('a', 8)];
    assert.deepEqual(foldEvents([newer, older]), [newer]);
  });

  it('lets the later of two equal sequences win', () => {
    const [first, second] = [event('a', 1), event('a', 1)];
    assert.deepEqual(foldEvents([first, second]), [second]);
  });

  it('compares sequences in any case', () => {
    const [newer, older] = [event('a', 0xab), event('a', 0xaa)];
    const upper = { ...older, sequence: older.sequence?.toUpperCase() ?? null };
    assert.deepEqual(foldEvents([newer, upper]), [newer]);
  });

  it('goes by feed order where sequences can not be compared', () => {
    const [first, second] = [event('a', 9), event('a', null)];
    assert.deepEqual(foldEvents([first, second]), [second]);
    const odd = { ...event('a', 1), sequence: '17' };
    assert.deepEqual(foldEvents([first, odd]), [odd]);
  });

  it('remembers the newest sequence across one that can not be compared', () => {
    const [newest, unknown, older] = [event('a', 9), event('a', null), event('a', 8)];
    assert.deepEqual(foldEvents([newest, unknown, older]), [unknown]);
  });

  it('takes the lowest sequence there is', () => {
    const lowest = { ...event('a', null), sequence: '00000000:00000000:0000/00000000:00000000:0000' };
    assert.deepEqual(foldEvents([lowest]), [lowest]);
  });

  it('ends with the newest per person in any order and with repeats', () => {
    const history = fc.array(fc.record({ id: fc.constantFrom('a', 'b', 'c'), number: fc.nat(20) }), { maxLength: 40 });
    fc.assert(
      fc.property(history, (entries) => {
        const folded = foldEvents(entries.map(({ id, number }) => event(id, number)));
        const newest = new Map<string, number>();
        for (const { id, number } of entries) newest.set(id, Math.max(newest.get(id) ?? 0, number));
        assert.deepEqual(
          new Map(folded.map(({ seatgeekId, sequence }) => [seatgeekId, sequence])),
          new Map([...newest].map(([id, number]) => [id, sequenceOf(number)])),
        );
      }),
    );
  });
});
