/** The shapes in which Halo refuses (`reference/halo.md` 5.3). */
import type { Answer } from './loopback-server.js';

/** Thrown by handlers; becomes the answer. */
export class HaloRefusal extends Error {
  constructor(readonly answer: Answer) {
    super(`refused with ${answer.status}`);
    this.name = 'HaloRefusal';
  }
}

/** A binding error, keyed by the path of the value. */
export function bindingRefusal(path: string, text: string): HaloRefusal {
  return new HaloRefusal({ status: 400, json: { [path]: [text] } });
}

/** A serialised exception. */
export function exceptionRefusal(message: string, status = 400): HaloRefusal {
  return new HaloRefusal({ status, json: exception(message) });
}

/** An exception that repeats the database's words, with its number: 515 null, 8152 too long, 547 foreign key. */
export function databaseRefusal(number: number, message: string): HaloRefusal {
  return exceptionRefusal(`A database error occurred (${number}) - ${message}`);
}

export function plainRefusal(status: number, text: string): HaloRefusal {
  return new HaloRefusal({ status, text: JSON.stringify(text), contentType: 'application/json; charset=utf-8' });
}

export function haloErrorBody(status: number): unknown {
  if (status === 401) return { Message: 'Authorization has been denied for this request.' };
  if (status === 403) return { Message: 'You do not have permission to access this resource.' };
  if (status === 429) return { Message: limitText(300, 300) };
  return exception('An unexpected error occurred');
}

/** The text seen in the wild (`reference/halo.md` 5.1). */
export function limitText(requests: number, perSeconds: number): string {
  const minutes = perSeconds / 60;
  const window = Number.isInteger(minutes) ? `${minutes} minute` : `${perSeconds} second`;
  return `Rate Limit Reached - ${requests} Requests per rolling ${window} window.`;
}

function exception(Message: string): unknown {
  return {
    ClassName: 'System.Exception',
    Message,
    Data: null,
    InnerException: null,
    HelpURL: null,
    StackTraceString: null,
    RemoteStackTraceString: null,
    HResult: -2146233088,
    Source: null,
  };
}
