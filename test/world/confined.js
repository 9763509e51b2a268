/* global process */
// Runs in a network namespace of its own, which has no way out: 127.0.0.1:3128 leads to a Unix socket, and the rest of the command line is run.
import { spawn, execFileSync } from 'node:child_process';
import { connect, createServer } from 'node:net';

const [socketFile = '', program = '', ...args] = process.argv.slice(2);
execFileSync('ip', ['link', 'set', 'lo', 'up']);
const server = createServer((near) => {
  const far = connect(socketFile);
  near.pipe(far).pipe(near);
  for (const [one, other] of [
    [near, far],
    [far, near],
  ]) {
    one.on('error', () => undefined);
    one.on('close', () => other.destroy());
  }
});
server.listen(3128, '127.0.0.1', () => {
  const child = spawn(program, args, { stdio: 'inherit' });
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.once('exit', (code) => process.exit(code ?? 1));
});
