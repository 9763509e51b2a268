/** What the bench and the sandbox's process say to each other: the order on its command line, then questions and answers over IPC. */
import { z } from 'zod';

/** What kind of SeatGeek and Halo a scenario needs. */
export const sandboxOrderSchema = z.strictObject({
  /** People in SeatGeek's history. */
  people: z.int().nonnegative(),
  /** Images per person in history, on average. */
  images: z.number().min(1).default(1.15),
  /** Whether history has people who are refused, or whose images can't be ordered. */
  oddities: z.boolean().default(true),
  /** Users in Halo beside the sandbox's usual ones, each with a SeatGeek ID of its own that the feed never names. */
  usersWithIds: z.int().nonnegative().default(0),
  /** Switches of Halo's dialect; `src/sandbox/dialects.ts` lists them. */
  halo: z.record(z.string(), z.unknown()).default({}),
  intervalMinutes: z.number().positive().default(15),
});

export type SandboxOrder = z.input<typeof sandboxOrderSchema>;

/** The first message: how to reach both servers. The file is the program's own shape and checked by its worker. */
export const readySchema = z.object({
  connection: z.record(z.string(), z.unknown()),
  secrets: z.record(z.string(), z.string()),
  urls: z.object({ feed: z.string(), seatgeekToken: z.string(), audience: z.string(), halo: z.string() }),
});

export type SandboxReady = z.output<typeof readySchema>;

/** `change`: so many people of the feed change once. Every question is answered with the counts after it. */
export const questionSchema = z.object({ id: z.int(), change: z.int().nonnegative().default(0) });

export const countsSchema = z.object({
  id: z.int(),
  /** API requests since the start; token requests apart. */
  haloRequests: z.int(),
  /** The Halo requests by what was asked, such as `GET /Users/{id}`. */
  haloRequestKinds: z.record(z.string(), z.int()),
  seatgeekRequests: z.int(),
  /** Active ones. */
  haloUsers: z.int(),
  usersCreated: z.int(),
  changeEvents: z.int(),
});

export type SandboxCounts = z.output<typeof countsSchema>;
