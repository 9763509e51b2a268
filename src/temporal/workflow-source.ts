/** Where a worker takes its workflow code from: the bundle of the build, or the TypeScript sources, bundled when the worker starts. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { DataConverter } from '@temporalio/common';
import type { WorkerOptions } from '@temporalio/worker';

/** The sources, for tests and the build. */
export const WORKFLOWS_PATH = fileURLToPath(new URL('../workflows/index.ts', import.meta.url));

/** A bundle holds the converter of failures that it was built with, so there are two: one seals what a workflow fails with. */
export const BUNDLE_FILES = { plain: 'workflow-bundle.js', sealed: 'workflow-bundle-sealed.js' } as const;

export type WorkflowSource = Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath'>;

export interface WorkflowPlaces {
  /** Default: beside this code (`dist/workflow-bundle.js`). */
  readonly bundlePath?: string;
  readonly workflowsPath?: string;
}

/**
 * The bundle when it is there, else the sources. `dataConverter` is the worker's, so that workflow and worker agree on failures. Throws when
 * neither is there.
 */
export function workflowSource(dataConverter: DataConverter, places: WorkflowPlaces = {}): WorkflowSource {
  const file = BUNDLE_FILES[dataConverter.failureConverterPath === undefined ? 'plain' : 'sealed'];
  const { bundlePath = fileURLToPath(new URL(`../${file}`, import.meta.url)), workflowsPath = WORKFLOWS_PATH } = places;
  if (existsSync(bundlePath)) return { workflowBundle: { codePath: bundlePath } };
  if (existsSync(workflowsPath)) return { workflowsPath };
  throw new Error(`no workflow code: ${bundlePath} is missing; run \`npm run build\``);
}
