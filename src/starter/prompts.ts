/** Questions in a terminal. They stand on stderr, so that stdout has results only. */
import * as clack from '@clack/prompts';
import type { Choice, Prompts } from './context.js';
import { StarterError } from './errors.js';

/** Longer lists are looked through by typing. */
const SHORT_LIST = 12;

const output = process.stderr;

export const prompts: Prompts = {
  confirm: async (question, { initial }) =>
    answered(await clack.confirm({ message: question, initialValue: initial, output })),
  text: async (question, { initial, problem }) =>
    answered(
      await clack.text({
        message: question,
        output,
        validate: (text) => problem?.(text ?? ''),
        ...(initial !== undefined && { initialValue: initial }),
      }),
    ),
  choose: async (question, choices, { initial }) => {
    const ask = choices.length > SHORT_LIST ? clack.autocomplete<string> : clack.select<string>;
    const initialValue = initial === undefined ? undefined : keyOf(choices, initial);
    const answer = await ask({
      message: question,
      options: optionsOf(choices),
      maxItems: SHORT_LIST,
      output,
      ...(initialValue !== undefined && { initialValue }),
    });
    const chosen = choices[Number(answered(answer))];
    if (chosen === undefined) throw broken();
    return chosen.value;
  },
  chooseMany: async (question, choices, { initial }) => {
    const answer = await clack.multiselect<string>({
      message: question,
      options: optionsOf(choices),
      initialValues: initial.map((value) => keyOf(choices, value)),
      required: false,
      maxItems: SHORT_LIST,
      output,
    });
    const keys = new Set(answered(answer));
    return choices.filter((_, at) => keys.has(String(at))).map(({ value }) => value);
  },
};

/** Choices go by their place in the list: two may look alike. */
function optionsOf<T>(choices: readonly Choice<T>[]): { value: string; label: string; hint?: string }[] {
  return choices.map(({ label, hint }, at) => ({ value: String(at), label, ...(hint !== undefined && { hint }) }));
}

function keyOf<T>(choices: readonly Choice<T>[], value: T): string {
  return String(choices.findIndex((choice) => choice.value === value));
}

function answered<T>(answer: T | typeof clack.CANCEL_SYMBOL): T {
  if (answer === clack.CANCEL_SYMBOL) throw broken();
  return answer;
}

function broken(): StarterError {
  return new StarterError('cancelled', 'broken off', 'What was done so far stays done.');
}
