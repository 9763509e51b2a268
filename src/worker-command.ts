#!/usr/bin/env node
/** `seatgeek-halo-worker`, and `npm start`: the built worker with its production settings. What the environment says already goes first. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { PRODUCTION_ENV, PRODUCTION_FLAGS } from './worker/production.js';

const child = spawn(process.execPath, [...PRODUCTION_FLAGS, fileURLToPath(new URL('./worker.js', import.meta.url))], {
  env: { ...PRODUCTION_ENV, ...process.env },
  stdio: 'inherit',
});
// The worker ends in order; this process waits for it. Ctrl-C in a terminal reaches both.
for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
process.on('SIGINT', () => undefined);
child.once('exit', (code, signal) => {
  process.exitCode = code ?? (signal === null ? 1 : 128);
});
