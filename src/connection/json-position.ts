/** Finds where a text stops being JSON. `JSON.parse` tells it only sometimes, and its messages quote the text, which may hold a secret. */

const SPACE = /[ \t\r\n]*/y;
// eslint-disable-next-line no-control-regex -- JSON forbids control characters in strings
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/;
const PLAIN = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/;
const TOKEN = new RegExp(`[{}[\\],:]|${STRING.source}|${PLAIN.source}`, 'y');

/** What a value may begin with: `"` stands for a string, `0` for any other plain value. */
const VALUE = '{["0';

/** Where the first thing stands that JSON doesn't allow there, however deep it is nested; the end of the text when something is missing. */
export function firstErrorIn(text: string): number {
  const open: string[] = [];
  let due = VALUE;
  for (let at = 0; ;) {
    at += matchAt(SPACE, text, at).length;
    const token = matchAt(TOKEN, text, at);
    const [first = ''] = token;
    const kind = /[{}[\],:"]/.test(first) ? first : '0';
    if (token === '' || !due.includes(kind)) return at;
    const isKey = kind === '"' && !due.includes('0');
    at += token.length;
    if ('{['.includes(kind)) open.push(kind);
    if ('}]'.includes(kind)) open.pop();
    due = dueAfter(isKey ? 'key' : kind, open.at(-1));
  }
}

/** `inside`: what opened the innermost object or list that is still open. */
function dueAfter(kind: string, inside: string | undefined): string {
  if (kind === '{') return '"}';
  if (kind === '[') return `${VALUE}]`;
  if (kind === 'key') return ':';
  if (kind === ':') return VALUE;
  if (kind === ',') return inside === '{' ? '"' : VALUE;
  if (inside === undefined) return '';
  return inside === '{' ? ',}' : ',]';
}

function matchAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
}
