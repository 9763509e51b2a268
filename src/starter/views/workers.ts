/** The builds of the workers as a table. Pure. */
import type { Build } from '../connections.js';
import { clean, count, table, type Cell, type Colors } from '../text.js';

const NAMED = 5;

export function workersLines(builds: readonly Build[], colors: Colors): string[] {
  const head = ['BUILD', '', 'WORKERS', 'CONNECTIONS', ''].map((text): Cell => ({ text, paint: colors.dim }));
  return table([head, ...builds.map(row)]);
}

function row({ deployment, build, isCurrent, workers, connections }: Build): Cell[] {
  const left = connections.length - NAMED;
  return [
    { text: build === null ? 'without a build' : clean(`${deployment ?? ''}:${build}`) },
    { text: isCurrent ? 'current' : '' },
    { text: count(workers), align: 'right' },
    { text: count(connections.length), align: 'right' },
    {
      text: isCurrent
        ? ''
        : clean(connections.slice(0, NAMED).join(', ')) + (left > 0 ? ` and ${count(left)} more` : ''),
    },
  ];
}
