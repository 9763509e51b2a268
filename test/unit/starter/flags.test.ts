/** The command line as it is parsed, without a process. */
import assert from 'node:assert/strict';
import type { Command } from 'commander';
import { createProgram } from '../../../src/starter/program.js';
import { aRun, aStatus, fakeConnections, recorded } from './builders.js';

const SAMPLED = aStatus({ sampleImport: aRun({ trigger: 'import-100' }) });

/** Runs a command against connections in memory; answers the calls it made and what commander wrote. */
async function parse(args: readonly string[]): Promise<{ calls: readonly string[]; text: string }> {
  const connections = fakeConnections({ statuses: [SAMPLED] });
  let text = '';
  const program = createProgram({
    version: '1.2.3',
    run: async (command) => {
      await command(recorded(connections).context);
    },
  });
  const write = (piece: string): void => void (text += piece);
  for (const command of [program, ...program.commands]) silence(command, write);
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    text += error instanceof Error ? error.message : '';
  }
  return { calls: connections.calls, text };
}

function silence(command: Command, write: (piece: string) => void): void {
  command.configureOutput({ writeOut: write, writeErr: write });
}

describe('flags', () => {
  for (const { args, says } of [
    { args: [], says: /Usage: starter/ },
    { args: ['status'], says: /missing required argument 'name'/ },
    { args: ['onboard'], says: /missing required argument 'file'/ },
    { args: ['status', 'arena', '--jason'], says: /unknown option '--jason'.*Did you mean --json/s },
    { args: ['status', 'arena', 'stadium'], says: /too many arguments/ },
    { args: ['pause', 'arena', '--note'], says: /argument missing/ },
    { args: ['preview', 'arena', '101'], says: /1 to 100/ },
    { args: ['trace', 'arena'], says: /missing required argument 'whom'/ },
    { args: ['init', '--site', 'main'], says: /whole number/ },
    { args: ['init', '--interval', '0'], says: /number of minutes/ },
    { args: ['init', '--map'], says: /argument missing/ },
    { args: ['watch', 'arena', '--follow', '--json'], says: /--follow never ends/ },
    { args: ['--json', 'watch', 'arena', '--follow'], says: /--follow never ends/ },
  ]) {
    it(`refuse: starter ${args.join(' ')}`, async () => {
      const { calls, text } = await parse(args);
      assert.match(text, says);
      assert.deepEqual(calls, []);
    });
  }

  for (const { args, calls } of [
    { args: ['pause', 'arena', '--note', 'Halo moves'], calls: ['pause arena Halo moves'] },
    { args: ['resume', 'arena'], calls: ['resume arena'] },
    { args: ['import-100', 'arena', '--no-wait'], calls: ['import-100 arena'] },
    { args: ['import-100', 'arena', '--json'], calls: ['import-100 arena'] },
    { args: ['--json', 'sync-now', 'arena', '--wait'], calls: ['sync-now arena'] },
    { args: ['clear-cursor', 'arena', '--yes'], calls: ['clear-cursor arena'] },
    { args: ['retry-rejected', 'arena'], calls: ['retry-rejected arena'] },
    { args: ['onboard', 'connections/example.json', '--skip-validate'], calls: ['start arena'] },
    {
      args: ['onboard', 'connections/example.json', '--import-100', '--resume'],
      calls: ['validate arena', 'start arena', 'import-100 arena', 'resume arena onboarding'],
    },
    {
      args: ['onboard', 'connections/example.json', '--preview'],
      calls: ['validate arena', 'start arena', 'preview arena 100'],
    },
    { args: ['preview', 'arena'], calls: ['preview arena 100'] },
    { args: ['preview', 'arena', '7', '--json'], calls: ['preview arena 7'] },
    { args: ['trace', 'arena', 'sg-1'], calls: ['trace arena sg-1'] },
    {
      args: ['configure', 'connections/example.json', '--reimport', '--yes'],
      calls: ['configure arena reimport'],
    },
    { args: ['discover', 'connections/example.json', '--site', 'box'], calls: ['discover arena box'] },
    { args: ['status', 'arena'], calls: [] },
    { args: ['status', 'connections/example.json'], calls: [] },
    { args: ['watch', 'arena'], calls: [] },
    { args: ['rejected', 'arena'], calls: [] },
    { args: ['list'], calls: [] },
  ]) {
    it(`are understood: starter ${args.join(' ')}`, async () => {
      const parsed = await parse(args);
      assert.equal(parsed.text, '');
      assert.deepEqual(parsed.calls, calls);
    });
  }

  it('have a description in the help of every command', async () => {
    const program = createProgram({ version: '1.2.3', run: () => Promise.resolve() });
    for (const command of program.commands) {
      assert.notEqual(command.description(), '');
      for (const option of command.options) assert.notEqual(option.description, '', option.flags);
      assert.match((await parse([command.name(), '--help'])).text, /Usage: starter/);
    }
  });
});
