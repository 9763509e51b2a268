import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Survey, type Image } from '../../../src/seatgeek/survey.js';
import { sequenceOf } from '../mapping/sample-connection.js';

const image = (seatgeekId: string, sequence: number | string | null, rest: Partial<Image> = {}): Image => ({
  seatgeekId,
  sequence: typeof sequence === 'number' ? sequenceOf(sequence) : sequence,
  operation: 'upsert',
  row: { id: seatgeekId, sequence },
  ...rest,
});

/** Those of a feed that are the newest of their person. */
function newestOf(feed: readonly Image[], survey = new Survey()): Image[] {
  feed.forEach((event, index) => survey.note(event, index + 1, null));
  return feed.filter((event, index) => survey.isNewest(event, index + 1));
}

describe('the survey', () => {
  it('knows the last image per person for the newest', () => {
    const [a1, b, a2] = [image('a', 1), image('b', 2), image('a', 3)];
    assert.deepEqual(newestOf([a1, b, a2]), [b, a2]);
  });

  it('knows an older image that comes later by its sequence', () => {
    const [newer, older] = [image('a', 9), image('a', 8)];
    assert.deepEqual(newestOf([newer, older]), [newer]);
  });

  it('lets the later of two equal sequences win', () => {
    const [first, second] = [image('a', 1), image('a', 1, { row: { id: 'a', name: 'second' } })];
    assert.deepEqual(newestOf([first, second]), [second]);
  });

  it('compares sequences in any case', () => {
    const [newer, older] = [image('a', 0xab), image('a', sequenceOf(0xaa).toUpperCase())];
    assert.deepEqual(newestOf([newer, older]), [newer]);
  });

  for (const odd of [null, '17']) {
    it(`goes by feed order where a sequence is ${String(odd)}`, () => {
      const [first, second] = [image('a', 9), image('a', odd)];
      assert.deepEqual(newestOf([first, second]), [second]);
      assert.deepEqual(newestOf([second, first]), [first]);
    });
  }

  it('remembers the highest sequence across one that can not be compared', () => {
    const [newest, odd, older] = [image('a', 9), image('a', null), image('a', 8)];
    assert.deepEqual(newestOf([newest, odd, older]), [odd]);
  });

  it('takes the lowest sequence there is', () => {
    const lowest = image('a', '00000000:00000000:0000/00000000:00000000:0000');
    assert.deepEqual(newestOf([lowest]), [lowest]);
  });

  it('says nothing of a person after an unknown operation', () => {
    const [known, unknown] = [image('a', 1), image('a', 2, { operation: 'unknown' })];
    assert.deepEqual(newestOf([known, unknown]), [known, unknown]);
    const [, late] = [0, image('a', 3)];
    assert.deepEqual(newestOf([known, unknown, late]), [late]);
  });

  it('takes ids in another letter case, or padded, for the same', () => {
    const [lower, upper] = [image('ab-1', 1), image(' AB-1 ', 2)];
    assert.deepEqual(newestOf([lower, upper]), [upper]);
  });

  it('tells images by their content where neither sequence nor place does', () => {
    const survey = new Survey();
    const rows = ['old', 'new'].map((name) => ({ id: 'a', name }));
    rows.forEach((row, index) => survey.note(image('a', null, { row }), index + 1, null));
    const isNewest = rows.map((row) => survey.isNewest(image('a', null, { row }), undefined));
    assert.deepEqual(isNewest, [false, true]);
  });

  it('takes an image for the newest that stands where it never looked', () => {
    const survey = new Survey();
    survey.note(image('a', null, { row: { id: 'a', name: 'old' } }), 1, null);
    assert(survey.isNewest(image('a', null, { row: { id: 'a', name: 'new' } }), 2));
    assert(survey.isNewest(image('b', null), 3));
  });

  it('answers the highest sequence as it was', () => {
    const survey = new Survey();
    survey.note(image('a', 0xabc), 1, null);
    survey.note(image('a', 0xab), 2, null);
    assert.equal(survey.newestSequence('a'), sequenceOf(0xabc));
    assert.equal(survey.newestSequence('b'), null);
  });

  it('knows which addresses several living people come with now', () => {
    const survey = new Survey();
    survey.note(image('a', 1), 1, 'one@example.org');
    survey.note(image('b', 1), 2, 'one@example.org');
    survey.note(image('c', 1), 3, 'two@example.org');
    assert(survey.isEmailShared('one@example.org'));
    assert(!survey.isEmailShared('two@example.org'));
    survey.note(image('b', 2, { operation: 'delete' }), 4, 'one@example.org');
    assert(!survey.isEmailShared('one@example.org'));
    survey.note(image('a', 2), 5, 'two@example.org');
    assert(survey.isEmailShared('two@example.org'));
  });

  it('counts marks by person, the last one given', () => {
    const survey = new Survey();
    for (const id of ['a', 'b', 'c']) survey.note(image(id, 1), 1, null);
    for (const id of ['a', 'b', 'c']) survey.mark(id, 'create');
    survey.mark('b', 'deactivate');
    survey.mark('c', null);
    survey.note(image('a', 2), 2, null);
    assert.deepEqual([survey.marked('create'), survey.marked('deactivate'), survey.marked('overwrite')], [1, 1, 0]);
  });

  it('finds everybody again among many', () => {
    const survey = new Survey();
    const people = 40_000;
    for (let n = 0; n < people; n += 1) survey.note(image(`person-${n}`, n), n, null);
    assert.equal(survey.people, people);
    for (let n = 0; n < people; n += 997) assert.equal(survey.newestSequence(`person-${n}`), sequenceOf(n));
  });

  it('ends with the newest per person in any order and with repeats', () => {
    const history = fc.array(fc.record({ id: fc.constantFrom('a', 'b', 'c'), number: fc.nat(20) }), { maxLength: 40 });
    fc.assert(
      fc.property(history, (entries) => {
        const feed = entries.map(({ id, number }, n) => image(id, number, { row: { id, n } }));
        const newest = new Map<string, number>();
        for (const { id, number } of entries) newest.set(id, Math.max(newest.get(id) ?? 0, number));
        assert.deepEqual(
          new Map(newestOf(feed).map(({ seatgeekId, sequence }) => [seatgeekId, sequence])),
          new Map([...newest].map(([id, number]) => [id, sequenceOf(number)])),
        );
      }),
    );
  });
});
