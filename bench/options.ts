/** Flags of `npm run bench`. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { SCENARIOS, type ScenarioName } from './measurement.js';
import type { WorkerSource } from './world.js';

export interface BenchOptions {
  /** Sizes of the imports. */
  readonly people: readonly number[];
  /** How far away Halo is, in milliseconds, where first import and plain script are compared. */
  readonly haloMs: readonly number[];
  /** Users in the Halo of the incremental run. */
  readonly haloUsers: number;
  readonly only: ReadonlySet<ScenarioName>;
  readonly worker: WorkerSource;
  /** Where the JSON document goes. */
  readonly json: string | undefined;
  /** Rewrite `bench/results.md`. */
  readonly write: boolean;
  /** As a reader would type it. */
  readonly command: string;
}

const DEFAULT = { people: [2_000, 10_000], haloUsers: 50_000 };
/** A Halo on the same machine, and one nearer than most real ones. */
const HALO_MS = [0, 20];
const QUICK = { people: [500], haloUsers: 5_000 };

const flags = z.object({
  people: z.array(z.number()).optional(),
  haloMs: z.array(z.number()).default(HALO_MS),
  only: z.array(z.enum(SCENARIOS)).optional(),
  quick: z.boolean().default(false),
  sources: z.boolean().default(false),
  json: z.string().optional(),
  write: z.boolean().default(false),
});

/** Ends the process with exit code 2 when a flag is wrong. */
export function readOptions(argv: readonly string[]): BenchOptions {
  const program = new Command('npm run bench --')
    .description(
      'Imports people into the sandbox, by a plain script and by the whole program, and counts what it costs.',
    )
    .option('--people <number...>', `sizes of the imports (default: ${DEFAULT.people.join(' ')})`, addSize)
    .option(
      '--halo-ms <number...>',
      `how far away Halo is where import and script are compared (default: ${HALO_MS.join(' ')})`,
      addDistance,
    )
    .addOption(new Option('--only <scenario...>', 'measure these only').choices(SCENARIOS))
    .option('--quick', `${QUICK.people.join(' ')} people, to see that it works`)
    .option(
      '--sources',
      'run the worker from sources instead of dist/: no build, but the compiler counts as its memory',
    )
    .option('--json <file>', 'write the JSON document there')
    .option('--write', 'rewrite bench/results.md')
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
    .parse(argv, { from: 'user' });
  const given = flags.parse(program.opts());
  const size = given.quick ? QUICK : DEFAULT;
  const typed = argv.filter((_, at) => argv[at] !== '--json' && argv[at - 1] !== '--json');
  return {
    people: given.people ?? size.people,
    haloMs: given.haloMs,
    haloUsers: size.haloUsers,
    only: new Set(given.only ?? SCENARIOS),
    worker: given.sources ? 'sources' : 'build',
    json: given.json,
    write: given.write,
    command: ['npm run bench', ...(typed.length === 0 ? [] : ['--', ...typed])].join(' '),
  };
}

function addSize(text: string, before: readonly number[] | undefined): number[] {
  if (!/^[1-9]\d{1,6}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 10 to 9999999.');
  return [...(before ?? []), Number(text)];
}

function addDistance(text: string, before: readonly number[] | undefined): number[] {
  if (!/^\d{1,4}$/.test(text)) throw new InvalidArgumentError('It must be a whole number of milliseconds up to 9999.');
  return [...(before ?? []), Number(text)];
}
