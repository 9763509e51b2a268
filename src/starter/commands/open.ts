/** `open <name>`: the page of the Web UI that tells the connection's story. */
import { spawn } from 'node:child_process';
import { connectionNameFrom } from '../connection-argument.js';
import type { Context } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';

export async function openCommand(
  context: Context,
  argument: string,
  { print }: { print: boolean },
): Promise<ExitCode> {
  const name = await connectionNameFrom(argument);
  const page = await (await context.connections()).webPage(name);
  context.terminal.show({ connection: name, page }, [page]);
  if (!print && context.terminal.interactive) openInBrowser(page);
  return EXIT.ok;
}

/** A machine without a browser has the link all the same. */
function openInBrowser(page: string): void {
  const opener = { darwin: 'open', win32: 'explorer' }[process.platform as string] ?? 'xdg-open';
  const child = spawn(opener, [page], { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}
