/**
 * Plays a first connection for real, as README tells it, and writes the session as text: `npx tsx scripts/record-first-connection.ts`
 * (`--without-preview` leaves that step out). Needs `script` of util-linux for the wizard's terminal. Ports and paths are made neutral.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { freePort } from '../src/temporal/free-port.js';
import { DOWN, ENTER, hasTerminals, Typist } from '../test/world/typist.js';
import { terminalText } from './terminal-text.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PAGE = path.join(ROOT, 'docs/first-connection.md');
const TSX = path.join(ROOT, 'node_modules/tsx/dist/loader.mjs');

const SECRETS = {
  ARENA_SEATGEEK_CLIENT_ID: 'sandbox-seatgeek-client',
  ARENA_SEATGEEK_CLIENT_SECRET: 'sandbox-seatgeek-secret',
  ARENA_HALO_CLIENT_ID: 'sandbox-halo-client',
  ARENA_HALO_CLIENT_SECRET: 'sandbox-halo-secret',
};

/** The usual ports, as the page shows them, and those of this recording. */
async function openPorts(): Promise<Record<'7233' | '8233' | '8181' | '8182', number>> {
  return { 7233: await freePort(), 8233: await freePort(), 8181: await freePort(), 8182: await freePort() };
}

class Session {
  readonly #running: ChildProcess[] = [];
  readonly #page: string[] = [];
  #steps = 0;
  readonly #scripts: Readonly<Record<string, string>>;
  readonly env: NodeJS.ProcessEnv;

  constructor(
    readonly folder: string,
    readonly ports: Readonly<Record<'7233' | '8233' | '8181' | '8182', number>>,
    scripts: Readonly<Record<string, string>>,
  ) {
    this.#scripts = scripts;
    this.env = { ...process.env, NO_COLOR: '1', TEMPORAL_ADDRESS: `127.0.0.1:${ports[7233]}` };
  }

  tell(text: string): void {
    this.#page.push(text);
  }

  /** A numbered heading and what to say under it. */
  step(title: string, text: string): void {
    this.#steps += 1;
    this.tell(`## ${this.#steps}. ${title}\n\n${text}`);
  }

  /** What stands behind `npm run <name> -- <flags>`, in the session's folder instead of this one. */
  command(name: string, flags: string): string {
    const file = path.join(ROOT, (this.#scripts[name] ?? '').replace(/^tsx /, ''));
    return `exec ${process.execPath} --import ${TSX} ${file} ${this.#real(flags)}`;
  }

  /** Starts what stays running; waits until it has said `ready`. */
  async start(name: string, flags: string, ready: RegExp, env: NodeJS.ProcessEnv = {}): Promise<void> {
    const child = spawn('sh', ['-c', this.command(name, flags)], { cwd: this.folder, env: { ...this.env, ...env } });
    this.#running.push(child);
    let said = '';
    const done = new Promise<void>((resolve, reject) => {
      const listen = (text: Buffer): void => {
        said += text.toString();
        if (ready.test(said)) resolve();
      };
      child.stdout.on('data', listen);
      child.stderr.on('data', listen);
      child.once('exit', () => reject(new Error(`npm run ${name} ended:\n${said}`)));
    });
    await done;
    process.stderr.write(`npm run ${name} is up\n`);
  }

  /** Runs a command of the shell as the page shows it; its output joins the page. Throws when it ends otherwise than expected. */
  async run(shown: string, expectedCode = 0): Promise<void> {
    const [, name, flags = ''] = /^npm run (\w+) -- (.*)$/.exec(shown) ?? [];
    const shell = name === undefined ? this.#real(shown) : this.command(name, flags);
    const child = spawn('sh', ['-c', `${shell} 2>&1`], { cwd: this.folder, env: this.env });
    let said = '';
    child.stdout.on('data', (text: Buffer) => (said += text.toString()));
    const [code] = z
      .tuple([z.number().nullable()])
      .rest(z.unknown())
      .parse(await once(child, 'close'));
    if (code !== expectedCode) throw new Error(`${shown} ended with ${String(code)}:\n${said}`);
    const answer = said === '' ? '' : `${this.neutral(said).trimEnd()}\n`;
    const exit = expectedCode === 0 ? '' : `$ echo $?\n${expectedCode}\n`;
    this.tell(`\`\`\`console\n$ ${shown}\n${answer}${exit}\`\`\``);
    process.stderr.write(`${shown}\n`);
  }

  #real(text: string): string {
    return Object.entries(this.ports).reduce((real, [usual, port]) => real.replaceAll(usual, String(port)), text);
  }

  neutral(text: string): string {
    const ports = Object.entries(this.ports).reduce(
      (shown, [usual, port]) => shown.replaceAll(String(port), usual),
      text,
    );
    return ports.replaceAll(this.folder, '.').replaceAll('\r\n', '\n');
  }

  get page(): string {
    return `${this.#page.join('\n\n')}\n`;
  }

  async close(): Promise<void> {
    for (const child of this.#running.reverse()) {
      if (child.exitCode !== null) continue;
      child.removeAllListeners('exit');
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    }
  }
}

const FEED = '--seatgeek-api-url http://127.0.0.1:8181/v1 --seatgeek-token-url http://127.0.0.1:8181/oauth/token';

/** The wizard, in a terminal of its own. */
async function playWizard(session: Session): Promise<void> {
  const typist = new Typist({
    command: session.command('starter', `init ${FEED}`),
    cwd: session.folder,
    env: { ...session.env, TERM: 'xterm' },
  });
  await typist.on('A short name', `arena${ENTER}`);
  await typist.on("Halo's address", `http://127.0.0.1:${session.ports[8182]}${ENTER}`);
  await typist.on('tenant', ENTER);
  await typist.on('Minutes', ENTER);
  await typist.on('How to go on?');
  await giveSecrets(session);
  await typist.on('Look again', ENTER);
  await typist.on('keeps the SeatGeek ID', ENTER);
  await typist.on('Training Ground', DOWN + ENTER);
  await typist.on('These are the mappings', ENTER);
  await typist.on('Import the address', ENTER);
  await typist.on('Keep everybody active', ENTER);
  await typist.on('next: npm run starter -- validate');
  if ((await typist.end()) !== 0) throw new Error(`the wizard failed:\n${typist.text}`);
  const shown = session.neutral(terminalText(typist.raw)).trimEnd();
  session.tell(`\`\`\`console\n$ npm run starter -- init \\\n    ${FEED}\n${shown}\n\`\`\``);
}

async function giveSecrets({ folder }: Session): Promise<void> {
  for (const [name, value] of Object.entries(SECRETS)) await writeFile(path.join(folder, 'secrets', name), value);
}

const INTRO = `# A first connection

A recorded session, played for real by \`npx tsx scripts/record-first-connection.ts\` against \`npm run temporal\`, \`npm run sandbox\` and \`npm run worker\`: what a
new user types, and what comes back. With your own SeatGeek and Halo, leave out the sandbox, the addresses that name it, and \`ALLOWED_HOSTS\`. Every command is explained in [starter.md](starter.md).`;

const WAITS = `The wizard asks for a name and Halo's address, then says which secrets the worker needs. It goes on when the worker can use them: at "How to go on?" four files
were written in another terminal,`;

const SECRETS_SHOWN = Object.entries(SECRETS).map(([name, value]) => `$ printf '%s' ${value} > secrets/${name}`);

async function play(session: Session, withPreview: boolean): Promise<void> {
  await session.start('temporal', '--port 7233 --ui-port 8233', /Ctrl-C/);
  await session.start('sandbox', '--people 1500 --seatgeek-port 8181 --halo-port 8182', /Ctrl-C/);
  await mkdir(path.join(session.folder, 'secrets'));
  const settings = { SECRETS_DIR: 'secrets', ALLOWED_HOSTS: '127.0.0.1' };
  await session.start('worker', '', /worker started/, settings);
  session.tell(INTRO);
  const shown = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  session.step(
    'Start everything',
    'Three terminals stay open. The worker gets its secrets from a folder that is still empty.',
  );
  const three = [
    'mkdir secrets',
    'npm run temporal',
    'npm run sandbox -- --people 1500',
    `${shown.join(' ')} npm run worker`,
  ];
  session.tell(`\`\`\`console\n${three.map((command) => `$ ${command}`).join('\n')}\n\`\`\``);
  session.step(
    'Write the connection file, and set the secrets',
    `${WAITS}\n\n\`\`\`console\n${SECRETS_SHOWN.join('\n')}\n\`\`\`\n\nand "Look again" was chosen.`,
  );
  await playWizard(session);
  session.step(
    'Check it',
    'Two mistakes are made on purpose: a site that does not exist, and a column that is spelled wrong.',
  );
  await session.run(
    `sed -i 's/"defaultSite": 18/"defaultSite": 81/; s/"from": "mobile_phone"/"from": "mobil_phone"/' connections/arena.json`,
  );
  await session.run('npm run starter -- validate connections/arena.json', 1);
  session.tell('Both are named, with what there is instead. Corrected:');
  await session.run(
    `sed -i 's/"defaultSite": 81/"defaultSite": 18/; s/"from": "mobil_phone"/"from": "mobile_phone"/' connections/arena.json`,
  );
  await session.run('npm run starter -- validate connections/arena.json');
  session.step(
    'Start it, with the integrator off',
    'In a terminal `onboard` also offers the next steps one by one; here each is a command of its own.',
  );
  await session.run('npm run starter -- onboard connections/arena.json --skip-validate');
  if (withPreview) {
    session.step('Look before anything is written', 'The people are made up by the sandbox.');
    await session.run('npm run starter -- preview arena 12');
  }
  session.step('Try a hundred', 'Exit code 3: it is finished, and some people are rejected, each with the reason.');
  await session.run('npm run starter -- import-100 arena', 3);
  await session.run('npm run starter -- rejected arena');
  session.step(
    'Switch on, and watch',
    'Without a terminal `watch` writes a line per page; in one, a block that shows rate, page and waiting as well.',
  );
  await session.run("npm run starter -- resume arena --note 'the sample looks right'");
  await session.run('npm run starter -- watch arena', 3);
  await session.run('npm run starter -- status arena');
}

async function main(): Promise<void> {
  if (!hasTerminals()) throw new Error('This needs `script` of util-linux, for the wizard.');
  const { scripts } = z
    .object({ scripts: z.record(z.string(), z.string()) })
    .parse(JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8')));
  const folder = await mkdtemp(path.join(tmpdir(), 'first-connection-'));
  const session = new Session(folder, await openPorts(), scripts);
  try {
    await play(session, !process.argv.includes('--without-preview'));
    await writeFile(PAGE, session.page);
    process.stderr.write(`${path.relative(ROOT, PAGE)} is written\n`);
  } finally {
    await session.close();
    await rm(folder, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
