/** Finds where a text stops being JSON. `JSON.parse` tells it only sometimes, and its messages quote the text, which may hold a secret. */

export interface JsonPosition {
  /** Both from 1. */
  readonly line: number;
  readonly column: number;
}

const VALUE = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
// eslint-disable-next-line no-control-regex -- JSON forbids control characters in strings
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const SPACE = /[ \t\r\n]*/y;

/** Where the first thing stands that JSON doesn't allow there; the end of the text when something is missing. */
export function firstErrorIn(text: string): JsonPosition {
  const scanner = new Scanner(text);
  if (scanner.value()) scanner.space();
  const before = text.slice(0, scanner.at).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** Each method moves on and answers whether it may go on; `at` stays at the error. */
class Scanner {
  at = 0;

  constructor(readonly text: string) {}

  value(): boolean {
    this.space();
    if (this.#take('{')) return this.#list('}', () => this.#member());
    if (this.#take('[')) return this.#list(']', () => this.value());
    return this.#match(STRING) || this.#match(VALUE);
  }

  space(): void {
    this.#match(SPACE);
  }

  #member(): boolean {
    this.space();
    if (!this.#match(STRING)) return false;
    this.space();
    return this.#take(':') && this.value();
  }

  #list(end: string, item: () => boolean): boolean {
    this.space();
    if (this.#take(end)) return true;
    do {
      if (!item()) return false;
      this.space();
    } while (this.#take(','));
    return this.#take(end);
  }

  #take(character: string): boolean {
    if (this.text[this.at] !== character) return false;
    this.at += 1;
    return true;
  }

  #match(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found === null) return false;
    this.at = pattern.lastIndex;
    return true;
  }
}
