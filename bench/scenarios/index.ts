/** All scenarios, in the order in which they run and are reported. */
import { FAR_MS, type Measurement, type ScenarioName } from '../measurement.js';
import type { BenchOptions } from '../options.js';
import { measureFloor, measureFloorFar } from './floor.js';
import { measureIdle } from './idle.js';
import { measureAgain, measureFirst, measureFirstFar, measureImages, measureOnePerRequest } from './imports.js';
import { measureIncremental } from './incremental.js';

/** Scenarios that share a world are measured together. */
export interface Step {
  readonly measures: readonly ScenarioName[];
  readonly title: string;
  readonly run: () => Promise<readonly Measurement[]>;
}

const CHANGED = 20;

export function stepsOf({ people, haloUsers, worker }: Pick<BenchOptions, 'people' | 'haloUsers' | 'worker'>): Step[] {
  return [
    ...people.flatMap((size) => stepsOfSize(size, worker)),
    {
      measures: ['incremental'],
      title: `${CHANGED} changed people in a Halo of ${haloUsers} users`,
      run: async () => [await measureIncremental({ changed: CHANGED, haloUsers }, worker)],
    },
    { measures: ['idle'], title: 'a connection left alone', run: async () => [await measureIdle(worker)] },
  ];
}

function stepsOfSize(people: number, worker: BenchOptions['worker']): Step[] {
  return [
    {
      measures: ['floor-1'],
      title: `the plain script, 1 worker, ${people} people`,
      run: async () => [await measureFloor(people, 1)],
    },
    {
      measures: ['floor-8'],
      title: `the plain script, 8 workers, ${people} people`,
      run: async () => [await measureFloor(people, 8)],
    },
    {
      measures: ['first-import'],
      title: `first import of ${people} people`,
      run: async () => [await measureFirst(people, worker)],
    },
    {
      measures: ['floor-8-far'],
      title: `the plain script, 8 workers, ${people} people, Halo ${FAR_MS} ms away`,
      run: async () => [await measureFloorFar(people)],
    },
    {
      measures: ['first-import-far'],
      title: `first import of ${people} people, Halo ${FAR_MS} ms away`,
      run: async () => [await measureFirstFar(people, worker)],
    },
    {
      measures: ['re-import'],
      title: `re-import of ${people} unchanged people`,
      run: async () => [await measureAgain(people, worker)],
    },
    {
      measures: ['one-per-request'],
      title: `first import of ${people} people, one per request`,
      run: async () => [await measureOnePerRequest(people, worker)],
    },
    {
      measures: ['one-image', 'four-images'],
      title: `histories of ${people} people with one and with four images each`,
      run: async () => Object.values(await measureImages(people, worker)),
    },
  ];
}
