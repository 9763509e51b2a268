import assert from 'node:assert/strict';
import {
  ConfigError,
  CredentialsRefusedError,
  CursorExpiredError,
  DriftError,
  SyncError,
  TransientError,
} from '../../../src/errors.js';
import { HttpFailure } from '../../../src/http/http.js';
import { PageNotHadError } from '../../../src/seatgeek/errors.js';
import { createFeedClient } from '../../../src/seatgeek/feed-client.js';
import { page, startFakeSeatGeek, type Answer, type FakeSeatGeek } from './fake-seatgeek.js';

const HTML: Answer = { text: '<html>Are you a robot?</html>', headers: { 'content-type': 'text/html' } };

const CURSOR_PAGE: Answer = {
  text: '<!doctype html><style>a{cursor:pointer}</style><p>No such page',
  headers: { 'content-type': 'text/html' },
};

describe('the feed client', () => {
  let fake: FakeSeatGeek;

  beforeEach(async () => {
    fake = await startFakeSeatGeek();
  });

  afterEach(() => fake.close());

  const client = (timeoutMs = 10_000) => createFeedClient({ ...fake, timeoutMs });
  const read = (cursor: string | null, timeoutMs?: number) => client(timeoutMs).readPage({ cursor, limit: 100 });

  async function refusal(answer: Answer, cursor: string | null, timeoutMs?: number): Promise<SyncError> {
    fake.feed = [answer];
    const error: unknown = await read(cursor, timeoutMs).then(
      () => assert.fail('the page was accepted'),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof SyncError, String(error));
    return error;
  }

  it('asks for the start of history without a cursor', async () => {
    await read(null);
    const [asked] = fake.feedRequests;
    assert.equal(asked?.path, '/v1/clients');
    assert.deepEqual(asked.query, { limit: '100' });
    assert.equal(asked.headers.authorization, 'Bearer token-1');
    assert.equal(asked.headers.accept, 'application/json');
  });

  it('takes an address with slashes at its end, and any status of success', async () => {
    const seatgeek = { ...fake.connection.seatgeek, apiUrl: `${fake.connection.seatgeek.apiUrl}//` };
    fake.feed = [{ status: 299, body: { has_more: false, data: [] } }];
    await createFeedClient({ ...fake, connection: { seatgeek } }).readPage({ cursor: null, limit: 1 });
    assert.equal(fake.feedRequests[0]?.path, '/v1/clients');
  });

  it('sends the cursor as it came, whatever it holds', async () => {
    const cursor = 'a+b/c==&limit=1 é';
    await read(cursor);
    assert.deepEqual(fake.feedRequests[0]?.query, { cursor, limit: '100' });
  });

  it('answers rows and columns with stray quotes removed and unknown keys kept', async () => {
    const columns = [{ column: 'id', postgres_type: 'uuid' }, { column: '"user"' }];
    fake.feed = [
      page([{ id: '1', '"user"': 'x', brand_new: { a: 1 } }], {
        has_more: true,
        surprise: 1,
        metadata: { table_definition: columns },
      }),
    ];
    const { characters, ...rest } = await read('here');
    assert.equal(characters, 196);
    assert.deepEqual(rest, {
      cursor: 'here',
      nextCursor: 'next',
      hasMore: true,
      rows: [{ id: '1', user: 'x', brand_new: { a: 1 } }],
      columns: ['id', 'user'],
      columnTypes: { id: 'uuid' },
    });
  });

  for (const cursor of [null, '', undefined]) {
    it(`keeps the cursor when a caught-up feed answers ${String(cursor)}`, async () => {
      fake.feed = [page([], { cursor })];
      const { nextCursor, hasMore } = await read('here');
      assert.deepEqual({ nextCursor, hasMore }, { nextCursor: 'here', hasMore: false });
    });
  }

  const ends: [string, Answer][] = [
    ['204', { status: 204, text: '' }],
    ['an empty body', { text: '' }],
    ['blanks', { text: ' \n' }],
    ['null for the rows', page([], { data: null })],
    ['rows that are left out', page([], { cursor: 'here', data: undefined })],
  ];
  for (const [title, answer] of ends) {
    it(`takes ${title} for the end of the feed`, async () => {
      fake.feed = [answer];
      const { rows, hasMore, cursor } = await read('here');
      assert.deepEqual({ rows, hasMore, cursor }, { rows: [], hasMore: false, cursor: 'here' });
    });
  }

  it('reads a text in which a control character stands raw', async () => {
    fake.feed = [{ text: '{"has_more":false,"cursor":"next","data":[{"id":"1","name":"Jo\tAnn\u0001"}]}' }];
    assert.deepEqual((await read(null)).rows, [{ id: '1', name: 'Jo Ann ' }]);
  });

  it('takes an empty body at the start of history, and after another page than the last, for the end of the feed', async () => {
    const feed = client();
    fake.feed = [{ text: '' }, page([], { has_more: true, cursor: 'there' }), { text: '' }];
    const hasMore = [];
    for (const cursor of [null, 'here', 'elsewhere'])
      hasMore.push((await feed.readPage({ cursor, limit: 100 })).hasMore);
    assert.deepEqual(hasMore, [false, true, false]);
  });

  const names: [string, string][] = [
    ['"id"', 'id'],
    ['id"', 'id'],
    ['`id', 'id'],
    ["'i\"d'", 'i"d'],
    ['""', ''],
    ['"', ''],
  ];
  for (const [name, bare] of names)
    it(`reads the column ${name} as ${bare === '' ? 'one without a name' : bare}`, async () => {
      fake.feed = [page([{ [name]: 'x' }], { metadata: { table_definition: [{ column: name }] } })];
      const { columns, rows } = await read(null);
      assert.deepEqual([columns, rows], [[bare], [{ [bare]: 'x' }]]);
    });

  for (const name of ['"id"', 'id"', '"id'])
    it(`prefers a bare column to ${name}, whichever comes first`, async () => {
      fake.feed = [
        page([
          { id: 'bare', [name]: 'quoted' },
          { [name]: 'quoted', id: 'bare' },
        ]),
      ];
      assert.deepEqual((await read(null)).rows, [{ id: 'bare' }, { id: 'bare' }]);
    });

  it('goes on over an empty page whose cursor moves', async () => {
    fake.feed = [page([], { has_more: true })];
    const { nextCursor, hasMore } = await read('here');
    assert.deepEqual({ nextCursor, hasMore }, { nextCursor: 'next', hasMore: true });
  });

  it('accepts a repeated cursor when there is no more', async () => {
    fake.feed = [page([], { cursor: 'here' })];
    assert.equal((await read('here')).nextCursor, 'here');
  });

  for (const metadata of [undefined, null, 'odd', { table_definition: 'odd' }, { table_definition: [{ name: 1 }] }]) {
    it(`answers no columns for ${JSON.stringify({ metadata })}`, async () => {
      fake.feed = [page([{ id: '1' }], { metadata })];
      const { columns, rows } = await read(null);
      assert.deepEqual([columns, rows], [[], [{ id: '1' }]]);
    });
  }

  it('renews the token once on 401 and counts both requests', async () => {
    fake.feed = [{ status: 401, body: {} }, page([{ id: '1' }])];
    fake.token = ['old', 'new'].map((access_token) => ({ body: { access_token } }));
    const feed = client();
    let counted = 0;
    const { rows } = await feed.readPage({ cursor: null, limit: 100, onRequest: () => (counted += 1) });
    assert.equal(rows.length, 1);
    assert.deepEqual(
      fake.feedRequests.map(({ headers }) => headers.authorization),
      ['Bearer old', 'Bearer new'],
    );
    assert.equal(counted, 2);
  });

  it('gives up after one renewed token', async () => {
    const error = await refusal({ status: 401, body: { message: 'Unauthorized' } }, null);
    assert.ok(error instanceof CredentialsRefusedError);
    assert.deepEqual([error.code, error.setting], ['seatgeek-unauthorized', 'seatgeek.clientSecret']);
    assert.deepEqual([fake.feedRequests.length, fake.tokenRequests.length], [2, 2]);
  });

  const cursorBody = { message: 'Cursor has expired' };
  const refusals: [string, Answer, string | null, new (...args: never[]) => SyncError, string][] = [
    ['403', { status: 403, body: { message: 'no' } }, 'here', CredentialsRefusedError, 'seatgeek-forbidden'],
    ['403 with a web page', { ...HTML, status: 403 }, 'here', TransientError, 'seatgeek-unavailable'],
    ['406', { status: 406, text: '' }, 'here', TransientError, 'seatgeek-unavailable'],
    ['300', { status: 300, body: {} }, 'here', DriftError, 'seatgeek-refused'],
    [
      'a web page that begins like a text',
      { text: 'Are you a robot?', headers: { 'content-type': 'text/html' } },
      'here',
      TransientError,
      'seatgeek-not-json',
    ],
    ['a web page that says it is JSON', { text: '\n <html>' }, 'here', TransientError, 'seatgeek-not-json'],
    [
      '404 that repeats an address whose path speaks of cursors',
      { status: 404, body: { message: 'Cannot GET /cursors/clients?limit=1' } },
      'here',
      ConfigError,
      'seatgeek-address-wrong',
    ],
    [
      '404 that repeats an address that ends in the cursor',
      { status: 404, body: { message: 'Cannot GET /v1/clients?by=cursor' } },
      'here',
      ConfigError,
      'seatgeek-address-wrong',
    ],
    [
      '400 that speaks of the cursor after pages of other things',
      { status: 400, body: { message: `${'no '.repeat(700)}cursor` } },
      'here',
      DriftError,
      'seatgeek-refused',
    ],
    ['408', { status: 408, text: '' }, 'here', PageNotHadError, 'seatgeek-timeout'],
    ['413', { status: 413, text: '' }, 'here', PageNotHadError, 'seatgeek-page-too-large'],
    [
      '400 about the limit',
      { status: 400, body: { message: 'limit is too large' } },
      'here',
      PageNotHadError,
      'seatgeek-page-too-large',
    ],
    ...[{ message: 'limit must be at most 25' }, 'limit must be at most 25'].map(
      (reason): [string, Answer, string, typeof PageNotHadError, string] => [
        `400 about the limit in one of several errors (${typeof reason})`,
        { status: 400, body: { message: 'Validation error', errors: [{ code: 7 }, { message: 'odd' }, reason] } },
        'here',
        PageNotHadError,
        'seatgeek-page-too-large',
      ],
    ),
    [
      '400 about an invalid request whose error is the limit of cursor pagination',
      { status: 400, body: { message: 'Request invalid', errors: [{ message: 'limit is 500 with a cursor' }] } },
      'here',
      PageNotHadError,
      'seatgeek-page-too-large',
    ],
    [
      '400 about the cursor in one of several errors',
      { status: 400, body: { message: 'Validation error', errors: [{ message: 'odd' }, cursorBody] } },
      'here',
      CursorExpiredError,
      'cursor-expired',
    ],
    ['429', { status: 429, text: '' }, 'here', TransientError, 'seatgeek-rate-limited'],
    ...[501, 503, 520, 599].map((status): [string, Answer, string, typeof PageNotHadError, string] => [
      String(status),
      { status, text: '' },
      'here',
      PageNotHadError,
      'seatgeek-unavailable',
    ]),
    ['524', { status: 524, text: '' }, 'here', PageNotHadError, 'seatgeek-timeout'],
    ['500', { status: 500, body: {} }, 'here', PageNotHadError, 'seatgeek-unavailable'],
    ['502 with a web page', { ...HTML, status: 502 }, 'here', PageNotHadError, 'seatgeek-unavailable'],
    ['504', { status: 504, text: '' }, 'here', PageNotHadError, 'seatgeek-timeout'],
    ['a web page with 200', HTML, 'here', TransientError, 'seatgeek-not-json'],
    ['JSON that is cut off', { text: '{"has_more": tr' }, 'here', PageNotHadError, 'seatgeek-answer-cut'],
    ['a connection that breaks off', 'cut', 'here', PageNotHadError, 'seatgeek-unreachable'],
    ['410 for a cursor', { status: 410, text: '' }, 'here', CursorExpiredError, 'cursor-expired'],
    ['400 about the cursor', { status: 400, body: cursorBody }, 'here', CursorExpiredError, 'cursor-expired'],
    ['404 about the cursor', { status: 404, body: cursorBody }, 'here', CursorExpiredError, 'cursor-expired'],
    ['409 about the cursor', { status: 409, body: cursorBody }, 'here', CursorExpiredError, 'cursor-expired'],
    [
      '400 about a cursor beyond the retention limit',
      { status: 400, body: { message: 'This cursor is too old for the retention limit' } },
      'here',
      CursorExpiredError,
      'cursor-expired',
    ],
    ...['cursor not found, whatever the limit', 'cursor not valid, whatever the limit'].map(
      (message): [string, Answer, string, typeof CursorExpiredError, string] => [
        `400 with ${message}`,
        { status: 400, body: { message } },
        'here',
        CursorExpiredError,
        'cursor-expired',
      ],
    ),
    [
      '422 about the pagesize',
      { status: 422, body: { message: 'pagesize is too large' } },
      'here',
      PageNotHadError,
      'seatgeek-page-too-large',
    ],
    [
      '404 in plain text about the cursor',
      { status: 404, text: 'no such cursor' },
      'here',
      CursorExpiredError,
      'cursor-expired',
    ],
    [
      '400 about the limit of cursor pagination',
      { status: 400, body: { message: 'limit must not exceed 500 with cursor pagination' } },
      'here',
      PageNotHadError,
      'seatgeek-page-too-large',
    ],
    [
      '404 that repeats the address with its cursor',
      { status: 404, body: { message: 'Cannot GET /v1/clients?cursor=here&limit=100' } },
      'here',
      ConfigError,
      'seatgeek-address-wrong',
    ],
    [
      '404 with a web page that styles its cursor',
      { ...CURSOR_PAGE, status: 404 },
      'here',
      ConfigError,
      'seatgeek-address-wrong',
    ],
    ['409 with such a page', { ...CURSOR_PAGE, status: 409 }, 'here', TransientError, 'seatgeek-conflict'],
    ['400 with such a page', { ...CURSOR_PAGE, status: 400 }, 'here', DriftError, 'seatgeek-refused'],
    [
      'a cursor too long to be carried',
      { body: { has_more: true, cursor: 'x'.repeat(9_000), data: [] } },
      'here',
      DriftError,
      'envelope-unexpected',
    ],
    [
      '400 about the cursor when none was sent',
      { status: 400, body: cursorBody },
      null,
      DriftError,
      'seatgeek-refused',
    ],
    ['410 when no cursor was sent', { status: 410, text: '' }, null, DriftError, 'seatgeek-refused'],
    [
      '400 about something else',
      { status: 400, body: { message: 'unknown filter' } },
      'here',
      DriftError,
      'seatgeek-refused',
    ],
    ['409 about something else', { status: 409, body: {} }, 'here', TransientError, 'seatgeek-conflict'],
    ['404', { status: 404, body: { message: 'no route' } }, 'here', ConfigError, 'seatgeek-address-wrong'],
    ['a redirect', { status: 302, headers: { location: '/x' } }, 'here', DriftError, 'seatgeek-refused'],
    ['a list', { body: [] }, 'here', DriftError, 'envelope-unexpected'],
    ['has_more as text', page([], { has_more: 'true' }), 'here', DriftError, 'envelope-unexpected'],
    [
      'another cursor without data',
      page([], { cursor: 'there', data: undefined }),
      'here',
      DriftError,
      'envelope-unexpected',
    ],
    ['more without data', page([], { has_more: true, data: undefined }), 'here', DriftError, 'envelope-unexpected'],
    ['data that is no list', page([], { data: {} }), 'here', DriftError, 'envelope-unexpected'],
    ['rows that are no objects', page([['w'], ['x'], ['y'], ['z']]), 'here', DriftError, 'envelope-unexpected'],
    ['more with the same cursor', page([], { has_more: true, cursor: 'here' }), 'here', DriftError, 'cursor-stuck'],
    ['more with a null cursor', page([], { has_more: true, cursor: null }), 'here', DriftError, 'cursor-stuck'],
    ['more with an empty cursor', page([], { has_more: true, cursor: '' }), null, DriftError, 'cursor-stuck'],
    ['more without a cursor', page([], { has_more: true, cursor: undefined }), null, DriftError, 'cursor-stuck'],
  ];
  for (const [title, answer, cursor, kind, code] of refusals) {
    it(`takes ${title} for ${code}`, async () => {
      const error = await refusal(answer, cursor);
      assert.equal(error.code, code);
      assert.ok(error instanceof kind);
    });
  }

  it('takes a page that does not come in time for too large', async () => {
    const error = await refusal('hang', 'here', 50);
    assert.ok(error instanceof PageNotHadError);
    assert.equal(error.code, 'seatgeek-timeout');
  });

  it('takes a closed port for an outage', async () => {
    const gone = await startFakeSeatGeek();
    await gone.close();
    const seatgeek = { ...fake.connection.seatgeek, apiUrl: gone.connection.seatgeek.apiUrl };
    const feed = createFeedClient({ ...fake, connection: { seatgeek } });
    await assert.rejects(feed.readPage({ cursor: null, limit: 1 }), { code: 'seatgeek-unreachable' });
  });

  const failures: [HttpFailure['kind'], string, string, boolean][] = [
    ['connect', 'seatgeek-unreachable', "SeatGeek's feed can not be reached.", false],
    ['proxy', 'seatgeek-unreachable', "SeatGeek's feed can not be reached through the proxy.", false],
    ['reset', 'seatgeek-unreachable', "SeatGeek's feed broke off its answer.", true],
    ['aborted', 'seatgeek-unreachable', "SeatGeek's feed broke off its answer.", true],
    ['timeout', 'seatgeek-timeout', "SeatGeek's feed did not answer in time.", true],
    ['too-large', 'seatgeek-too-large', "SeatGeek's feed answered more than is read at once.", true],
  ];
  for (const [kind, code, message, mayBeThePage] of failures)
    it(`tells of a request that ended with ${kind}`, async () => {
      const { signal } = new AbortController();
      const http = { ...fake.http, request: () => Promise.reject(new HttpFailure(kind, true)) };
      const feed = createFeedClient({
        ...fake,
        http,
        tokens: { get: () => Promise.resolve('t'), renew: () => Promise.resolve('t'), drop: () => undefined },
      });
      for (const given of [{}, { signal }])
        await assert.rejects(feed.readPage({ cursor: null, limit: 1, ...given }), (error) => {
          assert.ok(error instanceof TransientError);
          assert.deepEqual(
            [error.code, error.message, error instanceof PageNotHadError],
            [code, message, mayBeThePage],
          );
          return true;
        });
    });

  for (const [status, hint] of [
    [406, 'It is tried again by itself.'],
    [500, 'It is tried again by itself. SeatGeek has had a daily maintenance window from 09:00 to 12:00 UTC.'],
  ] as const)
    it(`says how it goes on after ${status}`, async () => {
      const error = await refusal({ status, text: '' }, null);
      assert.deepEqual([error.message, error.hint], [`SeatGeek's feed is not available (status ${status}).`, hint]);
    });

  for (const [answer, place] of [
    [page([{ id: '1' }, 'w', 'x', null, 4]), 'data.1'],
    [page([], { has_more: 'true' }), 'has_more'],
    [{ body: [] }, 'body'],
  ] as const)
    it(`names the place where an answer is no page: ${place}`, async () => {
      const { message } = await refusal(answer, null);
      assert.equal(message, `SeatGeek's feed answered something that is no page (${place}).`);
    });

  for (const [body, reason] of [
    [{ message: '', errors: [{ message: 'first' }] }, ': first'],
    [{ errors: [], error_description: 'described', error: 'code' }, ': described'],
    [{ error: 'code' }, ': code'],
    [{ errors: [] }, '.'],
  ] as const)
    it(`quotes the reason of ${JSON.stringify(body)}`, async () => {
      const { message } = await refusal({ status: 400, body }, null);
      assert.equal(message, `SeatGeek's feed refuses the request (status 400)${reason}`);
    });

  it("answers the caller's own reason when the caller gives up", async () => {
    fake.feed = ['hang'];
    const gaveUp = new Error('gave up');
    const abort = new AbortController();
    const pending = client().readPage({
      cursor: null,
      limit: 1,
      signal: abort.signal,
      onRequest: () => setImmediate(() => abort.abort(gaveUp)),
    });
    await assert.rejects(pending, gaveUp);
  });

  it('hands on Retry-After in seconds', async () => {
    const error = await refusal({ status: 429, text: '', headers: { 'retry-after': '7' } }, null);
    assert.ok(error instanceof TransientError);
    assert.equal(error.retryAfterMs, 7_000);
  });

  it('hands on Retry-After as a date', async () => {
    const header = new Date(Date.now() + 60_000).toUTCString();
    const error = await refusal({ status: 503, text: '', headers: { 'retry-after': header } }, null);
    assert.ok(error instanceof TransientError && error.retryAfterMs !== undefined);
    assert.ok(error.retryAfterMs > 0 && error.retryAfterMs <= 60_000);
  });

  it('asks for a smaller page when the answer has no end in sight', async () => {
    const error = await refusal({ text: `{"data":["${'x'.repeat(64 * 1_024 * 1_024)}"]}` }, null);
    assert.ok(error instanceof PageNotHadError);
    assert.equal(error.code, 'seatgeek-too-large');
  });

  it("quotes SeatGeek's reason without what may be a person or a token", async () => {
    const message = 'no client jo.smith@example.com, +31 20 123 4567, token eyJhbGciOiJIUzI1NiJ9.e30.abc at all';
    const error = await refusal({ status: 400, body: { errors: [{ code: 42201, message }] } }, null);
    assert.equal(
      error.message,
      "SeatGeek's feed refuses the request (status 400): no client [removed], [removed], token [removed] at all",
    );
  });

  for (const status of [422, 500, 503])
    it(`does not quote a reason that may speak of a row (status ${status})`, async () => {
      const message = 'client Jane Featherstone, 12 Walnut Crescent can not be serialised';
      const error = await refusal({ status, body: { message } }, 'here');
      assert.doesNotMatch(error.message, /Jane|Featherstone|Walnut/);
    });

  it('takes nothing in answer to a cursor that came with more for no end of the feed', async () => {
    const there = { cursor: 'there', limit: 100, isMorePromised: true };
    fake.feed = [{ text: '' }];
    await assert.rejects(client().readPage(there), TransientError);
    fake.feed = [{ status: 204 }];
    const { hasMore, nextCursor } = await client().readPage(there);
    assert.deepEqual([hasMore, nextCursor], [false, 'there']);
  });

  it('reads a name of hundreds of thousands of quotes in passing', async () => {
    const name = `x${'"'.repeat(400_000)}y"`;
    fake.feed = [page([{ [`"${name}`]: 1 }])];
    const { rows } = await read(null);
    assert.deepEqual(Object.keys(rows[0] ?? {}), [`x${'"'.repeat(400_000)}y`]);
  });
});
