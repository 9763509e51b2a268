/** What a scenario measured, the same for every one of them. */
import { z } from 'zod';
import { engineCostSchema } from './engine-cost.js';

export const SCENARIOS = [
  'floor-1',
  'floor-8',
  'first-import',
  're-import',
  'one-object',
  'one-per-request',
  'one-image',
  'four-images',
  'incremental',
  'idle',
] as const;

export const measurementSchema = z.object({
  scenario: z.enum(SCENARIOS),
  /** How far away Halo is: milliseconds that each of its answers takes longer. */
  haloMs: z.int(),
  /** People the run was about. */
  people: z.int(),
  changeEvents: z.int(),
  haloUsersBefore: z.int(),
  haloUsersAfter: z.int(),
  /** As Halo counted them; token requests apart. */
  haloRequests: z.int(),
  /** The same by what was asked. */
  haloRequestKinds: z.record(z.string(), z.int()),
  seatgeekRequests: z.int(),
  seconds: z.number(),
  peakMiB: z.number(),
  cpuSeconds: z.number().nullable(),
  /** Null for the floor, which has no engine. */
  engine: engineCostSchema.nullable(),
});

export type Measurement = z.output<typeof measurementSchema>;
export type ScenarioName = Measurement['scenario'];

export function haloRequestsPer1000({ haloRequests, people }: Measurement): number {
  return (haloRequests / people) * 1_000;
}

export function peoplePerSecond({ people, seconds }: Measurement): number {
  return people / seconds;
}
