/** The programs that production stands on, without containers: Temporal's server and its SQL tool, and PostgreSQL. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, symlinkSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { findCli } from '../../src/temporal/find-cli.js';

/** As `scripts/production-tools.sh` installs it. */
const SERVER_VERSION = '1.32.1';

export interface Tools {
  readonly temporalServer: string;
  /** Folder of PostgreSQL's programs. */
  readonly postgresql: string;
  /** PATH on which `temporal-sql-tool`, `temporal` and what the system has are found. */
  readonly path: string;
}

/** The tools, or why they can't be had here. */
export async function findTools(env: NodeJS.ProcessEnv = process.env): Promise<Tools | { readonly skip: string }> {
  const cache = env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache');
  const folder = env['TEMPORAL_TOOLS_DIR'] ?? path.join(cache, 'seatgeek-halo', `temporal-${SERVER_VERSION}`);
  const temporalServer = path.join(folder, 'temporal-server');
  for (const program of [temporalServer, path.join(folder, 'temporal-sql-tool')]) {
    if (!existsSync(program))
      return { skip: `${program} is not there; scripts/production-tools.sh builds it from Go modules` };
  }
  const postgresql = findPostgresql();
  if (postgresql === undefined) return { skip: "no PostgreSQL server is here; Debian's package is called postgresql" };
  if (runningAs() === undefined) return { skip: 'PostgreSQL refuses to run as root, and there is no user postgres' };
  // The scripts of deploy/temporal call it by this name.
  const named = mkdtempSync(path.join(tmpdir(), 'temporal-cli-'));
  symlinkSync(await findCli(), path.join(named, 'temporal'));
  return { temporalServer, postgresql, path: [named, folder, env['PATH'] ?? ''].join(path.delimiter) };
}

/** The newest that Debian's packages installed. */
function findPostgresql(): string | undefined {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root)
    ? readdirSync(root)
        .map(Number)
        .toSorted((a, b) => b - a)
    : [];
  return versions.map((version) => `${root}/${version}/bin`).find((bin) => existsSync(`${bin}/initdb`));
}

/** Who PostgreSQL is to run as: undefined where nobody may. */
export function runningAs(): { readonly uid?: number; readonly gid?: number } | undefined {
  if (process.getuid?.() !== 0) return {};
  try {
    const id = (flag: string): number =>
      Number(execFileSync('id', [flag, 'postgres'], { stdio: ['ignore', 'pipe', 'ignore'] }));
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return undefined;
  }
}
