/** The shape's problems in our words: no value of the file is repeated, because it may be a secret in the wrong place. */
import type { z } from 'zod';
import { nearest } from './nearest.js';
import { settingsAt } from './settings-at.js';
import { placeOf, type Problem } from './problem.js';

/** One problem per issue, one per unknown key. */
export function shapeProblems(error: z.ZodError): Problem[] {
  return error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({ place: placeOf([...issue.path, key]), text: unknownText(issue.path, key) }));
    }
    return [{ place: placeOf(issue.path), text: textOf(issue) }];
  });
}

function unknownText(path: readonly PropertyKey[], key: string): string {
  const known = nearest(key, settingsAt(path));
  return known === undefined ? 'is not a known setting' : `is not a known setting: did you mean ${known}?`;
}

function textOf(issue: z.core.$ZodIssue): string {
  if (issue.message.startsWith('must')) return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined && issue.message.includes('undefined')
        ? 'is missing'
        : `must be ${article(issue.expected)}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return `must ${bound(issue.origin)} ${least(issue)}${issue.origin === 'array' ? ' entry' : ''}`;
    case 'too_big':
      return `must ${bound(issue.origin)} at most ${String(issue.maximum)}${issue.origin === 'array' ? ' entries' : ''}`;
    case 'invalid_format':
      return issue.format === 'url' ? 'must be an address like https://acme.halopsa.com' : lastResort(issue);
    default:
      return lastResort(issue);
  }
}

/** Messages of our own schema begin with "must"; others are the library's. */
function lastResort({ message }: z.core.$ZodIssue): string {
  return message.startsWith('must') ? message : 'has an unusable value';
}

function least({ minimum, inclusive }: { minimum: number | bigint; inclusive?: boolean }): string {
  return `${inclusive === false ? 'more than' : 'at least'} ${String(minimum)}`;
}

function bound(origin: string): string {
  if (origin === 'string') return 'have a length of';
  return origin === 'array' ? 'have' : 'be';
}

function article(expected: string): string {
  const words: Readonly<Record<string, string>> = {
    int: 'a whole number',
    object: 'an object',
    array: 'a list',
    string: 'a text',
  };
  return words[expected] ?? `a ${expected}`;
}
