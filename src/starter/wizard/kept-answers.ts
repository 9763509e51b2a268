/** The wizard's answers, kept in a file from the first one until the connection file is written: whoever breaks off goes on from there. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { Choice, Context, Prompts } from '../context.js';

/** No name of a connection file: `apply` passes it over. */
const FILE_NAME = '.init-answers';

const answerSchema = z.union([z.string(), z.boolean(), z.array(z.string())]);
const recordSchema = z.array(z.object({ question: z.string(), answer: answerSchema }));
type Answer = z.output<typeof answerSchema>;
type AnswerRecord = z.output<typeof recordSchema>;

export interface KeptAnswers {
  /** Answer what was answered before, and ask the rest. */
  readonly prompts: Prompts;
  /** Whether there are any, so that breaking off loses nothing. */
  readonly hasSome: () => boolean;
  /** The connection file is written. */
  readonly forget: () => Promise<void>;
}

/** `folder`: where the connection file will be. Asks whether to go on where answers are left from before. */
export async function keepAnswers(context: Context, folder: string): Promise<KeptAnswers> {
  const file = path.join(folder, FILE_NAME);
  const earlier = await readRecord(file);
  const isWanted =
    earlier.length > 0 &&
    (await context.confirm('The wizard was broken off before. Go on with the answers given then?', { initial: true }));
  const replay = isWanted ? [...earlier] : [];
  const given: { question: string; answer: Answer }[] = [];

  /** `read` is undefined for an answer that no longer fits: then it is asked. */
  async function answered<T>(
    question: string,
    ask: () => Promise<T>,
    read: (answer: Answer) => T | undefined,
    write: (value: T) => Answer,
  ): Promise<T> {
    const at = replay.findIndex((one) => one.question === question);
    const before = at < 0 ? undefined : read(replay.splice(0, at + 1)[at]?.answer ?? '');
    if (before !== undefined) context.terminal.say(`${question}: ${shown(write(before))}`);
    const value = before ?? (await ask());
    given.push({ question, answer: write(value) });
    await mkdir(folder, { recursive: true });
    await writeFile(file, JSON.stringify(given));
    return value;
  }

  return {
    prompts: {
      confirm: (question, options) =>
        answered(
          question,
          () => context.confirm(question, options),
          (answer) => z.boolean().safeParse(answer).data,
          Boolean,
        ),
      text: (question, options) =>
        answered(
          question,
          () => context.text(question, options),
          (answer) => (typeof answer === 'string' && options.problem?.(answer) === undefined ? answer : undefined),
          String,
        ),
      choose: (question, choices, options) =>
        answered(
          question,
          () => context.choose(question, choices, options),
          (answer) => choices.find(({ label }) => label === answer)?.value,
          (value) => labelOf(choices, value),
        ),
      chooseMany: (question, choices, options) =>
        answered(
          question,
          () => context.chooseMany(question, choices, options),
          (answer) =>
            choices.filter(({ label }) => Array.isArray(answer) && answer.includes(label)).map(({ value }) => value),
          (values) => values.map((value) => labelOf(choices, value)),
        ),
    },
    hasSome: () => given.length > 0,
    forget: () => rm(file, { force: true }),
  };
}

function labelOf<T>(choices: readonly Choice<T>[], value: T): string {
  return choices.find((choice) => choice.value === value)?.label ?? '';
}

function shown(answer: Answer): string {
  if (typeof answer === 'boolean') return answer ? 'yes' : 'no';
  return Array.isArray(answer) ? answer.join(', ') : answer === '' ? '(none)' : answer;
}

/** Empty where there is none that can be read. */
async function readRecord(file: string): Promise<AnswerRecord> {
  try {
    return recordSchema.catch([]).parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return [];
  }
}
