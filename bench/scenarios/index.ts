/** All scenarios, in the order in which they run and are reported. */
import type { Measurement, ScenarioName } from '../measurement.js';
import type { BenchOptions } from '../options.js';
import { measureFloor } from './floor.js';
import { measureIdle } from './idle.js';
import { measureAgain, measureFirst, measureImages, measureOneObject, measureOnePerRequest } from './imports.js';
import { measureIncremental } from './incremental.js';

/** Scenarios that share a world are measured together. */
export interface Step {
  readonly measures: readonly ScenarioName[];
  readonly title: string;
  readonly run: () => Promise<readonly Measurement[]>;
}

const CHANGED = 20;

type Order = Pick<BenchOptions, 'people' | 'haloMs' | 'haloUsers' | 'worker'>;

export function stepsOf({ people, haloMs, haloUsers, worker }: Order): Step[] {
  return [
    ...people.flatMap((size) => stepsOfSize(size, haloMs, worker)),
    {
      measures: ['incremental'],
      title: `${CHANGED} changed people in a Halo of ${haloUsers} users`,
      run: async () => [await measureIncremental({ changed: CHANGED, haloUsers }, worker)],
    },
    { measures: ['idle'], title: 'a connection left alone', run: async () => [await measureIdle(worker)] },
  ];
}

function stepsOfSize(people: number, haloMs: BenchOptions['haloMs'], worker: BenchOptions['worker']): Step[] {
  return [
    {
      measures: ['floor-1'],
      title: `the plain script, 1 worker, ${people} people`,
      run: async () => [await measureFloor(people, 1)],
    },
    ...haloMs.flatMap((distance) => stepsOfDistance(people, distance, worker)),
    {
      measures: ['re-import'],
      title: `re-import of ${people} unchanged people`,
      run: async () => [await measureAgain(people, worker)],
    },
    {
      measures: ['one-object'],
      title: `first import of ${people} people, one object for each array`,
      run: async () => [await measureOneObject(people, worker)],
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

function stepsOfDistance(people: number, haloMs: number, worker: BenchOptions['worker']): Step[] {
  const away = haloMs === 0 ? '' : `, Halo ${haloMs} ms away`;
  return [
    {
      measures: ['floor-8'],
      title: `the plain script, 8 workers, ${people} people${away}`,
      run: async () => [await measureFloor(people, 8, haloMs)],
    },
    {
      measures: ['first-import'],
      title: `first import of ${people} people${away}`,
      run: async () => [await measureFirst(people, worker, haloMs)],
    },
  ];
}
