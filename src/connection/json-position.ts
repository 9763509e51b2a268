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
  scanner.scan();
  const before = text.slice(0, scanner.at).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** Goes on as far as the text is JSON, however deep it is nested; `at` stays at the error. Its methods answer whether it may go on. */
class Scanner {
  at = 0;
  /** What ends each object and list that is open. */
  readonly #open: string[] = [];

  constructor(readonly text: string) {}

  scan(): void {
    while (this.#value() && this.#afterValue());
  }

  /** A value, or the beginning of one up to where its first inner value is due. */
  #value(): boolean {
    for (;;) {
      this.#space();
      const end = this.#take('{') ? '}' : this.#take('[') ? ']' : undefined;
      if (end === undefined) return this.#match(STRING) || this.#match(VALUE);
      this.#space();
      if (this.#take(end)) return true;
      this.#open.push(end);
      if (end === '}' && !this.#key()) return false;
    }
  }

  /** Ends what ends here, and goes to where the next value is due. */
  #afterValue(): boolean {
    for (;;) {
      this.#space();
      const end = this.#open.at(-1);
      if (end === undefined) return false;
      if (!this.#take(end)) return this.#take(',') && (end === ']' || this.#key());
      this.#open.pop();
    }
  }

  #key(): boolean {
    this.#space();
    if (!this.#match(STRING)) return false;
    this.#space();
    return this.#take(':');
  }

  #space(): void {
    this.#match(SPACE);
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
