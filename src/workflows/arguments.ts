/**
 * The arguments of messages: checked and bounded before anything is done with them, because operators type them and anybody who reaches Temporal may send
 * them. Pure. Validators of updates throw; a signal can't be refused, so what is not readable of it is left out.
 */
import { ApplicationFailure } from '@temporalio/workflow';
import type { Asker } from '../sealing.js';
import type { ConfigureOptions } from './configure.js';
import { depthBeyond, isObject, MAX_DEPTH } from '../json.js';

/** What was sent and is no JSON, or can't be opened, arrives as a symbol (`temporal/payload-converter.ts`). */
export function isUnreadable(argument: unknown): boolean {
  return typeof argument === 'symbol';
}

const MAX_NOTE = 200;

/** What a note with a `pause` or `resume` says; null for none, undefined for what is no note. */
export function noteIn(argument: unknown): string | null | undefined {
  if (argument === undefined || argument === null || argument === '') return null;
  return typeof argument === 'string' && argument.length <= MAX_NOTE ? argument : undefined;
}

const MOST_EVENTS = 100;

/** Throws when the argument is no number of change events and not `{"of": "next-run"}`. Answers how many, or null for the next run. */
export function previewIn(argument: unknown): number | null {
  if (argument === undefined || argument === null) return MOST_EVENTS;
  if (isObject(argument) && argument['of'] === 'next-run' && Object.keys(argument).length === 1) return null;
  const isNumber = typeof argument === 'number' && Number.isInteger(argument);
  if (isNumber && argument >= 1 && argument <= MOST_EVENTS) return argument;
  throw refusal(
    `preview takes a whole number of change events from 1 to ${MOST_EVENTS}, nothing for ${MOST_EVENTS}, or {"of": "next-run"}`,
  );
}

/**
 * `email:`, a salt of 16 bytes that is new with each question, and the HMAC-SHA-256 of the folded address under it, in hex: no
 * history can be searched for a person.
 */
export const HASHED_EMAIL = /^email:[0-9a-f]{32}:[0-9a-f]{64}$/;
const MAX_ID_LENGTH = 100;

/** Throws when the argument is an e-mail address, which would stand in the history, or no ID. Answers whom it names. */
export function personIn(argument: unknown): string {
  const isText = typeof argument === 'string';
  if (isText && argument.includes('@')) {
    throw refusal(
      'an e-mail address must not enter the history: ask with starter trace, which sends a salted hash of it',
    );
  }
  if (isText && HASHED_EMAIL.test(argument)) return argument;
  const isId = isText && argument.length > 0 && argument.length <= MAX_ID_LENGTH && !/\s/.test(argument);
  if (isId && !argument.startsWith('email:')) return argument;
  throw refusal('trace takes a SeatGeek ID, or email:<salt>:<hash> as starter trace sends it');
}

/** 32 bytes in base64url. */
const PUBLIC_KEY = /^[A-Za-z0-9_-]{43}$/;

/** Throws when the argument is no key to seal an answer with. Null for none. */
export function askerIn(argument: unknown): Asker | null {
  if (argument === undefined || argument === null) return null;
  const publicKey = isObject(argument) ? argument['publicKey'] : undefined;
  if (typeof publicKey === 'string' && PUBLIC_KEY.test(publicKey)) return { publicKey };
  throw refusal('the second argument is left out, or {"publicKey": "<an X25519 key, 32 bytes in base64url>"}');
}

/** `connection/file-size.ts` has the same bound, in bytes; the worker checks that one. */
const MAX_CHARACTERS = 256 * 1_024;

/**
 * Throws when the arguments can not be a file of the connection of that name, and options. What is wrong inside a file is found by the worker, place
 * by place.
 */
export function checkConfigureArguments(name: string, file: unknown, options: unknown): void {
  if (!isObject(file)) throw refusal('configure takes the connection file as one JSON object');
  const problem = boundsProblem(file);
  if (problem !== null) throw refusal(problem);
  if (file['name'] !== name)
    throw refusal(`name: must be that of this connection, ${name}; another connection is onboarded`);
  if (options !== undefined && options !== null && !isOptions(options))
    throw refusal('the second argument of configure, if any, is {"reimport": true} or {"reimport": false}');
}

/** Throws `config-invalid`, which ends the workflow. */
export function checkFile(file: unknown): void {
  const message = boundsProblem(file);
  if (message !== null) throw ApplicationFailure.create({ type: 'config-invalid', message, nonRetryable: true });
}

/** Why neither the worker nor Temporal could take a file. Depth first: JSON that is nested too deep overflows the stack of whoever writes it. */
function boundsProblem(file: unknown): string | null {
  if (isUnreadable(file)) return 'the connection file can not be read: it is no JSON, or sealed with another key';
  if (depthBeyond(file, MAX_DEPTH)) return `the connection file is nested deeper than ${MAX_DEPTH} levels`;
  const isLarge = JSON.stringify([file]).length > MAX_CHARACTERS;
  return isLarge ? 'the connection file is larger than 256 KB: shorten the mappings' : null;
}

function isOptions(value: unknown): value is ConfigureOptions {
  if (!isObject(value) || Object.keys(value).some((key) => key !== 'reimport')) return false;
  return value['reimport'] === undefined || typeof value['reimport'] === 'boolean';
}

export function refusal(message: string): ApplicationFailure {
  return ApplicationFailure.create({ type: 'argument-invalid', message, nonRetryable: true });
}
