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
  ['$lowercase', 'lower'],
  ['$uppercase', 'upper'],
  ['$trim', 'trim'],
]);

/** Longer texts are not repeated in a message. */
const MAX_SHOWN = 8;

/** The expression in CEL, null where that is not simple; undefined when nothing looks like JSONata. */
export function fromJsonata(source: string): string | null | undefined {
  const tokens = source.match(TOKEN) ?? [];
  const outside = tokens.filter((token) => !/^['"]/.test(token));
  const looksIt = outside.some((token) => SIGNS.test(token)) || /\$[A-Za-z$({]|~>|:=/.test(source);
  if (!looksIt) return undefined;
  const isShown = tokens.join('').length === source.length && !tokens.some(looksSecret);
  return isShown ? translated(tokens) : null;
}

function translated(tokens: readonly string[]): string | null {
  let cel = '';
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at] ?? '';
    const method = METHODS.get(token);
    if (method !== undefined) {
      const [open, name, close] = tokens.slice(at + 1, at + 4);
      if (open !== '(' || close !== ')' || name === undefined || !/^[A-Za-z_]\w*$/.test(name)) return null;
      cel += `${name}.${method}()`;
      at += 3;
    } else if (token.startsWith('`')) {
      cel += `row[${JSON.stringify(token.slice(1, -1))}]`;
    } else if (/^['"]/.test(token)) {
      if (token.length > MAX_SHOWN + 2) return null;
      cel += token;
    } else {
      const operator = OPERATORS.get(token) ?? token;
      if (operator.startsWith('$') || operator === '~>' || operator === ':=') return null;
      cel += operator;
    }
  }
  return cel;
}
