/** Build step: writes the workflow bundle to `dist/workflow-bundle.js`, so that workers in production start without bundling. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { bundlerOptions, WORKFLOWS_PATH } from './workflow-source.js';

/** Bundles the workflows of `workflowsPath` into the file `target`. */
export async function writeWorkflowBundle(workflowsPath: string, target: string): Promise<void> {
  const { code } = await bundleWorkflowCode({ ...bundlerOptions, workflowsPath, logger: new DefaultLogger('WARN') });
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, code);
}

if (argv[1] !== undefined && import.meta.url === pathToFileURL(argv[1]).href) {
  await writeWorkflowBundle(WORKFLOWS_PATH, fileURLToPath(new URL('../../dist/workflow-bundle.js', import.meta.url)));
}
