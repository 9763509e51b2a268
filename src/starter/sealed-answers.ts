/** Questions about people. Each has a key pair of its own: nobody but this process opens the answer. */
import { z } from 'zod';
import type { PreviewAnswer, TraceAnswer } from '../activities/answers.js';
import type { RejectionCode } from '../mapping/types.js';
import { eachCount } from '../contract/counts.js';
import { PREVIEW_OUTCOMES } from '../contract/previewed-person.js';
import { createAsking, type Asker, type Question } from '../sealing.js';
import { StarterError } from './errors.js';

const value = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const person = z.object({
  seatgeekId: z.string(),
  outcome: z.enum(PREVIEW_OUTCOMES),
  matchedBy: z.enum(['id', 'email']).nullable(),
  haloUserId: z.number().nullable(),
  name: z.string().nullable(),
  changes: z.array(z.object({ field: z.string(), before: value, after: value })),
  rejection: z.object({ code: z.custom<RejectionCode>(isText), message: z.string() }).nullable(),
});

const requests = { haloRequests: z.number(), seatgeekRequests: z.number() };

const count = z.number();

const run = z.object({
  events: count,
  ...eachCount(() => count),
  unread: count,
  brake: z.string().nullable(),
});

const previewAnswer: z.ZodType<PreviewAnswer> = z.object({
  connection: z.string(),
  events: z.number(),
  people: z.array(person),
  run: run.exactOptional(),
  ...requests,
});

const traceAnswer: z.ZodType<TraceAnswer> = z.object({
  connection: z.string(),
  seatgeekId: z.string().nullable(),
  steps: z.array(
    z.object({
      step: z.enum(['feed', 'mapping', 'match', 'difference', 'outcome']),
      ok: z.boolean(),
      text: z.string(),
    }),
  ),
  person: person.nullable(),
  ...requests,
});

/** Asks the update `update` of the workflow `workflowId`; the answer is opened with the key that the question had. */
type Ask = (asker: Asker) => Promise<{ readonly sealed?: unknown }>;

/** Throws ConfigError `answer-unopened` for an answer to another question, StarterError `answer-unsealed` for one without a sealed part. */
export async function askPreview(question: Question, ask: Ask): Promise<PreviewAnswer> {
  return previewAnswer.parse(await opened(question, ask));
}

/** As `askPreview`. */
export async function askTrace(question: Question, ask: Ask): Promise<TraceAnswer> {
  return traceAnswer.parse(await opened(question, ask));
}

async function opened(question: Question, ask: Ask): Promise<unknown> {
  const asking = createAsking();
  const { sealed } = await ask(asking.asker);
  if (sealed == null) {
    throw new StarterError(
      'answer-unsealed',
      'the worker answered without sealing: it is older than this starter',
      'Bring the workers to the version of the starter.',
    );
  }
  return asking.open(sealed, question);
}

function isText(text: unknown): boolean {
  return typeof text === 'string';
}
