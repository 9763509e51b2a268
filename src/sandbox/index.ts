/** `npm run sandbox`: starts both servers, prints how to reach them, stays until interrupted. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { interrupted } from '../interrupted.js';
import { sandboxConnection, sandboxSecrets } from './connection-file.js';
import { readCommand, type SandboxCommand } from './options.js';
import { type Sandbox, startSandbox } from './start.js';

async function main(): Promise<void> {
  const command = readCommand(process.argv.slice(2));
  const sandbox = await startSandbox(command.sandbox);
  try {
    await writeConnection(sandbox, command);
    process.stdout.write(describe(sandbox, command));
    await interrupted();
  } finally {
    await sandbox.close();
  }
}

async function writeConnection(sandbox: Sandbox, { name, connectionPath }: SandboxCommand): Promise<void> {
  if (connectionPath === undefined) return;
  await mkdir(path.dirname(connectionPath), { recursive: true });
  const schema = path.relative(path.dirname(path.resolve(connectionPath)), path.resolve('connection.schema.json'));
  const file = { $schema: schema, ...sandboxConnection(sandbox, name) };
  await writeFile(connectionPath, `${JSON.stringify(file, null, 2)}\n`);
}

function describe(sandbox: Sandbox, { name, connectionPath }: SandboxCommand): string {
  const { seatgeek, halo } = sandbox;
  const environment = Object.entries({ ...sandboxSecrets(sandbox, name), ALLOWED_HOSTS: '127.0.0.1' });
  const file = connectionPath ?? 'none; write one with --write-connection connections/sandbox.json';
  return `
SeatGeek   ${seatgeek.apiUrl}/clients   ${seatgeek.feed.length} change events
           tokens: ${seatgeek.tokenUrl}
Halo       ${halo.url}   ${halo.store.size} users
Connection ${file}

The worker's environment, to paste where it is started:

${environment.map(([variable, value]) => `  ${setting(variable, value)}`).join('\n')}

Ctrl-C ends it.
`;
}

/** As the shell at hand takes it. */
function setting(variable: string, value: string): string {
  return process.platform === 'win32' ? `$env:${variable} = '${value}'` : `export ${variable}=${value}`;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
