/**
 * Regular expressions of the connection file. One that backtracks without end would stop the whole worker: no timer of this process could
 * end it. So every one that might is run where V8 ends it by the clock.
 */
import { createContext, Script } from 'node:vm';
import { z } from 'zod';

/** Milliseconds for one search; the same as for a whole expression. */
const TIMEOUT_MS = 1_000;
/** Up to this length a search that backtracks over every part of the text is quick. */
const SHORT = 1_000;

/** A search took too long. JSONata hands it through; its code is that of JSONata's own time limit. */
export class RegexTimeout extends Error {
  readonly code = 'D1012';

  constructor() {
    super('regular expression endless');
    this.name = 'RegexTimeout';
  }
}

const script = new Script('match = regex.exec(text)');

interface Search {
  readonly regex: RegExp | null;
  readonly text: string;
  readonly match: RegExpExecArray | null;
}

const EMPTY: Search = { regex: null, text: '', match: null };
const sandbox: Search = { ...EMPTY };
createContext(sandbox);

/** What JSONata uses in place of `RegExp`: searches throw {@link RegexTimeout}. */
export const GuardedRegExp: RegExpConstructor = new Proxy(RegExp, {
  construct: (_, [pattern, flags]: [RegExp | string, string?]) => guarded(new RegExp(pattern, flags)),
});

/** JSONata makes one for each evaluation, which may search with it many times: all of them together have the time of one. */
function guarded(regex: RegExp): RegExp {
  const plain = new RegExp(regex.source, regex.flags);
  const isQuick = isPlain(regex.source);
  let leftMs = TIMEOUT_MS;
  regex.exec = (text) => {
    plain.lastIndex = regex.lastIndex;
    const startedAt = performance.now();
    const match = isQuick && text.length <= SHORT ? plain.exec(text) : timedExec(plain, text, leftMs);
    leftMs -= performance.now() - startedAt;
    if (leftMs < 1) throw new RegexTimeout();
    regex.lastIndex = plain.lastIndex;
    return match;
  };
  return regex;
}

function timedExec(regex: RegExp, text: string, timeoutMs: number): RegExpExecArray | null {
  Object.assign(sandbox, { regex, text });
  try {
    script.runInContext(sandbox, { timeout: Math.ceil(timeoutMs) });
    return sandbox.match;
  } catch (error) {
    throw timedOut.safeParse(error).success ? new RegexTimeout() : error;
  } finally {
    Object.assign(sandbox, EMPTY);
  }
}

/** It comes from the other context, where `Error` is another one. */
const timedOut = z.object({ code: z.literal('ERR_SCRIPT_EXECUTION_TIMEOUT') });

/** At most one thing is repeated, no group is, and nothing refers back: such a search takes the square of the text's length at worst. */
export function isPlain(source: string): boolean {
  if (/\\[1-9k]/.test(source)) return false;
  const bare = source
    .replace(/\\./g, 'x')
    .replace(/\[[^\]]*\]/g, 'x')
    .replace(/\((\?(:|<?[=!]|<\w+>))?/g, '(');
  const repeats = bare.match(/[*+?]|\{\d/g) ?? [];
  const lazy = bare.match(/[*+?}]\?/g) ?? [];
  return repeats.length - lazy.length <= 1 && !/\)[*+?{]/.test(bare);
}
