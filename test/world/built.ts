/**
 * The program as it is built, for worker processes and workflow tests: made once for a state of the sources and kept in `.cache`, so that not
 * every worker compiles and bundles for itself.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import ts from 'typescript';
import { FAILURE_CONVERTER_PATH } from '../../src/temporal/data-converter.js';
import { BUNDLE_FILES, WORKFLOWS_PATH } from '../../src/temporal/workflow-source.js';
import { writeWorkflowBundle } from '../../src/temporal/write-workflow-bundle.js';

const CACHE = path.resolve('.cache', 'built');
/** Builds of older sources go after so long; a test run may still use them before. */
const KEPT_MS = 3_600_000;
const ABANDONED_MS = 180_000;

let build: Promise<string> | undefined;

/** The folder with `worker.js` and the workflow bundles. */
export function builtProgram(): Promise<string> {
  build ??= find();
  return build;
}

async function find(): Promise<string> {
  const sources = (await readdir('src', { recursive: true })).filter((file) => file.endsWith('.ts')).sort();
  const hash = createHash('sha256').update(await readFile('package-lock.json'));
  for (const file of sources) hash.update(file).update(await readFile(path.join('src', file)));
  const root = path.join(CACHE, hash.digest('hex').slice(0, 16));
  await mkdir(CACHE, { recursive: true });
  const lock = `${root}.lock`;
  while (!existsSync(root)) {
    if (await takeLock(lock)) await make(root, sources).finally(() => rm(lock, { recursive: true, force: true }));
    else await setTimeout(200);
  }
  return path.join(root, 'dist');
}

/** Of the test processes that run beside each other one makes the build; should it die, another does after a while. */
async function takeLock(lock: string): Promise<boolean> {
  const isOurs = await mkdir(lock).then(
    () => true,
    () => false,
  );
  if (isOurs) return true;
  const since = await stat(lock).catch(() => null);
  if (since !== null && Date.now() - since.mtimeMs > ABANDONED_MS) await rm(lock, { recursive: true, force: true });
  return false;
}

async function make(root: string, sources: readonly string[]): Promise<void> {
  await removeOld();
  const folder = await mkdtemp(path.join(CACHE, 'new-'));
  const dist = path.join(folder, 'dist');
  for (const file of sources) {
    const target = path.join(dist, file.replace(/\.ts$/, '.js'));
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, transpile(await readFile(path.join('src', file), 'utf8')));
  }
  await cp('package.json', path.join(folder, 'package.json'));
  await writeWorkflowBundle(WORKFLOWS_PATH, path.join(dist, BUNDLE_FILES.plain));
  await writeWorkflowBundle(WORKFLOWS_PATH, path.join(dist, BUNDLE_FILES.sealed), FAILURE_CONVERTER_PATH);
  await rename(folder, root);
}

function transpile(source: string): string {
  return ts.transpileModule(source, {
    compilerOptions: {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
    },
  }).outputText;
}

async function removeOld(): Promise<void> {
  for (const name of await readdir(CACHE)) {
    const folder = path.join(CACHE, name);
    const { mtimeMs } = await stat(folder);
    if (Date.now() - mtimeMs > KEPT_MS) await rm(folder, { recursive: true, force: true });
  }
}
