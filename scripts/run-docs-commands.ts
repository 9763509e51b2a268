/**
 * `npm run docs:commands`: runs the commands of README and docs as they are printed, against a Temporal, a sandbox and a worker of their own, and
 * lists those that it can't run, with the reason. Ends with 1 when one does not do what it should.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { commandsOf, whyUnplayed, type DocsCommand } from './docs-commands.js';
import { DocsSession, printedVariables, type Ran } from './docs-session.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Pages in the order of a connection's life. */
const PAGES = [
  'README.md',
  'docs/starter.md',
  'docs/admin-guide.md',
  'docs/reference.md',
  'docs/rejected.md',
  'docs/personal-data.md',
];

interface Expectation {
  readonly pattern: RegExp;
  /** Exit codes that are right; 0 unless said. */
  readonly codes?: readonly number[];
  /** Asked in a terminal, and answered with yes. */
  readonly asks?: string;
  /** What brings the connection into the state that the command is for. */
  readonly before?: readonly string[];
}

const STARTER = 'npm run starter --';
const ONBOARDED = [`${STARTER} onboard connections/arena.json --skip-validate --json || true`];
const ON = [...ONBOARDED, `${STARTER} resume arena`, `${STARTER} watch arena || true`];
const ENDED = [`${STARTER} remove arena --yes || true`];

/** The first that fits counts; what fits none is run and must end with 0. */
const EXPECTED: readonly Expectation[] = [
  { pattern: /starter -- onboard /, before: ENDED, codes: [0, 3] },
  { pattern: /workflow start /, before: ENDED },
  { pattern: /starter -- trace .*@example/, before: ONBOARDED, codes: [1] },
  { pattern: /starter -- trace .*6f9619ff/, before: ONBOARDED, codes: [1] },
  { pattern: /starter -- trace .*<SeatGeek ID>/, before: ONBOARDED, codes: [0, 3] },
  { pattern: /starter -- (preview|import-100|watch)\b/, before: ONBOARDED, codes: [0, 3] },
  { pattern: /starter -- (sync-now|retry-rejected)\b/, before: ON, codes: [0, 3] },
  { pattern: /starter -- configure .*--yes/, before: ON },
  { pattern: /starter -- configure /, before: ON, asks: 'Change arena' },
  { pattern: /starter -- clear-cursor /, before: ON, asks: 'Clear the cursor of arena?' },
  { pattern: /starter -- remove /, before: ONBOARDED, asks: 'arena?' },
  // Nothing is held here: it says so and sends nothing.
  { pattern: /starter -- approve /, before: ON, codes: [2] },
  // No worker of such a build polls here: it says so and changes nothing.
  { pattern: /starter -- promote \d/, codes: [2] },
  { pattern: /search-attribute create/, codes: [0, 1] },
  {
    pattern: /--name (approve|preview|trace|validate|configure)|--type (status|rejected)|workflow (signal|metadata)/,
    before: ONBOARDED,
  },
  { pattern: /starter -- (status|pause|resume|rejected|open)\b/, before: ONBOARDED },
];

interface Result extends DocsCommand {
  readonly outcome: string;
  readonly isWrong: boolean;
}

class Player {
  /** The sandbox's first person, in place of the ID that the page invents. */
  #seatgeekId = '';
  #secrets: Record<string, string> = {};

  constructor(private readonly session: DocsSession) {}

  async begin(): Promise<void> {
    await this.session.start('npm run temporal', /Ctrl-C/);
    const said = await this.session.start('npm run sandbox', /Ctrl-C/);
    this.#secrets = printedVariables(said);
    await this.session.start('npm run worker', /worker started/, this.#secrets);
  }

  async play(command: DocsCommand): Promise<Result> {
    const why = whyUnplayed(command);
    if (why !== null) return { ...command, outcome: why, isWrong: false };
    const { page, command: shown } = command;
    if (/^npm run (temporal|sandbox|worker)$/.test(shown))
      return { page, command: shown, outcome: 'runs all along', isWrong: false };
    if (shown.endsWith('npm run worker')) {
      await this.session.start(shown, /worker started/, this.#secrets);
      return { page, command: shown, outcome: 'runs from here on', isWrong: false };
    }
    const expected = EXPECTED.find(({ pattern }) => pattern.test(shown));
    for (const before of expected?.before ?? []) await this.session.run(before);
    const { code, text } = await this.#run(await this.#named(shown), expected?.asks);
    const isWrong = !(expected?.codes ?? [0]).includes(code ?? -1);
    if (isWrong) process.stderr.write(`${shown} ended with ${String(code)}:\n${text}\n`);
    return { page, command: shown, outcome: `exit code ${String(code)}`, isWrong };
  }

  async #run(command: string, asks: string | undefined): Promise<Ran> {
    const isInit = / init /.test(command);
    if (asks === undefined && !isInit) return this.session.run(command);
    if (isInit) return this.session.run(`${command} --site 18 --yes --overwrite`);
    const typist = this.session.typist(command);
    await typist.on(asks ?? '', 'y');
    return { code: await typist.end(), text: typist.text };
  }

  /** `<SeatGeek ID>` in a table stands for one. */
  async #named(command: string): Promise<string> {
    if (!command.includes('<SeatGeek ID>')) return command;
    if (this.#seatgeekId === '') {
      const { text } = await this.session.run(`${STARTER} preview arena 1 --json 2>/dev/null`);
      this.#seatgeekId = /"seatgeekId": "([^"]+)"/.exec(text)?.[1] ?? '';
    }
    return command.replaceAll('<SeatGeek ID>', this.#seatgeekId);
  }
}

async function allCommands(): Promise<DocsCommand[]> {
  const others = (await readdir(path.join(ROOT, 'docs')))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`);
  const pages = [...PAGES, ...others.filter((page) => !PAGES.includes(page)).sort()];
  const texts = await Promise.all(
    pages.map(async (page) => commandsOf(page, await readFile(path.join(ROOT, page), 'utf8'))),
  );
  return texts.flat();
}

function report(results: readonly Result[]): string {
  return results
    .map(
      ({ page, command, outcome, isWrong }) =>
        `${isWrong ? 'WRONG ' : ''}${page}: ${command.replaceAll('\n', ' ')}\n    ${outcome}`,
    )
    .join('\n');
}

async function main(): Promise<void> {
  // Many imports one after the other must fit into Halo's limit.
  const session = await DocsSession.open('--people 200 --existing 20');
  const results: Result[] = [];
  try {
    const player = new Player(session);
    await player.begin();
    for (const command of await allCommands()) {
      results.push(await player.play(command));
      process.stderr.write(`${report(results.slice(-1))}\n`);
    }
  } finally {
    await session.close();
  }
  const [, , target] = process.argv;
  if (target !== undefined) await writeFile(target, `${report(results)}\n`);
  const wrong = results.filter(({ isWrong }) => isWrong);
  const unplayed = results.filter((result) => whyUnplayed(result) !== null);
  process.stdout.write(
    `${report(unplayed)}\n\n${results.length - unplayed.length} run, ${wrong.length} wrong, ${unplayed.length} not run (above, with the reason)\n`,
  );
  if (wrong.length > 0) process.exitCode = 1;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
