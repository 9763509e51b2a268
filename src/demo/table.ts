/** The demo's closing table. Pure. */
import { COUNT_TITLES, countEntries } from '../contract/counts.js';
import type { RejectedUser } from '../workflows/rejected.js';
import type { RunReport } from '../workflows/run-report.js';

export interface DemoResult {
  readonly people: number;
  readonly sample: RunReport;
  readonly full: RunReport;
  readonly rejected: readonly RejectedUser[];
  readonly wallMs: number;
  readonly haloUsersBefore: number;
  readonly haloUsersAfter: number;
}

export function demoTable({
  people,
  sample,
  full,
  rejected,
  wallMs,
  haloUsersBefore,
  haloUsersAfter,
}: DemoResult): string {
  const row = (name: string, of: (run: RunReport) => number | string): string =>
    `${name.padEnd(24)}${String(of(sample)).padStart(12)}${String(of(full)).padStart(14)}`;
  return [
    `${people} people in SeatGeek; Halo had ${haloUsersBefore} users before and has ${haloUsersAfter} now`,
    '',
    `${''.padEnd(24)}${'sample'.padStart(12)}${'all history'.padStart(14)}`,
    row('change events', (run) => run.events),
    ...countEntries(full, ['people', 'superseded']).map(([name]) => row(COUNT_TITLES[name], (run) => run[name] ?? 0)),
    ...reasons(rejected),
    row('Halo requests', (run) => run.haloRequests),
    row('SeatGeek requests', (run) => run.seatgeekRequests),
    row('seconds', (run) => seconds(run)),
    '',
    `wall time ${(wallMs / 1_000).toFixed(1)} s, from nothing running to everybody imported`,
  ].join('\n');
}

function reasons(rejected: readonly RejectedUser[]): string[] {
  const counts = new Map<string, number>();
  for (const { code } of rejected) counts.set(code, (counts.get(code) ?? 0) + 1);
  return [...counts].sort().map(([code, count]) => `  ${code.padEnd(34)}${String(count).padStart(14)}`);
}

function seconds({ startedAt, finishedAt }: RunReport): string {
  return finishedAt === null ? '-' : String((Date.parse(finishedAt) - Date.parse(startedAt)) / 1_000);
}
