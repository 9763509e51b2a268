/** The one way into the program for a connection file. */
import type { z } from 'zod';
import { ConfigError } from '../errors.js';
import { depthBeyond, MAX_DEPTH } from '../json.js';
import { CREDENTIAL_PLACES, credentialProblems } from './credential-problems.js';
import { readDraft, type Draft } from './draft.js';
import { MAX_FILE_BYTES } from './file-size.js';
import { mappingProblems } from './mapping-problems.js';
import type { Problem } from './problem.js';
import { connectionSchema, endpointsSchema, type Connection, type Endpoints } from './schema.js';
import { shapeProblems } from './shape-problems.js';
import type { AllowedFields } from './targets.js';

export interface CheckOptions {
  /** When given, fields that give rights or identity are refused unless they are among them. It is the worker that decides. */
  readonly allowedFields?: AllowedFields;
}

/**
 * Checks shape and meaning and fills in the defaults. Throws ConfigError `config-invalid` listing every problem as `place: what is
 * wrong`, its `place` being the first. No text repeats a value of the file.
 */
export function checkConnection(file: unknown, { allowedFields }: CheckOptions = {}): Connection {
  return checked(connectionSchema, file, (draft) => [
    ...credentialProblems(draft),
    ...mappingProblems(draft, allowedFields),
  ]);
}

/** The same for the part of a file that says where the two systems are and names their secrets, before there are mappings. */
export function checkEndpoints(part: unknown): Endpoints {
  return checked(endpointsSchema, part, credentialProblems);
}

function checked<T>(schema: z.ZodType<T>, file: unknown, meaningOf: (draft: Draft) => Problem[]): T {
  assertSize(file);
  const parsed = schema.safeParse(file);
  const draft = readDraft(file);
  const shape = parsed.success ? [] : shapeProblems(parsed.error);
  const meaning = draft === undefined ? [] : meaningOf(draft);
  const problems = [
    ...shape.filter((problem) => !isToldBetter(problem, meaning)),
    ...meaning.filter((problem) => !isWithin(problem, shape)),
  ];
  if (!parsed.success || problems.length > 0) throw invalid(problems);
  return parsed.data;
}

/** A section that is missing as a whole needs no list of what it lacks. */
function isWithin({ place }: Problem, shape: readonly Problem[]): boolean {
  return shape.some((problem) => place.startsWith(`${problem.place}.`));
}

/** The shape says "expected object" where the meaning says "a secret in clear text". */
function isToldBetter({ place }: Problem, meaning: readonly Problem[]): boolean {
  const credential = CREDENTIAL_PLACES.find((start) => place === start || place.startsWith(`${start}.`));
  return meaning.some(
    (problem) => problem.place === place || (credential !== undefined && problem.place.startsWith(credential)),
  );
}

/** Depth first: whatever walks JSON that is nested too deep overflows its stack. */
function assertSize(file: unknown): void {
  if (depthBeyond(file, MAX_DEPTH)) throw invalid([{ place: '', text: `is nested deeper than ${MAX_DEPTH} levels` }]);
  if (Buffer.byteLength(JSON.stringify([file])) <= MAX_FILE_BYTES) return;
  throw new ConfigError(
    'config-invalid',
    `the connection file is larger than ${MAX_FILE_BYTES / 1_024} KB`,
    'Shorten the mappings.',
    'connection file',
  );
}

function invalid(problems: readonly Problem[]): ConfigError {
  const named = problems.map(({ place, text }) => ({ place: place === '' ? 'connection file' : place, text }));
  const [first] = named;
  return new ConfigError(
    'config-invalid',
    named.map(({ place, text }) => `${place}: ${text}`).join('\n'),
    'Correct these places; connections/example.json shows a file that is right, and $schema lets an editor complete it.',
    first?.place ?? 'connection file',
  );
}
