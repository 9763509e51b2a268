/**
 * `npm run test:mutation -- [--share 25] [--seed 1] [files]`: puts small bugs into the core, one at a time, and counts how many the tests notice.
 * Mutants are made for one window of lines in `share`, chosen by `seed`; `--share 1` takes them all (a day). Ends with 1 below the bar of the configuration.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

const WINDOW_LINES = 12;
const CORE = ['src/halo', 'src/mapping', 'src/seatgeek'];
const STRYKER = ['@stryker-mutator/core@9.6.1', '@stryker-mutator/mocha-runner@9.6.1'];

const { values, positionals } = parseArgs({
  options: { share: { type: 'string', default: '25' }, seed: { type: 'string', default: '1' } },
  allowPositionals: true,
});
const share = Number(values.share);
if (!Number.isInteger(share) || share < 1)
  throw new Error(`--share is "${values.share}"; give a whole number, at least 1.`);

const ranges = (positionals.length > 0 ? positionals : CORE.flatMap(sourcesIn)).flatMap(windowsOf);
if (ranges.length === 0) throw new Error('No window of lines was chosen: lower --share, or change --seed.');
const { status } = spawnSync(
  'npx',
  [
    '--yes',
    ...STRYKER.flatMap((name) => ['-p', name]),
    'stryker',
    'run',
    'test/mutation/stryker.config.json',
    '--mutate',
    ranges.join(','),
  ],
  { stdio: 'inherit', shell: process.platform === 'win32' },
);
process.exitCode = status ?? 1;

function sourcesIn(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return files
    .filter((file) => file.endsWith('.ts'))
    .map((file) => path.posix.join(folder, file.replaceAll('\\', '/')));
}

function windowsOf(file: string): string[] {
  const lines = readFileSync(file, 'utf8').split('\n').length;
  const starts = Array.from({ length: Math.ceil(lines / WINDOW_LINES) }, (_, n) => 1 + n * WINDOW_LINES);
  return starts
    .filter((start) => isChosen(`${file}:${start}`))
    .map((start) => `${file}:${start}-${start + WINDOW_LINES}`);
}

function isChosen(window: string): boolean {
  return createHash('sha256').update(`${values.seed} ${window}`).digest().readUInt32BE(0) % share === 0;
}
