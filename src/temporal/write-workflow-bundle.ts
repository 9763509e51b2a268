/** Build step: writes the workflow bundles into `dist`, so that workers in production start without bundling. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { FAILURE_CONVERTER_PATH, PAYLOAD_CONVERTER_PATH } from './data-converter.js';
import { BUNDLE_FILES, WORKFLOWS_PATH } from './workflow-source.js';

/** Bundles the workflows of `workflowsPath` into the file `target`, with a converter of failures of their own if one is named. */
export async function writeWorkflowBundle(
  workflowsPath: string,
  target: string,
  failureConverterPath?: string,
): Promise<void> {
  const { code } = await bundleWorkflowCode({
    workflowsPath,
    payloadConverterPath: PAYLOAD_CONVERTER_PATH,
    logger: new DefaultLogger('WARN'),
    ...(failureConverterPath !== undefined && { failureConverterPath }),
  });
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, code);
}

if (argv[1] !== undefined && import.meta.url === pathToFileURL(argv[1]).href) {
  const dist = new URL('../../dist/', import.meta.url);
  await writeWorkflowBundle(WORKFLOWS_PATH, fileURLToPath(new URL(BUNDLE_FILES.plain, dist)));
  await writeWorkflowBundle(WORKFLOWS_PATH, fileURLToPath(new URL(BUNDLE_FILES.sealed, dist)), FAILURE_CONVERTER_PATH);
}
