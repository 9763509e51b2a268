/** What a terminal of 120 columns shows in the end, from all that was written to it: lines written over are gone. Pure. */

// eslint-disable-next-line no-control-regex -- the sequences of a terminal begin with one
const TOKEN = /\u001b\[([\d;?]*)([A-Za-z])|\u001b[()][A-Z0-9]|\r|\n|[^\u001b\r\n]/gu;

/** Text, line ends, moves of the cursor, and erasing; colours are dropped. */
export function terminalText(written: string): string {
  const lines: string[][] = [[]];
  let [row, column] = [0, 0];
  const line = (): string[] => (lines[row] ??= []);
  const moves: Readonly<Record<string, (by: number) => void>> = {
    A: (by) => (row = Math.max(0, row - Math.max(1, by))),
    B: (by) => (row += Math.max(1, by)),
    C: (by) => (column += Math.max(1, by)),
    D: (by) => (column = Math.max(0, column - Math.max(1, by))),
    G: (by) => (column = Math.max(1, by) - 1),
    J: () => lines.splice(row, Infinity, line().slice(0, column)),
    K: (how) => (lines[row] = how === 2 ? [] : line().slice(0, column)),
  };
  for (const [token, by = '', move = ''] of written.matchAll(TOKEN)) {
    if (token === '\r') column = 0;
    else if (token === '\n') [row, column] = [row + 1, 0];
    else if (move !== '') moves[move]?.(Number(by.replace('?', '')));
    else if (!token.startsWith('\u001b')) {
      while (line().length < column) line().push(' ');
      line()[column] = token;
      column += 1;
    }
  }
  return Array.from(lines, (cells) => (cells as string[] | undefined)?.join('').trimEnd() ?? '').join('\n');
}
