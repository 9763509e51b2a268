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
    assert.ok(survey.isNewest(image('a', null, { row: { id: 'a', name: 'new' } }), 2));
    assert.ok(survey.isNewest(image('b', null), 3));
  });

  const changed = { row: { id: 'a', name: 'changed' } };
  const asked: [string, readonly (readonly [Image, number])[], Image, number | undefined, boolean][] = [
    [
      'the only image, changed, at an unknown place',
      [[image('a', null), 1]],
      image('a', null, changed),
      undefined,
      true,
    ],
    ['the only image with a sequence, changed', [[image('a', 1), 1]], image('a', 1, changed), undefined, true],
    [
      'the highest sequence, changed',
      [
        [image('a', 1), 1],
        [image('a', 2), 2],
      ],
      image('a', 2, changed),
      undefined,
      true,
    ],
    [
      'the only image, changed, noted twice',
      [
        [image('a', null), 1],
        [image('a', null), 1],
      ],
      image('a', null, changed),
      undefined,
      true,
    ],
    ['one without a sequence where the newest has one', [[image('a', 1), 1]], image('a', null), undefined, false],
    ['one with a sequence where the newest has none', [[image('a', null), 1]], image('a', 9), undefined, false],
    ['one with a sequence, before the newest, that has none', [[image('a', null), 2]], image('a', 9), 1, false],
    ['a higher sequence at an earlier place', [[image('a', 1), 5]], image('a', 2), 3, true],
    [
      'a higher sequence at an earlier place than two of one sequence',
      [
        [image('a', 1), 5],
        [image('a', 1, { row: { id: 'a', name: 'second' } }), 6],
      ],
      image('a', 2),
      3,
      true,
    ],
    ['a lower sequence at a later place', [[image('a', 2), 5]], image('a', 1), 7, false],
    [
      'an unknown operation of a higher sequence before',
      [[image('a', 1), 5]],
      image('a', 2, { operation: 'unknown' }),
      3,
      false,
    ],
    [
      'an unknown operation whose place is not known',
      [[image('a', 1), 5]],
      image('a', 2, { operation: 'unknown' }),
      undefined,
      false,
    ],
    ...(
      [
        [2, true],
        [3, true],
        [1, false],
        [undefined, false],
      ] as const
    ).map(([place, isNewest]): [string, readonly (readonly [Image, number])[], Image, number | undefined, boolean] => [
      `a changed image at place ${String(place)} of two`,
      [
        [image('a', null), 1],
        [image('a', null, { row: { id: 'a', name: 'second' } }), 2],
        [image('a', null, { row: { id: 'a', name: 'second' } }), 2],
      ],
      image('a', null, changed),
      place,
      isNewest,
    ]),
  ];
  for (const [title, noted, event, place, isNewest] of asked)
    it(`takes for the newest${isNewest ? '' : ' not'} ${title}`, () => {
      const survey = new Survey();
      for (const [one, at] of noted) survey.note(one, at, null);
      assert.equal(survey.isNewest(event, place), isNewest);
    });

  it('answers the highest sequence as it was', () => {
    const survey = new Survey();
    survey.note(image('a', 0xabc), 1, null);
    survey.note(image('a', 0xab), 2, null);
    assert.equal(survey.newestSequence('a'), sequenceOf(0xabc));
    survey.note(image('c', null), 3, null);
    assert.deepEqual([survey.newestSequence('b'), survey.newestSequence('c')], [null, null]);
  });

  it('knows which addresses several living people come with now', () => {
    const survey = new Survey();
    survey.note(image('a', 1), 1, 'one@example.org');
    survey.note(image('b', 1), 2, 'one@example.org');
    survey.note(image('c', 1), 3, 'two@example.org');
    assert.ok(survey.isEmailShared('one@example.org'));
    assert.ok(!survey.isEmailShared('two@example.org'));
    survey.note(image('b', 2, { operation: 'delete' }), 4, 'one@example.org');
    assert.ok(!survey.isEmailShared('one@example.org'));
    survey.note(image('a', 2), 5, 'two@example.org');
    assert.ok(survey.isEmailShared('two@example.org'));
  });

  it('knows nobody by an address that nobody comes with', () => {
    const survey = new Survey();
    for (const [n, id] of ['a', 'b'].entries()) survey.note(image(id, 1), n + 1, null);
    assert.deepEqual([survey.sharesEmail('a'), survey.sharesEmail('nobody')], [false, false]);
  });

  it('knows who shares the address of the newest image, and who has left it', () => {
    const survey = new Survey();
    const [one, two] = ['one@example.org', 'two@example.org'];
    for (const [n, id] of ['a', 'b', 'c', 'd'].entries()) survey.note(image(id, 1), n + 1, id === 'd' ? null : one);
    survey.note(image('b', 2), 5, two);
    survey.note(image('c', 2, { operation: 'delete' }), 6, one);
    survey.note(image('e', 1), 7, one);
    const ids = ['a', 'b', 'c', 'd', 'e', 'nobody'];
    assert.deepEqual(
      ids.map((id) => [survey.sharesEmail(id), survey.hasLeft(id, one), survey.isDeleted(id)]),
      [
        [true, false, false],
        [false, true, false],
        [false, true, true],
        [false, false, false],
        [true, false, false],
        [false, false, false],
      ],
    );
  });

  it('knows the address of the image that counts', () => {
    const survey = new Survey();
    const now = (): string | undefined =>
      ['one', 'two', 'three', 'four'].find((address) => !survey.hasLeft('a', `${address}@example.org`));
    const note = (sequence: number | null, place: number, address: string): string | undefined => {
      survey.note(image('a', sequence), place, `${address}@example.org`);
      return now();
    };
    const addresses = [note(null, 5, 'one'), note(null, 4, 'two'), note(null, 5, 'three'), note(9, 6, 'four')];
    addresses.push(note(8, 7, 'one'), note(10, 2, 'two'));
    assert.deepEqual(addresses, ['one', 'one', 'three', 'four', 'four', 'two']);
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

  it('counts whom of the marked share an address', () => {
    const survey = new Survey();
    const noted = { a: 'one', b: 'one', c: 'two', d: 'one', e: null, f: null };
    for (const [n, [id, email]] of Object.entries(noted).entries()) survey.note(image(id, 1), n + 1, email);
    assert.equal(survey.markedSharing('take'), 0);
    for (const id of ['a', 'b', 'c', 'e', 'f']) survey.mark(id, 'take');
    survey.mark('d', 'create');
    survey.mark('nobody', 'take');
    assert.deepEqual([survey.markedSharing('take'), survey.markedSharing('create'), survey.marked('take')], [2, 1, 5]);
    survey.note(image('b', 2), 7, 'two');
    assert.equal(survey.markedSharing('take'), 3);
  });

  it('knows of somebody who is marked what it knew before', () => {
    const survey = new Survey();
    survey.note(image('a', 7, { operation: 'delete' }), 1, null);
    survey.mark('a', 'deactivate');
    assert.deepEqual([survey.isDeleted('a'), survey.newestSequence('a')], [true, sequenceOf(7)]);
  });

  it('takes a look at everybody once', () => {
    const survey = new Survey();
    survey.note(image('a', 7, { operation: 'delete' }), 1, null);
    assert.deepEqual([survey.isFirstLook('a'), survey.isFirstLook('a')], [true, false]);
    assert.deepEqual([survey.isFirstLook('b'), survey.isFirstLook('b')], [true, true]);
    assert.deepEqual([survey.isDeleted('a'), survey.newestSequence('a')], [true, sequenceOf(7)]);
  });

  it('changes its version with every image that says something', () => {
    const survey = new Survey();
    const versions = [survey.version];
    for (const operation of ['upsert', 'unknown', 'delete'] as const) {
      survey.note(image('a', 1, { operation }), 1, null);
      versions.push(survey.version);
    }
    assert.equal(new Set(versions).size, 3);
    assert.equal(versions[1], versions[2]);
  });

  it('finds everybody again among many', () => {
    const survey = new Survey();
    const people = 40_000;
    for (let n = 0; n < people; n += 1) survey.note(image(`person-${n}`, n), n, null);
    assert.equal(survey.people, people);
    assert.ok(survey.bytes > people * 48 && survey.bytes < people * 70, String(survey.bytes));
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
