/** `apply <folder>`: makes the connections that run those of a folder's files. For pipelines: it asks nothing. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { ValidationReport } from '../../activities/types.js';
import { fileChanges } from '../../connection/file-changes.js';
import { NOT_CHECKED } from '../../contract/check-line.js';
import { ConfigError, errorCode, SyncError } from '../../errors.js';
import type { Connections } from '../connections.js';
import type { Context } from '../context.js';
import { UsageError } from '../errors.js';
import { errorJson, errorLines } from '../error-texts.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { STARTER } from '../own-command.js';
import { clean, table } from '../text.js';
import { withDefaults } from './configure.js';
import { endInOrder } from './remove.js';
import { readFile, type CheckedFile } from './validate.js';

export interface ApplyOptions {
  /** Ends what runs without a file. */
  readonly remove: boolean;
  readonly dryRun: boolean;
}

type Action = 'start' | 'configure' | 'unchanged' | 'stale' | 'remove';

/** What became of a connection. `error` is null when it was done, or nothing was to be done. */
interface Applied {
  readonly connection: string;
  readonly file: string | null;
  readonly action: Action;
  /** Places of the file that differ. */
  readonly changes: readonly string[];
  /** What is started begins anew, although one of that name ended whose cursor could be taken over. */
  readonly endedBefore?: true;
  readonly error: SyncError | null;
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
  for (const one of wanted) applied.push(await applyFile(connections, one, running, options));
  const stale = running.filter((name) => !wanted.some(({ connection }) => connection.name === name));
  for (const name of stale) applied.push(await applyStale(context, connections, name, options));
  terminal.show({ dryRun: options.dryRun, connections: applied.map(appliedJson) }, lines(applied, options));
  terminal.next(options.dryRun ? `apply ${folder}` : 'list');
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
    const code = errorCode(error) || 'unreadable';
    const words: Record<string, string> = { ENOENT: `there is no folder ${folder}`, ENOTDIR: `${folder} is no folder` };
    throw new UsageError(
      'folder-unreadable',
      words[code] ?? `the folder ${folder} can't be read (${code})`,
      'Name a folder of connection files. One file by itself: onboard or configure.',
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
  connections: Connections,
  { path: file, connection, file: content }: Wanted,
  running: readonly string[],
  { dryRun }: ApplyOptions,
): Promise<Applied> {
  const { name } = connection;
  if (!running.includes(name)) {
    const isBefore = (await connections.ended(name))?.carried != null;
    const before = isBefore ? { endedBefore: true as const } : {};
    const started = { connection: name, file, action: 'start' as const, changes: [], ...before };
    return done(started, dryRun, async () => {
      const report = await connections.validate(name, content);
      if (!report.ok) throw refused(file, report);
      await connections.start(connection, content);
      return {};
    });
  }
  return done({ connection: name, file, action: 'unchanged', changes: [] }, false, async () => {
    const before = withDefaults(await connections.fileOf(name));
    const changes = fileChanges(before, connection).map(({ place }) => place);
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
    return { ...planned, error };
  }
}

/** Tells the checks that are red, each with its way out: a pipeline has nothing else to show. */
function refused(file: string, { lines: checks }: ValidationReport): UsageError {
  const red = checks.filter(({ ok, message }) => !ok && message !== NOT_CHECKED);
  const told = red.map(({ check, message, hint }) => `${check}: ${message}${hint === undefined ? '' : ` ${hint}`}`);
  return new UsageError(
    'validation-failed',
    told.join('\n'),
    `Correct it and see all checks with: ${STARTER} validate ${file}`,
  );
}

const WORDS: Record<Action, readonly [done: string, planned: string]> = {
  start: ['started', 'would be started'],
  configure: ['changed', 'would be changed'],
  unchanged: ['unchanged', 'unchanged'],
  stale: ['runs without a file (--remove ends it)', 'runs without a file (--remove ends it)'],
  remove: ['removed', 'would be removed'],
};

function lines(applied: readonly Applied[], { dryRun }: ApplyOptions): string[] {
  const rows = table(
    applied.map(({ connection, action, changes, error }) => [
      { text: clean(connection) },
      { text: error === null ? WORDS[action][dryRun ? 1 : 0] : 'failed' },
      { text: changes.map(clean).join(', ') },
    ]),
  );
  return rows.flatMap((row, at) => [row, ...belowRow(applied[at])]);
}

function belowRow(one: Applied | undefined): string[] {
  const notes = one?.endedBefore === undefined || one.error !== null ? [] : [BEGINS_ANEW];
  const errors = one?.error == null ? [] : errorLines(one.error);
  return [...notes, ...errors].map((line) => `  ${line}`);
}

const BEGINS_ANEW = 'One of that name ended before. This one reads all history again; onboard goes on from the cursor.';

/** As `--json` has it. */
function appliedJson({ error, ...one }: Applied): object {
  return { ...one, ...(error === null ? { error } : errorJson(error)) };
}
