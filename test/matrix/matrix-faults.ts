/** Every fault that the references speak of (`reference/seatgeek.md` 6, `reference/halo.md` 3.5 and 5), placed by what a request asks. */
import { isNew, listsNewest, sends, type Asked } from '../../src/sandbox/asked.js';
import type { Fault, FaultEffect, FaultMatch } from '../../src/sandbox/faults.js';

export const MOMENTS = ['early', 'late'] as const;
/** Of two things that every play asks for, the first or the second. */
export type Moment = (typeof MOMENTS)[number];

export interface MatrixFault {
  readonly name: string;
  readonly at: (moment: Moment) => Fault;
  /** The worker waits until its time limit. */
  readonly silent?: boolean;
}

type Json = Readonly<Record<string, unknown>>;

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The page with some members changed. */
const page = (change: (json: Json) => Json): FaultEffect => ({
  kind: 'rewritten-json',
  rewrite: (json) => (isJson(json) ? change(json) : json),
});

const withoutColumn = (name: string) => (json: Json) => {
  const definition = isJson(json['metadata']) ? json['metadata']['table_definition'] : undefined;
  const columns = Array.isArray(definition) ? definition : [];
  return {
    ...json,
    metadata: { table_definition: columns.filter((column) => !isJson(column) || column['column'] !== name) },
  };
};

/** Requests of a kind, and which of them are asked at either moment; every one where nothing is said. */
interface Place extends Pick<FaultMatch, 'method' | 'path'> {
  readonly isEarly?: (asked: Asked) => boolean;
  readonly isLate?: (asked: Asked) => boolean;
}

const hasCursor = ({ query }: Asked): boolean => query.has('cursor');
const FEED: Place = { path: '/v1/clients', isEarly: (asked) => !hasCursor(asked), isLate: hasCursor };
const POST_USERS: Place = {
  method: 'POST',
  path: '/api/Users',
  isEarly: sends(isNew),
  isLate: sends((item) => !isNew(item)),
};
const ANY_USER: Place = {
  method: 'GET',
  path: '/api/Users*',
  isEarly: listsNewest,
  isLate: (asked) => !listsNewest(asked),
};
const POST_ADDRESS: Place = { method: 'POST', path: '/api/Address' };

function matchAt({ isEarly, isLate, ...place }: Place, moment: Moment): FaultMatch {
  const where = moment === 'early' ? isEarly : isLate;
  return { ...place, ...(where !== undefined && { where }) };
}

type Extra = Pick<MatrixFault, 'silent'>;

function once(
  system: Fault['system'],
  place: Place,
  name: string,
  effect: FaultEffect,
  extra: Extra = {},
): MatrixFault {
  return { name, ...extra, at: (moment) => ({ system, ...effect, match: matchAt(place, moment) }) };
}

/** So many requests in a row. */
function burst(system: Fault['system'], place: Place, name: string, effect: FaultEffect, times: number): MatrixFault {
  return { name, at: (moment) => ({ system, ...effect, match: matchAt(place, moment), times }) };
}

const EVERYWHERE: readonly (readonly [string, FaultEffect, Extra?])[] = [
  ['status 500', { kind: 'status', status: 500 }],
  ['status 502 as text', { kind: 'status', status: 502, body: 'Bad gateway', contentType: 'text/plain' }],
  ['status 408', { kind: 'status', status: 408 }],
  ['429', { kind: 'retry-after', seconds: 1, form: 'none' }],
  ['429 with seconds', { kind: 'retry-after', seconds: 1, form: 'seconds' }],
  ['429 with a date', { kind: 'retry-after', seconds: 1, form: 'date' }],
  ['cut before', { kind: 'reset-before' }],
  ['cut after', { kind: 'reset-after-commit' }],
  ['silence', { kind: 'timeout' }, { silent: true }],
  ['half an answer', { kind: 'truncated-json' }],
  ['a web page', { kind: 'html' }],
  ['a web page with 403', { kind: 'html', status: 403 }],
  ['token no longer good', { kind: 'token-401' }],
];

const SEATGEEK: readonly MatrixFault[] = [
  ...EVERYWHERE.map(([name, effect, extra]) => once('seatgeek', FEED, `SeatGeek: ${name}`, effect, extra)),
  burst('seatgeek', FEED, 'SeatGeek: 401 again and again', { kind: 'status', status: 401 }, 4),
  burst('seatgeek', FEED, 'SeatGeek: down for long', { kind: 'status', status: 503 }, 11),
  once('seatgeek', FEED, 'SeatGeek: errors as a list', {
    kind: 'status',
    status: 500,
    body: { errors: [{ code: 50_000, message: 'upstream' }], status: 500 },
  }),
  once('seatgeek', FEED, 'SeatGeek: page changes while it is read', {
    kind: 'status',
    status: 409,
    body: { message: 'TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION' },
  }),
  once(
    'seatgeek',
    FEED,
    'SeatGeek: cursor that stands still',
    page((json) => ({ ...json, has_more: true, cursor: null })),
  ),
  once(
    'seatgeek',
    FEED,
    'SeatGeek: more without a cursor',
    page((json) => ({ ...json, has_more: true, cursor: '' })),
  ),
  once(
    'seatgeek',
    FEED,
    'SeatGeek: page without data',
    page((json) => ({ ...json, data: undefined })),
  ),
  once(
    'seatgeek',
    FEED,
    'SeatGeek: has_more as text',
    page((json) => ({ ...json, has_more: 'yes' })),
  ),
  once('seatgeek', FEED, 'SeatGeek: mapped column missing', page(withoutColumn('email'))),
  once('seatgeek', { ...FEED, isEarly: hasCursor }, 'SeatGeek: cursor expired', {
    kind: 'status',
    status: 410,
  }),
  burst('seatgeek', { path: '/oauth/token' }, 'SeatGeek: token refused', { kind: 'status', status: 403 }, 2),
  burst('seatgeek', { path: '/oauth/token' }, 'SeatGeek: too many tokens', { kind: 'status', status: 429 }, 2),
];

export const LOST_ANSWERS: readonly (readonly [string, FaultEffect, Extra?])[] = [
  ['cut after', { kind: 'reset-after-commit' }],
  ['silence after', { kind: 'timeout-after-commit' }, { silent: true }],
  ['500 after', { kind: 'status-after-commit', status: 500 }],
  ['504 after', { kind: 'status-after-commit', status: 504 }],
  ['half an answer', { kind: 'truncated-json' }],
];

const HALO: readonly MatrixFault[] = [
  ...EVERYWHERE.map(([name, effect, extra]) => once('halo', ANY_USER, `Halo read: ${name}`, effect, extra)),
  ...EVERYWHERE.map(([name, effect, extra]) => once('halo', POST_USERS, `Halo write: ${name}`, effect, extra)),
  ...LOST_ANSWERS.map(([name, effect, extra]) => once('halo', POST_USERS, `Halo write lost: ${name}`, effect, extra)),
  ...LOST_ANSWERS.map(([name, effect, extra]) =>
    once('halo', POST_ADDRESS, `Halo address lost: ${name}`, effect, extra),
  ),
  burst('halo', { path: '/api/*' }, 'Halo: down for long', { kind: 'status', status: 503 }, 30),
  burst('halo', { path: '/api/*' }, 'Halo: 401 again and again', { kind: 'status', status: 401 }, 4),
  burst('halo', POST_USERS, 'Halo: rights taken away for a while', { kind: 'status', status: 403 }, 2),
  burst('halo', { path: '/auth/token' }, 'Halo: token refused', { kind: 'status', status: 401 }, 2),
  once('halo', POST_USERS, 'Halo: a deadlock told as 400', {
    kind: 'status',
    status: 400,
    body: { ClassName: 'System.Exception', Message: 'A database error occurred (1205) - Transaction was deadlocked.' },
  }),
  burst('halo', { path: '/api/FieldInfo*' }, 'Halo: custom fields not told', { kind: 'status', status: 500 }, 2),
  burst('halo', { path: '/api/Site*' }, 'Halo: site not told', { kind: 'reset-before' }, 2),
  burst('halo', { path: '/api/Address' }, 'Halo: addresses down', { kind: 'status', status: 500 }, 2),
];

export const MATRIX_FAULTS: readonly MatrixFault[] = [...SEATGEEK, ...HALO];
