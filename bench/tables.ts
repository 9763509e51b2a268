/** A report as tables for people, in plain text and in Markdown. Pure. */
import type { Measurement } from './measurement.js';
import { isSizeless, type Report, SIMULATED_PEOPLE } from './report.js';

export interface Table {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const WHAT: Readonly<Record<Measurement['scenario'], string>> = {
  'floor-1': 'plain script, 1 worker',
  'floor-8': 'plain script, 8 workers',
  'first-import': 'first import, arrays',
  're-import': 're-import, unchanged',
  'one-object': 'first import, one object for each array',
  'one-per-request': 'first import, one user per request',
  'one-image': 'first import, one image each',
  'four-images': 'first import, four images each',
  incremental: 'incremental run',
  idle: 'idle cycle',
};

function nameOf({ scenario, haloMs }: Pick<Measurement, 'scenario' | 'haloMs'>): string {
  return haloMs === 0 ? WHAT[scenario] : `${WHAT[scenario]}, Halo ${haloMs} ms away`;
}

export function tablesOf(report: Report): Table[] {
  return [
    requestTable(report),
    kindTable(report),
    costTable(report),
    comparisonTable(report),
    simulationTable(report),
  ].filter(({ rows }) => rows.length > 0);
}

function requestTable({ measurements }: Report): Table {
  return {
    title: 'Requests and speed',
    head: ['scenario', 'people', 'events', 'Halo users', 'Halo req.', 'per 1,000', 'SeatGeek req.', 's', 'people/s'],
    rows: measurements.map((one) => [
      nameOf(one),
      whole(one.people),
      whole(one.changeEvents),
      `${whole(one.haloUsersBefore)} → ${whole(one.haloUsersAfter)}`,
      whole(one.haloRequests),
      isSizeless(one.scenario) ? '-' : short(one.haloRequestsPer1000),
      whole(one.seatgeekRequests),
      one.scenario === 'idle' ? '-' : short(one.seconds),
      isSizeless(one.scenario) ? '-' : whole(one.peoplePerSecond),
    ]),
  };
}

/** Of the program alone: the script's look-ups and writes are plain from its description. */
function kindTable({ measurements }: Report): Table {
  const own = measurements.filter(({ engine, haloRequests }) => engine !== null && haloRequests > 0);
  const kinds = [...new Set(own.flatMap(({ haloRequestKinds }) => Object.keys(haloRequestKinds)))].sort();
  return {
    title: 'Halo requests by kind',
    head: ['scenario', 'people', ...kinds],
    rows: own.map((one) => [
      nameOf(one),
      whole(one.people),
      ...kinds.map((kind) => whole(one.haloRequestKinds[kind] ?? 0)),
    ]),
  };
}

function costTable({ measurements }: Report): Table {
  return {
    title: 'Memory, CPU, Temporal',
    head: [
      ...['scenario', 'people', 'peak MiB', 'CPU s', 'actions', 'activities', 'timers', 'signals', 'updates'],
      ...['continue-as-new', 'search attr.', 'history KiB'],
    ],
    rows: measurements.map(({ people, peakMiB, cpuSeconds, engine, ...one }) => [
      nameOf(one),
      whole(people),
      whole(peakMiB),
      cpuSeconds === null ? '-' : short(cpuSeconds),
      ...(engine === null
        ? Array.from({ length: 8 }, () => '-')
        : [
            whole(engine.actions),
            whole(engine.activities),
            whole(engine.timers),
            whole(engine.signals),
            whole(engine.updates),
            whole(engine.continueAsNew),
            whole(engine.searchAttributes),
            short(engine.historyBytes / 1_024),
          ]),
    ]),
  };
}

function comparisonTable({ comparisons }: Report): Table {
  const times = (value: number | null): string => (value === null ? '-' : `${value.toFixed(2)} ×`);
  return {
    title: 'Side by side',
    head: [
      'people',
      'Halo is away',
      'people/s, first import to script with 8 workers',
      'Halo req., script to first import',
      'Halo req., four images to one',
    ],
    rows: comparisons.map(({ people, haloMs, speedToFloor, requestsSaved, fourImagesToOne }) => [
      whole(people),
      `${haloMs} ms`,
      times(speedToFloor),
      times(requestsSaved),
      times(fourImagesToOne),
    ]),
  };
}

function simulationTable({ simulated, limit }: Report): Table {
  const scenarios = [...new Set(simulated.map(({ scenario }) => scenario))];
  return {
    title: `Simulated wall clock under ${limit.requests} requests in any ${limit.perSeconds} seconds`,
    head: ['', ...SIMULATED_PEOPLE.map((people) => `${whole(people)} people`), 'measured at'],
    rows: scenarios.map((scenario) => {
      const own = simulated.filter((one) => one.scenario === scenario);
      return [
        scenario === 'floor-8' ? 'plain script' : WHAT[scenario],
        ...own.map(({ seconds }) => duration(seconds)),
        [...new Set(own.map(({ measuredPeople }) => whole(measuredPeople)))].join(' and '),
      ];
    }),
  };
}

export function asText({ title, head, rows }: Table): string {
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join('  ');
  return [title, '', line(head), ...rows.map(line), ''].join('\n');
}

export function asMarkdown({ title, head, rows }: Table): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = line(head.map((_, column) => (column === 0 ? '---' : '--:')));
  return [`## ${title}`, '', line(head), rule, ...rows.map(line), ''].join('\n');
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

function short(value: number): string {
  return value >= 100 ? whole(value) : value.toFixed(1);
}

/** In the largest unit that leaves two digits. */
function duration(seconds: number): string {
  if (seconds < 600) return `${whole(seconds)} s`;
  if (seconds < 7_200) return `${(seconds / 60).toFixed(0)} min`;
  return seconds < 172_800 ? `${(seconds / 3_600).toFixed(1)} h` : `${(seconds / 86_400).toFixed(1)} days`;
}
