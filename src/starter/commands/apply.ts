/** `apply <folder>`: makes the connections that run those of a folder's files. For pipelines: it asks nothing. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { ConfigError, SyncError } from '../../errors.js';
import type { Connections } from '../connections.js';
import type { Context } from '../context.js';
import { differences } from '../differences.js';
import { UsageError } from '../errors.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { clean, table } from '../text.js';
import { reportLines } from '../views/report.js';
import { withDefaults } from './configure.js';
import { endInOrder } from './remove.js';
import { readFile, type CheckedFile } from './validate.js';

export interface ApplyOptions {
  /** Ends what runs without a file. */
  readonly remove: boolean;
  readonly dryRun: boolean;
}

type Action = 'start' | 'configure' | 'unchanged' | 'stale' | 'remove';

/** What `--json` shows of each connection. `error` is null when it was done, or nothing was to be done. */
export interface Applied {
  readonly connection: string;
  readonly file: string | null;
  readonly action: Action;
  /** Places of the file that differ. */
  readonly changes: readonly string[];
  readonly error: { readonly code: string; readonly message: string; readonly hint: string } | null;
}

interface Wanted extends CheckedFile {
  readonly path: string;
}

export async function applyCommand(context: Context, folder: string, options: ApplyOptions): Promise<ExitCode> {
  const { terminal } = context;
  // All files before anything is done: half a folder is nobody's wish.
  const wanted = await readFolder(folder);
  const connections = await context.connections();
  const running = (await connections.list()).map(({ connection }) => connection);
  const applied: Applied[] = [];
  for (const one of wanted) applied.push(await applyFile(context, connections, one, running, options));
  const stale = running.filter((name) => !wanted.some(({ connection }) => connection.name === name));
  for (const name of stale) applied.push(await applyStale(context, connections, name, options));
  terminal.show({ dryRun: options.dryRun, connections: applied }, lines(applied, options));
  return applied.some(({ error }) => error !== null) ? EXIT.failed : EXIT.ok;
}

/** Throws ConfigError naming every file that can't be used, UsageError for a folder without files or two files of one name. */
async function readFolder(folder: string): Promise<Wanted[]> {
  const files = (await filesOf(folder)).map((file) => path.join(folder, file));
  if (files.length === 0) {
    throw new UsageError(
      'folder-empty',
      `${folder} holds no connection file`,
      'Name a folder with .json files; example.json does not count.',
    );
  }
  const read = await Promise.allSettled(files.map(async (file) => ({ path: file, ...(await readFile(file)) })));
  const problems = read.flatMap((result, at) =>
    result.status === 'rejected' ? [reasonOf(files[at] ?? '', result.reason)] : [],
  );
  const [first] = problems;
  if (first !== undefined) {
    throw new ConfigError('config-invalid', problems.join('\n'), 'Correct these files; nothing was applied.', folder);
  }
  const wanted = read.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  for (const [at, one] of wanted.entries()) {
    const twin = wanted.slice(0, at).find(({ connection }) => connection.name === one.connection.name);
    if (twin === undefined) continue;
    throw new UsageError(
      'name-twice',
      `${twin.path} and ${one.path} have the same name`,
      'Give each connection a name of its own.',
    );
  }
  return wanted;
}

async function filesOf(folder: string): Promise<string[]> {
  try {
    const names = await readdir(folder);
    return names.filter((name) => name.endsWith('.json') && name !== 'example.json').sort();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new UsageError(
      'folder-unreadable',
      `${folder} is not a folder that can be read (${code})`,
      'Name a folder of connection files.',
    );
  }
}

/** With the file's name, once. */
function reasonOf(file: string, error: unknown): string {
  if (!(error instanceof SyncError)) throw error;
  const reason = error.message.replaceAll('\n', '; ');
  return reason.includes(file) ? reason : `${file}: ${reason}`;
}

async function applyFile(
  context: Context,
  connections: Connections,
  { path: file, connection, file: content }: Wanted,
  running: readonly string[],
  { dryRun }: ApplyOptions,
): Promise<Applied> {
  const { name } = connection;
  if (!running.includes(name)) {
    const started = { connection: name, file, action: 'start' as const, changes: [] };
    return done(started, dryRun, async () => {
      const report = await connections.validate(name, content);
      if (!report.ok) throw refused(context, reportLines(report, context.terminal.colors));
      await connections.start(connection, content);
      return {};
    });
  }
  return done({ connection: name, file, action: 'unchanged', changes: [] }, false, async () => {
    const before = withDefaults(await connections.fileOf(name));
    const changes = differences(before, connection).map(({ place }) => place);
    if (changes.length === 0) return {};
    if (dryRun) return { action: 'configure' as const, changes };
    const answer = await connections.configure(name, content, { reimport: false });
    return answer.changes.length === 0 ? {} : { action: 'configure' as const, changes };
  });
}

function applyStale(
  context: Context,
  connections: Connections,
  connection: string,
  { remove, dryRun }: ApplyOptions,
): Promise<Applied> {
  const stale = { connection, file: null, changes: [] };
  if (!remove) return Promise.resolve({ ...stale, action: 'stale', error: null });
  return done({ ...stale, action: 'remove' }, dryRun, async () => {
    await endInOrder(context, connections, connection);
    return {};
  });
}

/** One connection's trouble keeps no other from being applied. */
async function done(
  planned: Omit<Applied, 'error'>,
  dryRun: boolean,
  work: () => Promise<Partial<Applied>>,
): Promise<Applied> {
  if (dryRun) return { ...planned, error: null };
  try {
    return { ...planned, ...(await work()), error: null };
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    const { code, message, hint } = error;
    return { ...planned, error: { code, message, hint } };
  }
}

function refused({ terminal }: Context, report: readonly string[]): UsageError {
  for (const line of report) terminal.say(line);
  return new UsageError('validation-failed', 'a check found something to correct', 'Correct what is marked above.');
}

const WORDS: Record<Action, readonly [done: string, planned: string]> = {
  start: ['started', 'would be started'],
  configure: ['changed', 'would be changed'],
  unchanged: ['unchanged', 'unchanged'],
  stale: ['runs without a file (--remove ends it)', 'runs without a file (--remove ends it)'],
  remove: ['removed', 'would be removed'],
};

function lines(applied: readonly Applied[], { dryRun }: ApplyOptions): string[] {
  return table(
    applied.map(({ connection, action, changes, error }) => [
      { text: clean(connection) },
      {
        text: error === null ? WORDS[action][dryRun ? 1 : 0] : `failed: ${clean(error.message)} → ${clean(error.hint)}`,
      },
      { text: changes.map(clean).join(', ') },
    ]),
  );
}
