/** Halo's failures that only this folder tells apart; whoever calls from outside sees their base classes. */
import { BadRecordError, CredentialsRefusedError, TransientError } from '../../errors.js';

/** Halo answered that it will not do this: a 4xx other than 401, 403, 408 and 429, and no web page to a write. The message is redacted. */
export class HaloRefusalError extends BadRecordError {
  constructor(
    readonly status: number,
    /** Halo's own words without the person's values. */
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(
      'halo-refused',
      `Halo refused the request (status ${status}): ${reason}`,
      'Correct the person in SeatGeek or the mapping, or the rule in Halo that the text names; it is tried again with every run.',
      options,
    );
  }

  /** True when Halo seems not to have what the request names; its words may mean something else than the record itself. */
  get isNotFound(): boolean {
    return (
      this.status === 404 ||
      this.status === 410 ||
      /\b(not (be )?found|does not exist|no longer exists)\b/i.test(this.reason)
    );
  }
}

/**
 * A request that may have changed Halo got no usable answer. It must not be repeated before reading what became of it.
 * `mayStillRun` says that Halo may be at it yet (time-out), so that reading at once proves nothing.
 */
export class LostAnswerError extends TransientError {
  /** Null when no answer came. */
  readonly status: number | null;

  constructor(
    message: string,
    readonly mayStillRun: boolean,
    options: ErrorOptions & { retryAfterMs?: number | undefined; status?: number } = {},
  ) {
    super('halo-answer-lost', message, options);
    this.status = options.status ?? null;
  }
}

/** Status 403, or a web page or a redirect to a write: nothing was done. It may be about the application's rights, or about what one request holds. */
export class ForbiddenError extends CredentialsRefusedError {
  constructor(
    method: string,
    readonly status: number,
    /** A firewall or proxy in front of Halo answered, not Halo. */
    readonly isPage: boolean,
  ) {
    super(
      'halo-forbidden',
      isPage
        ? `Something in front of Halo forbids a ${method} request with a page of its own (status ${status}).`
        : `Halo forbids a ${method} request to this API application (status ${status}).`,
      'Check two things in Halo: the permissions of the API application (read:customers and edit:customers, or all) and the rights of the ' +
        'agent it logs in as. Both must allow it.' +
        (isPage
          ? ' And let the firewall or proxy in front of Halo pass this program, and look at whether halo.url leads to Halo itself.'
          : ''),
      'halo.clientId',
    );
  }
}

/** Status 401 with a good token: nothing was done. As with 403 it may be about one person, in Halos that mix the two up. */
export class UnauthorizedError extends CredentialsRefusedError {
  readonly status = 401;

  constructor() {
    super(
      'halo-unauthorized',
      'Halo refuses its own access token, also after a new one was fetched (status 401).',
      'Check in Halo that the API application is active, that its agent may log in, and that halo.tenant is right.',
      'halo.clientId',
    );
  }
}
