/** `npm run bench`: what an import costs, by a plain script and by the whole program, side by side on the sandbox. */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { benchFleet } from './fleet.js';
import { benchInARow } from './in-a-row.js';
import { describeMachine } from './machine.js';
import type { Measurement } from './measurement.js';
import { readOptions, type BenchOptions } from './options.js';
import { createReport, type Report } from './report.js';
import { resultsPage } from './results-page.js';
import { stepsOf } from './scenarios/index.js';
import { asText, tablesOf } from './tables.js';

/** As a shell names a program that Ctrl-C ended. */
const INTERRUPTED = 130;
const RESULTS = fileURLToPath(new URL('./results.md', import.meta.url));

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  const measurements = await measureAll(options);
  const { command, worker } = options;
  const date = new Date().toISOString().slice(0, 10);
  const report = createReport({ date, command, worker, machine: await describeMachine() }, measurements);
  process.stdout.write(`\n${tablesOf(report).map(asText).join('\n')}\n`);
  await writeReport(report, options);
}

async function measureAll(options: BenchOptions): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  for (const { measures, title, run } of stepsOf(options)) {
    if (!measures.some((name) => options.only.has(name))) continue;
    process.stderr.write(`${title} …\n`);
    measurements.push(...(await run()).filter(({ scenario }) => options.only.has(scenario)));
  }
  return measurements;
}

async function writeReport(report: Report, { json, write }: BenchOptions): Promise<void> {
  if (json !== undefined) await writeFile(json, `${JSON.stringify(report, null, 2)}\n`);
  if (write) await writeFile(RESULTS, await resultsPage(report));
}

// Ending by exit takes the worker and the server along; ending by the signal itself would leave them behind.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(INTERRUPTED));
const [first, ...rest] = process.argv.slice(2);
await (first === 'fleet' ? benchFleet(rest) : first === 'in-a-row' ? benchInARow(rest) : main());
