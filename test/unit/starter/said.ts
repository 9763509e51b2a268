/** What the starter says to a command, and how it ends: the same program, with a terminal that is kept as text. */
import { CommanderError } from 'commander';
import type { Connections } from '../../../src/starter/connections.js';
import { errorLines } from '../../../src/starter/error-texts.js';
import { EXIT, exitCodeOfError } from '../../../src/starter/exit-codes.js';
import { createProgram } from '../../../src/starter/program.js';
import { recorded, type RecordedOptions } from './builders.js';

export interface Said {
  readonly code: number;
  readonly stdout: string;
  /** Both streams, without what comes next. */
  readonly text: string;
}

export async function said(
  args: readonly string[],
  connections: Connections,
  options: RecordedOptions = {},
): Promise<Said> {
  let [usage, code] = ['', 0];
  const { context, stdout, stderr } = recorded(connections, { ...options, json: args.includes('--json') });
  const program = createProgram({
    version: '1.2.3',
    run: async (command) => {
      code = await command(context);
    },
  });
  const write = (piece: string): void => void (usage += piece);
  for (const command of [program, ...program.commands]) command.configureOutput({ writeOut: write, writeErr: write });
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    const lines = error instanceof CommanderError ? [] : errorLines(error);
    code = error instanceof CommanderError ? EXIT.usage : exitCodeOfError(error);
    usage += lines.map((line) => `${line}\n`).join('');
  }
  const talk = stderr().replace(/^next: .*\n/gm, '');
  return { code, stdout: stdout(), text: `${stdout()}${talk}${usage}`.trim() };
}

/** A page with an entry for each mistake: what is said, and the exit code. */
export function mistakesPage(title: string, told: ReadonlyMap<string, Said>): string {
  const entries = [...told].map(
    ([what, { text, code }]) => `## ${what}\n\n\`\`\`text\n${text}\n[exit ${code}]\n\`\`\`\n`,
  );
  return `# ${title}\n\n${entries.join('\n')}`;
}
