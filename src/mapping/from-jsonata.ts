/** Connection files may hold JSONata, the language of Halo's neighbours: says so, and shows the expression in CEL where that is simple. Pure. */
import { looksSecret } from '../connection/secret-looks.js';

const TOKEN =
  /\s+|'[^'\\]*'|"[^"\\]*"|`[^`]+`|\$?[A-Za-z_]\w*|\d+(?:\.\d+)?|~>|:=|==|&&|\|\||!=|<=|>=|[-!&=<>+*/%?:()[\],.]/gy;

/** What only JSONata has: `&` between texts, functions and variables with `$`, names in back quotes, `~>`, `and`, `or`. */
const SIGNS = /^(&|\$\w*|`.*`|~>|:=|=|and|or)$/;

const OPERATORS: ReadonlyMap<string, string> = new Map([
  ['&', '+'],
  ['=', '=='],
  ['and', '&&'],
  ['or', '||'],
  ['$join', 'join'],
  ['$string', 'string'],
  ['$number', 'number'],
  ['$not', '!'],
]);

/** Functions of one value that are methods in CEL. */
const METHODS: ReadonlyMap<string, string> = new Map([
  ['lowercase', 'lower'],
  ['uppercase', 'upper'],
  ['trim', 'trim'],
]);
const METHOD_CALL = /\$(lowercase|uppercase|trim)\((\w+)\)/g;

/** Longer texts are not repeated in a message. */
const LONG_TEXT = /^['"].{9,}['"]$/;

/**
 * The expression in CEL, which may be none where it is not simple; null where it must not be repeated; undefined when nothing looks like
 * JSONata.
 */
export function fromJsonata(source: string): string | null | undefined {
  const tokens = source.match(TOKEN) ?? [];
  const looksIt = tokens.some((token) => SIGNS.test(token)) || /\$[A-Za-z$({]|~>|:=/.test(source);
  if (!looksIt) return undefined;
  const isWhole = tokens.join('') === source;
  if (!isWhole || tokens.some((token) => looksSecret(token) || LONG_TEXT.test(token))) return null;
  return tokens
    .map(inCel)
    .join('')
    .replace(METHOD_CALL, (_, name: string, of: string) => `${of}.${METHODS.get(name) ?? name}()`);
}

function inCel(token: string): string {
  return token.startsWith('`') ? `row[${JSON.stringify(token.slice(1, -1))}]` : (OPERATORS.get(token) ?? token);
}
