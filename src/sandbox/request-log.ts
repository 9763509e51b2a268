/** What a sandbox server was asked, in order of arrival. */

export interface LoggedRequest {
  readonly method: string;
  /** Path without query, as sent. */
  readonly path: string;
  /** Query as sent, without the question mark. */
  readonly query: string;
  /** Epoch milliseconds of arrival. */
  readonly at: number;
  /** Null while it is held, and for ever when the connection was cut or never answered. */
  readonly status: number | null;
}

export interface RequestLog {
  readonly count: number;
  all(): readonly LoggedRequest[];
  /** Requests of one method and path; a trailing `*` in the path stands for anything. */
  of(method: string, path: string): readonly LoggedRequest[];
  clear(): void;
}

export interface OpenRequestLog extends RequestLog {
  /** Notes an arrival; the returned function notes its status. */
  arrived(request: Omit<LoggedRequest, 'status'>): (status: number) => void;
}

export function createRequestLog(): OpenRequestLog {
  let requests: { -readonly [key in keyof LoggedRequest]: LoggedRequest[key] }[] = [];
  return {
    get count() {
      return requests.length;
    },
    all: () => requests.slice(),
    of: (method, path) => requests.filter((request) => request.method === method && matchesPath(request.path, path)),
    clear: () => (requests = []),
    arrived: (request) => {
      const entry = { ...request, status: null as number | null };
      requests.push(entry);
      return (status) => (entry.status = status);
    },
  };
}

function matchesPath(path: string, pattern: string): boolean {
  const [have, want] = [path.toLowerCase(), pattern.toLowerCase()];
  return want.endsWith('*') ? have.startsWith(want.slice(0, -1)) : have === want;
}
