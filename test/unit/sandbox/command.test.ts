import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readCommand } from '../../../src/sandbox/options.js';
import { startSandbox } from '../../../src/sandbox/start.js';

function run(...args: string[]): Promise<{ code: number; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['--import', 'tsx', 'src/sandbox/index.ts', ...args], (error, _stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stderr });
    });
  });
}

describe('sandbox command', () => {
  it('reads flags into options', () => {
    const flags =
      '--people 7 --live 10 --halo-limit 300/60 --halo-latency 20 --halo arrays=one-only --halo pageCap=50 --seatgeek log=compacted';
    const { sandbox, name, connectionPath } = readCommand(flags.split(' '));
    assert.deepEqual(
      [sandbox.people, sandbox.live, name, connectionPath],
      [7, { everyMs: 10_000, changes: 3 }, 'arena', undefined],
    );
    assert.deepEqual(sandbox.halo, {
      arrays: 'one-only',
      latencyMs: 20,
      pageCap: 50,
      rateLimit: { requests: 300, perSeconds: 60 },
    });
    assert.deepEqual(sandbox.seatgeek, { log: 'compacted' });
  });

  it('ends with 2 and the values that are possible when a switch is wrong', async () => {
    const { code, stderr } = await run('--halo', 'arrays=x');
    assert.equal(code, 2);
    assert.match(stderr, /stops-at-bad, all-or-nothing/);
  });

  it('names the port that is in use, and leaves nothing open', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as AddressInfo;
    await assert.rejects(
      startSandbox({ people: 1, haloPort: port }),
      new RegExp(`${port} for halo: the port is in use`),
    );
    taken.close();
  });
});
