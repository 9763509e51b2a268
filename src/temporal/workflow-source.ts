/** Where a worker takes its workflow code from: the bundle of the build, or the TypeScript sources, bundled when the worker starts. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { BundleOptions, WorkerOptions } from '@temporalio/worker';

/** Used for both bundles, so that a checkout and a build run the same workflow code. */
export const bundlerOptions = {} satisfies Omit<BundleOptions, 'workflowsPath'>;

/** The sources, for tests and the build. */
export const WORKFLOWS_PATH = fileURLToPath(new URL('../workflows/index.ts', import.meta.url));

const BUNDLE_PATH = fileURLToPath(new URL('../workflow-bundle.js', import.meta.url));

export type WorkflowSource = Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath' | 'bundlerOptions'>;

/** The bundle when it lies beside this code (`dist/workflow-bundle.js`), else the sources. Throws when neither is there. */
export function workflowSource(
  bundlePath: string = BUNDLE_PATH,
  workflowsPath: string = WORKFLOWS_PATH,
): WorkflowSource {
  if (existsSync(bundlePath)) return { workflowBundle: { codePath: bundlePath } };
  if (existsSync(workflowsPath)) return { workflowsPath, bundlerOptions };
  throw new Error(`no workflow code: ${bundlePath} is missing; run \`npm run build\``);
}
