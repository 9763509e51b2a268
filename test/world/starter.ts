/** Runs the starter as its users do: as a process, with the environment of a world. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import type { World } from './world.js';

const run = promisify(execFile);
const STARTER = path.resolve('src/starter.ts');

export interface StarterResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export async function starter(
  world: World,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<StarterResult> {
  const all = { ...process.env, ...world.env, NO_COLOR: '1', ...env };
  try {
    return { code: 0, ...(await run(process.execPath, ['--import', 'tsx', STARTER, ...args], { env: all })) };
  } catch (error) {
    if (!(error instanceof Error && 'stdout' in error && 'stderr' in error && 'code' in error)) throw error;
    return { code: Number(error.code), stdout: String(error.stdout), stderr: String(error.stderr) };
  }
}
