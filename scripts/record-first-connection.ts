/**
 * Plays README's six steps for real, as they are printed, and writes the session as text: `npx tsx scripts/record-first-connection.ts`. Needs `script`
 * of util-linux for the wizard's terminal. Ports and paths are made neutral. Fails when the import is not what the preview said.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { DOWN, ENTER, hasTerminals } from '../test/world/typist.js';
import { commandsOf } from './docs-commands.js';
import { DocsSession, printedVariables } from './docs-session.js';
import { terminalText } from './terminal-text.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PAGE = path.join(ROOT, 'docs/first-connection.md');

/** Longer answers are shown in part. */
const MOST_LINES = 60;

const INTRO = `# A first connection

A recorded session, played for real by \`npx tsx scripts/record-first-connection.ts\`: the six steps of [README](../README.md), as they are printed, with no key set, and
what comes back. The people are made up by the sandbox. With your own SeatGeek and Halo, leave out the sandbox, the addresses that name it, and \`ALLOWED_HOSTS\`. Every
command is explained in [starter.md](starter.md).`;

class Recording {
  readonly #page: string[] = [INTRO];

  constructor(readonly session: DocsSession) {}

  tell(text: string): void {
    this.#page.push(text);
  }

  shown(command: string, answer: string, code: number | null = 0): void {
    const lines = answer.trimEnd().split('\n');
    const cut = lines.length > MOST_LINES ? [...lines.slice(0, 40), '…', ...lines.slice(-8)] : lines;
    const exit = code === 0 ? '' : `$ echo $?\n${String(code)}\n`;
    this.tell(`\`\`\`console\n$ ${command}\n${cut.join('\n')}\n${exit}\`\`\``);
    process.stderr.write(`${command}\n`);
  }

  /** Runs a command and records it. Throws when it ends otherwise than with one of the codes. */
  async play(command: string, codes: readonly number[] = [0]): Promise<void> {
    const { code, text } = await this.session.run(command);
    if (!codes.includes(code ?? -1)) throw new Error(`${command} ended with ${String(code)}:\n${text}`);
    this.shown(command, text, code);
  }

  get page(): string {
    return `${this.#page.join('\n\n')}\n`;
  }
}

/** README's commands, by how they begin. */
async function readmeCommands(): Promise<(start: string) => string> {
  const commands = commandsOf('README.md', await readFile(path.join(ROOT, 'README.md'), 'utf8')).map(
    ({ command }) => command,
  );
  return (start) => {
    const found = commands.find((command) => command.startsWith(start));
    if (found === undefined) throw new Error(`README prints no command that begins with ${start}`);
    return found;
  };
}

/** The wizard, in a terminal of its own. */
async function playWizard(recording: Recording, command: string): Promise<void> {
  const { session } = recording;
  const typist = session.typist(command);
  await typist.on('tenant', ENTER);
  await typist.on('Minutes', ENTER);
  await typist.on('keeps the SeatGeek ID', ENTER);
  await typist.on('Training Ground', DOWN + ENTER);
  await typist.on('These are the mappings', ENTER);
  await typist.on('Import the address', ENTER);
  await typist.on('Keep everybody active', ENTER);
  await typist.on('next: npm run starter -- validate');
  if ((await typist.end()) !== 0) throw new Error(`the wizard failed:\n${typist.text}`);
  recording.shown(command, session.neutral(terminalText(typist.raw)));
}

const preview = z.object({
  people: z.array(z.object({ seatgeekId: z.string(), outcome: z.string(), changes: z.array(z.unknown()) })),
});
const rejectedList = z.array(z.object({ seatgeekId: z.string(), code: z.string() }));

async function previewNow(session: DocsSession): Promise<z.output<typeof preview>> {
  const { text } = await session.run('npm run starter -- preview arena --json 2>/dev/null');
  return preview.parse(JSON.parse(text));
}

/** Everybody of the preview is then in Halo as it said: nothing is left to change, but for those whom Halo alone refused. */
async function assertForeseen(session: DocsSession, before: z.output<typeof preview>): Promise<string> {
  const after = new Map((await previewNow(session)).people.map((person) => [person.seatgeekId, person.outcome]));
  const { text } = await session.run('npm run starter -- rejected arena --json 2>/dev/null');
  const byHalo = new Set(
    rejectedList
      .parse(JSON.parse(text))
      .flatMap(({ seatgeekId, code }) => (code === 'halo-refused' ? [seatgeekId] : [])),
  );
  const wrong = before.people.filter(({ seatgeekId, outcome }) => {
    const now = after.get(seatgeekId);
    if (outcome === 'rejected' || outcome === 'skip') return now !== outcome;
    return now !== 'unchanged' && !byHalo.has(seatgeekId);
  });
  if (wrong.length > 0)
    throw new Error(`the import is not what the preview said: ${JSON.stringify(wrong.slice(0, 3))}`);
  const written =
    before.people.filter(({ outcome }) => outcome === 'create' || outcome === 'update').length - byHalo.size;
  return `${before.people.length} people previewed: all ${written} to be written are in Halo as the preview said${byHalo.size === 0 ? '' : `, and ${byHalo.size} ${byHalo.size === 1 ? 'was' : 'were'} refused by Halo itself`}.`;
}

async function play(recording: Recording): Promise<void> {
  const { session } = recording;
  const readme = await readmeCommands();
  const [temporal, sandbox, worker] = [readme('npm run temporal'), readme('npm run sandbox'), readme('npm run worker')];
  recording.tell('## 1. Temporal and a sandbox\n\nTwo terminals stay open.');
  await session.start(temporal, /Ctrl-C/);
  const said = await session.start(sandbox, /Ctrl-C/);
  recording.tell(`\`\`\`console\n$ ${temporal}\n\`\`\``);
  recording.shown(sandbox, said.replace(/^> .*\n/gm, '').trim());
  const secrets = printedVariables(said);
  recording.tell('## 2. and 3. Secrets, and a worker\n\nIn a third terminal, with what the sandbox printed:');
  await session.start(worker, /worker started/, secrets);
  const exports = Object.entries(secrets).map(([name, value]) => `$ export ${name}=${value}`);
  recording.tell(`\`\`\`console\n${exports.join('\n')}\n$ ${worker}\n\`\`\``);
  recording.tell(
    '## 4. The connection file\n\nIn a fourth terminal. Every question was answered with Enter but the site, where the second was chosen.',
  );
  await playWizard(recording, readme('npm run starter -- init'));
  recording.tell('## 5. Check and try');
  await recording.play(readme('npm run starter -- validate'));
  recording.tell('In a terminal `onboard` also offers the next steps one by one; here each is a command of its own.');
  await recording.play(readme('npm run starter -- onboard'));
  await recording.play(readme('npm run starter -- preview'), [0, 3]);
  const before = await previewNow(session);
  recording.tell('Exit code 3: it is finished, and some people are rejected, each with the reason.');
  await recording.play(readme('npm run starter -- import-100'), [0, 3]);
  const foreseen = await assertForeseen(session, before);
  process.stderr.write(`${foreseen}\n`);
  recording.tell(`Held against a second preview: ${foreseen}`);
  recording.tell(
    '## 6. Switch on\n\nWithout a terminal `watch` writes a line per change; in one, a block that shows percent, rate, time left and waiting as well.',
  );
  await recording.play(readme('npm run starter -- resume'));
  await recording.play(readme('npm run starter -- watch'), [0, 3]);
  recording.tell('## Who was rejected, and how it stands');
  await recording.play('npm run starter -- rejected arena');
  await recording.play('npm run starter -- status arena');
}

async function main(): Promise<void> {
  if (!hasTerminals()) throw new Error('This needs `script` of util-linux, for the wizard.');
  const session = await DocsSession.open();
  try {
    const recording = new Recording(session);
    await play(recording);
    await writeFile(PAGE, recording.page);
    process.stderr.write(`${path.relative(ROOT, PAGE)} is written\n`);
  } finally {
    await session.close();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
