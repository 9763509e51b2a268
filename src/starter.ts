#!/usr/bin/env node
/** The onboarding command line: flags in, exit code out. It speaks only to Temporal. `npm run starter -- --help` */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { CommanderError } from 'commander';
import { z } from 'zod';
import type { Connections } from './starter/connections.js';
import type { Context } from './starter/context.js';
import { errorLines, errorJson } from './starter/error-texts.js';
import { EXIT, exitCodeOfError, type ExitCode } from './starter/exit-codes.js';
import { createTerminal, type Terminal } from './starter/output.js';
import { createProgram } from './starter/program.js';
import { prompts } from './starter/prompts.js';

async function main(args: readonly string[]): Promise<ExitCode> {
  const { stdin, stdout, stderr, env } = process;
  const terminal = createTerminal({ stdin, stdout, stderr, env, json: args.includes('--json') });
  let exitCode: ExitCode = EXIT.ok;
  const program = createProgram({
    version: version(),
    run: async (command) => {
      exitCode = await withContext(terminal, command);
    },
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    return failed(terminal, error);
  }
}

/** Hands a command its context and closes the connection to Temporal if the command opened one. */
async function withContext(terminal: Terminal, command: (context: Context) => Promise<ExitCode>): Promise<ExitCode> {
  let opened: Promise<Connections> | undefined;
  // The wizard tries again where a person may have put things right meanwhile.
  const forget = (error: unknown): never => {
    opened = undefined;
    throw error;
  };
  const context: Context = {
    terminal,
    ...prompts,
    connections: () => (opened ??= connect().catch(forget)),
    pause: (ms) => sleep(ms),
    nowMs: () => Date.now(),
  };
  try {
    return await command(context);
  } finally {
    await opened?.then(
      (connections) => connections.close(),
      () => undefined,
    );
  }
}

/** A refused connection is tried again until then: somebody at a terminal hears of it in good time, and a slow network has its chance. */
const CONNECT_MS = 3_500;

/** Temporal's client takes most of the time to load: help and refused flags need not wait for it. */
async function connect(): Promise<Connections> {
  const [{ connectClient, loadConnectConfig }, { createConnections }] = await Promise.all([
    import('./temporal/connect.js'),
    import('./starter/temporal.js'),
  ]);
  const config = loadConnectConfig();
  const { client, connection } = await connectClient({ ...config, timeoutMs: CONNECT_MS });
  const { address, namespace } = config;
  const web = { address, namespace, uiUrl: process.env['TEMPORAL_UI_URL'] };
  return createConnections(client, { close: () => connection.close(), web });
}

function failed(terminal: Terminal, error: unknown): ExitCode {
  // Commander has already written help, version or what is wrong with the flags.
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return EXIT.ok;
    if (terminal.json) terminal.show(errorJson(error), []);
    return EXIT.usage;
  }
  for (const line of errorLines(error)) terminal.say(line);
  if (terminal.json) terminal.show(errorJson(error), []);
  return exitCodeOfError(error);
}

function version(): string {
  const file = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return z.object({ version: z.string() }).parse(JSON.parse(file)).version;
}

process.exitCode = await main(process.argv.slice(2));
