import assert from 'node:assert/strict';
import type { z } from 'zod';
import type { HaloClient, Query } from '../../../src/halo/api/client.js';
import { HaloRefusalError } from '../../../src/halo/api/errors.js';
import type { LookUpField } from '../../../src/halo/directory/known-user.js';
import { findSearchSupport, lookUp, UnheededError, type Way } from '../../../src/halo/directory/look-up.js';
import { TransientError } from '../../../src/errors.js';

interface Row {
  readonly id: number;
  readonly other1: string;
  readonly emailaddress?: unknown;
}

interface Asked {
  readonly way: 'in' | 'equals' | 'text';
  readonly values: readonly string[];
}

const FIELD: LookUpField = {
  name: 'other1',
  valueOf: ({ other1 }) => (typeof other1 === 'string' ? other1 : null),
};

const WAYS = ['in', 'one', 'equals'] as const;

function askedBy({ search, advanced_search: filters }: Query): Asked {
  if (typeof search === 'string') return { way: 'text', values: [search] };
  const [{ filter_type, filter_value }] = JSON.parse(String(filters)) as [{ filter_type: 0 | 2; filter_value: string }];
  const way = WAYS[filter_type] === 'in' ? 'in' : 'equals';
  return { way, values: way === 'in' ? filter_value.split(',') : [filter_value] };
}

type Answer = (asked: Asked) => { readonly users: readonly Row[]; readonly total?: number };

/** A Halo that does nothing but answer searches. */
class Searched implements HaloClient {
  readonly requests = 0;
  readonly asked: Asked[] = [];

  constructor(private readonly answer: Answer) {}

  async get<T>(_path: string, schema: z.ZodType<T>, query: Query = {}): Promise<T> {
    const asked = askedBy(query);
    this.asked.push(asked);
    const { users, total = users.length } = this.answer(asked);
    return schema.parseAsync({ record_count: total, users });
  }

  readonly post = (): Promise<never> => Promise.reject(new Error('nothing is written'));
  readonly delete = this.post;
  readonly authenticate = this.post;
  readonly ready = this.post;
}

/** The users with these values, numbered by their place. */
const rows = (...values: readonly string[]): Row[] => values.map((other1, place) => ({ id: place + 1, other1 }));
const heedful =
  (...there: readonly string[]): Answer =>
  ({ values }) => ({ users: rows(...there).filter(({ other1 }) => values.includes(other1)) });
const refusing: Answer = () => {
  throw new HaloRefusalError(400, 'Invalid advanced search parameter');
};

const contextOf = (client: HaloClient) => ({ client, fields: { customIds: [] }, call: {} });

describe('what a search can do', () => {
  const many = { way: 'in', values: ['a', 'b'] } as const;
  const one = { way: 'equals', values: ['a'] } as const;
  const cases: readonly (readonly [string, readonly string[], Answer, string | null, readonly Asked[]])[] = [
    ['nobody to ask for', [], heedful(), null, []],
    ['nobody who can be asked for', ['', 'a,b'], heedful('a,b'), null, []],
    ['many values', ['a', 'b', 'c'], heedful('a', 'b', 'c'), 'many', [many]],
    ['one user to ask for, several times', ['a', 'a'], heedful('a'), 'one', [one]],
    [
      'only the first value',
      ['a', 'b'],
      ({ values }) => heedful('a', 'b')({ way: 'in', values: values.slice(0, 1) }),
      'one',
      [many, one],
    ],
    ['two users with one value', ['a'], () => ({ users: rows('a', 'a') }), 'one', [one]],
    ['everybody', ['a', 'b'], () => ({ users: rows('a', 'b', 'c') }), 'none', [many, one]],
    ['others', ['a', 'b'], () => ({ users: rows('c', 'd') }), 'none', [many, one]],
    ['nobody', ['a', 'b'], () => ({ users: [] }), 'none', [many, one]],
    ['a refusal', ['a', 'b'], refusing, 'none', [many, one]],
  ];
  for (const [what, samples, answer, support, asked] of cases)
    it(`is ${support ?? 'not told'} where it finds ${what}`, async () => {
      const client = new Searched(answer);
      assert.equal(await findSearchSupport(contextOf(client), FIELD, samples), support);
      assert.deepEqual(client.asked, asked);
    });

  it('is not told by an outage', async () => {
    const client = new Searched(() => {
      throw new TransientError('halo-unavailable', 'Halo is away.');
    });
    await assert.rejects(findSearchSupport(contextOf(client), FIELD, ['a']), TransientError);
  });
});

describe('looking users up', () => {
  const find = async (
    answer: Answer,
    values: readonly string[],
    way: Way,
    control: string | null,
  ): Promise<{ readonly taken: number[]; readonly asked: readonly Asked[]; readonly isBelieved: boolean }> => {
    const client = new Searched(answer);
    const taken: number[] = [];
    const take = (users: readonly { readonly id: number }[]): void => void taken.push(...users.map(({ id }) => id));
    try {
      await lookUp(contextOf(client), FIELD, values, way, control, take);
      return { taken, asked: client.asked, isBelieved: true };
    } catch (error) {
      if (!(error instanceof UnheededError)) throw error;
      return { taken, asked: client.asked, isBelieved: false };
    }
  };
  const sixty = Array.from({ length: 60 }, (_, n) => `v${n}`);
  const equals = (...values: readonly string[]): Asked[] => values.map((value) => ({ way: 'equals', values: [value] }));

  it('asks for many at once, each time with one who is there', async () => {
    const { taken, asked, isBelieved } = await find(heedful('v3', 'v58', 'here'), sixty, 'many', 'here');
    assert.deepEqual(
      asked.map(({ values }) => [values.length, values.at(-1)]),
      [
        [50, 'here'],
        [12, 'here'],
      ],
    );
    assert.deepEqual([taken, isBelieved], [[1, 3, 2, 3], true]);
  });

  it('asks for one who is there once, also where it is among the values', async () => {
    const { asked } = await find(heedful('a', 'b'), ['a', 'b'], 'many', 'a');
    assert.deepEqual(asked, [{ way: 'in', values: ['b', 'a'] }]);
  });

  const cases: readonly (readonly [
    string,
    Answer,
    readonly string[],
    Way,
    string | null,
    readonly Asked[],
    boolean,
  ])[] = [
    ['nobody', heedful(), [], 'many', null, [], true],
    ['nobody, one by one', heedful(), [], 'one', 'c', [], true],
    [
      'many, the last of whom is there',
      heedful('b'),
      ['a', 'b'],
      'many',
      null,
      [{ way: 'in', values: ['a', 'b'] }],
      true,
    ],
    [
      'many, the last of whom is not there',
      heedful('a'),
      ['a', 'b'],
      'many',
      null,
      [{ way: 'in', values: ['a', 'b'] }],
      false,
    ],
    [
      'many, without the one who must be there',
      heedful('a'),
      ['a'],
      'many',
      'c',
      [{ way: 'in', values: ['a', 'c'] }],
      false,
    ],
    ['what can not stand in a list', heedful('a,b', 'c'), ['a,b'], 'many', 'c', equals('a,b'), true],
    ['one by one', heedful('a', 'b'), ['a', 'b'], 'one', 'c', equals('a', 'b'), true],
    ['one by one, of whom one is missing', heedful('a', 'c'), ['a', 'b'], 'one', 'c', equals('a', 'b', 'c'), true],
    ['one by one, with who must be there', heedful('c'), ['a', 'c'], 'one', 'c', equals('a', 'c'), true],
    ['one by one, nobody there', heedful('a'), ['a', 'b'], 'one', 'c', equals('a', 'b', 'c'), false],
    ['one by one, nobody known to be there', heedful('a'), ['a', 'b'], 'one', null, equals('a', 'b'), false],
    ['a text', heedful('a'), ['a'], 'text', 'c', [{ way: 'text', values: ['a'] }], true],
    [
      'a row that hides who it is',
      () => ({ users: [{ id: 9, other1: 'y', emailaddress: {} }, ...rows('x', 'a')] }),
      ['a'],
      'one',
      'c',
      equals('a'),
      false,
    ],
    ['a list that is too long', () => ({ users: rows('a'), total: 151 }), ['a'], 'one', null, equals('a'), false],
  ];
  for (const [what, answer, values, way, control, asked, isBelieved] of cases)
    it(`is ${isBelieved ? '' : 'not '}believed: ${what}`, async () => {
      const found = await find(answer, values, way, control);
      assert.deepEqual(found.asked, asked);
      assert.equal(found.isBelieved, isBelieved);
    });

  it('takes letter case and padding for nothing', async () => {
    const upper: Answer = () => ({ users: rows(' V1 ') });
    assert.equal((await find(upper, ['v1'], 'one', null)).isBelieved, true);
  });

  it('takes a list of fifty for each value', async () => {
    const emails = Array.from({ length: 100 }, () => 'a');
    let page = 0;
    const pages: Answer = () => ({
      users: rows(...emails).map((row) => ({ ...row, id: row.id + 100 * page++ })),
      total: 150,
    });
    assert.equal((await find(pages, ['a'], 'one', null)).isBelieved, true);
  });
});
