/** The bench's one JSON document, and what follows from its measurements. Pure. */
import { z } from 'zod';
import { haloRequestsPer1000, type Measurement, measurementSchema, peoplePerSecond } from './measurement.js';
import { HALO_LIMIT, wallSeconds } from './simulation.js';

export const SIMULATED_PEOPLE = [10_000, 100_000, 1_000_000] as const;
const SIMULATED_SCENARIOS = ['floor-8', 'first-import', 'one-per-request'] as const;

export const machineSchema = z.object({
  cores: z.int(),
  memoryGiB: z.number(),
  platform: z.string(),
  node: z.string(),
  temporalCli: z.string(),
});

export type Machine = z.output<typeof machineSchema>;

const reportedSchema = measurementSchema.extend({ haloRequestsPer1000: z.number(), peoplePerSecond: z.number() });

const comparisonSchema = z.object({
  people: z.int(),
  haloMs: z.int(),
  /** People per second of the first import, in those of the floor with 8 workers. */
  speedToFloor: z.number().nullable(),
  /** Halo requests of the floor with 8 workers, in those of the first import. */
  requestsSaved: z.number().nullable(),
  /** Halo requests with four images of each person, in those with one. */
  fourImagesToOne: z.number().nullable(),
});

const simulatedSchema = z.object({
  people: z.int(),
  scenario: z.enum(SIMULATED_SCENARIOS),
  /** The size whose figures are carried over. */
  measuredPeople: z.int(),
  haloRequests: z.int(),
  seconds: z.number(),
});

export const reportSchema = z.object({
  date: z.iso.date(),
  command: z.string(),
  /** What the worker ran: as in production, or from sources. */
  worker: z.enum(['build', 'sources']),
  machine: machineSchema,
  measurements: z.array(reportedSchema),
  comparisons: z.array(comparisonSchema),
  limit: z.object({ requests: z.int(), perSeconds: z.number() }),
  simulated: z.array(simulatedSchema),
});

export type Report = z.output<typeof reportSchema>;

export function createReport(
  head: Pick<Report, 'date' | 'command' | 'worker' | 'machine'>,
  measurements: readonly Measurement[],
): Report {
  return {
    ...head,
    measurements: measurements.map((one) => ({
      ...one,
      haloRequestsPer1000: haloRequestsPer1000(one),
      peoplePerSecond: peoplePerSecond(one),
    })),
    comparisons: compare(measurements),
    limit: HALO_LIMIT,
    simulated: SIMULATED_SCENARIOS.flatMap((scenario) => simulate(measurements, scenario)),
  };
}

/** Scenarios whose size is their own, whatever is asked for. */
export function isSizeless(scenario: Measurement['scenario']): boolean {
  return scenario === 'incremental' || scenario === 'idle';
}

/** One for each size and distance of Halo. */
function compare(measurements: readonly Measurement[]): Report['comparisons'] {
  const sized = measurements.filter(({ scenario }) => !isSizeless(scenario));
  const pairs = new Map(sized.map(({ people, haloMs }) => [`${people} ${haloMs}`, { people, haloMs }]));
  return [...pairs.values()].map(({ people, haloMs }) => {
    const of = (name: Measurement['scenario']): Measurement | undefined =>
      sized.find((one) => one.scenario === name && one.people === people && one.haloMs === haloMs);
    const [floor, first] = [of('floor-8'), of('first-import')];
    return {
      people,
      haloMs,
      speedToFloor: ratio(first, floor, peoplePerSecond),
      requestsSaved: ratio(floor, first, haloRequestsPer1000),
      fourImagesToOne: ratio(of('four-images'), of('one-image'), haloRequestsPer1000),
    };
  });
}

function ratio(
  upper: Measurement | undefined,
  lower: Measurement | undefined,
  figure: (of: Measurement) => number,
): number | null {
  return upper === undefined || lower === undefined ? null : figure(upper) / figure(lower);
}

/** Carries the figures of the nearest size below over: requests and time in proportion to people. */
function simulate(
  measurements: readonly Measurement[],
  scenario: (typeof SIMULATED_SCENARIOS)[number],
): Report['simulated'] {
  const bySize = measurements
    .filter((one) => one.scenario === scenario && one.haloMs === 0)
    .sort((a, b) => a.people - b.people);
  return SIMULATED_PEOPLE.flatMap((people) => {
    const measured = bySize.findLast((one) => one.people <= people) ?? bySize[0];
    if (measured === undefined) return [];
    const haloRequests = Math.round((haloRequestsPer1000(measured) * people) / 1_000);
    const secondsPerRequest = measured.seconds / measured.haloRequests;
    const seconds = wallSeconds({ requests: haloRequests, secondsPerRequest });
    return [{ people, scenario, measuredPeople: measured.people, haloRequests, seconds }];
  });
}
