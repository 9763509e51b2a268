/** The gate of the two answers about people: everything to whoever asks, sealed; to Temporal counts, ids and codes. */
import { Context } from '@temporalio/activity';
import { seal, type Asker, type Sealed } from '../sealing.js';
import type { NamedPerson, PreviewAnswer, PreviewReply, TraceAnswer, TraceReply } from './answers.js';
import type { PreviewedPerson } from '../contract/previewed-person.js';

interface Asked {
  /** Null where the question has no key. */
  readonly asker: Asker | null;
  /** What was asked, as the asker said it. */
  readonly what: unknown;
}

export function sealedPreview(answer: PreviewAnswer, { asker, what }: Asked): PreviewReply {
  const { people, ...rest } = answer;
  const count = (outcome: PreviewedPerson['outcome']): number =>
    people.filter((person) => person.outcome === outcome).length;
  return {
    ...rest,
    counts: {
      create: count('create'),
      update: count('update'),
      unchanged: count('unchanged'),
      skip: count('skip'),
      rejected: count('rejected'),
    },
    people: people.map(named),
    ...sealedPart(answer, 'preview', { asker, what }),
  };
}

/** Where the person stands in the feed and what came of it holds no value of the person; what it maps to, and differs in, does. */
export function sealedTrace(answer: TraceAnswer, asked: Asked): TraceReply {
  const isTelling = (step: string): boolean => step === 'mapping' || step === 'difference';
  return {
    ...answer,
    steps: answer.steps.map((step) => (isTelling(step.step) ? { ...step, text: null } : step)),
    person: answer.person === null ? null : named(answer.person),
    ...sealedPart(answer, 'trace', asked),
  };
}

function sealedPart(
  answer: unknown,
  update: 'preview' | 'trace',
  { asker, what }: Asked,
): { sealed: Sealed | null; hint: string | null } {
  const { namespace, workflowExecution } = Context.current().info;
  const workflowId = workflowExecution?.workflowId ?? '';
  if (asker === null) return { sealed: null, hint: `People are shown to whoever asks with a key: ${HOW[update]}` };
  return { sealed: seal(answer, asker, { namespace, workflowId, update, what }), hint: null };
}

const HOW = {
  preview: 'seatgeek-halo preview <connection>',
  trace: 'seatgeek-halo trace <connection> <SeatGeek ID>',
};

function named({ seatgeekId, outcome, matchedBy, haloUserId, changes, rejection }: PreviewedPerson): NamedPerson {
  return { seatgeekId, outcome, matchedBy, haloUserId, fields: changes.map(({ field }) => field), rejection };
}
