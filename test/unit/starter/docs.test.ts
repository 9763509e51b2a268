/** The page on the starter, held against the commands and flags there are. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createProgram } from '../../../src/starter/program.js';

const PAGE = readFileSync(fileURLToPath(new URL('../../../docs/starter.md', import.meta.url)), 'utf8');

const program = createProgram({ version: '1.2.3', run: () => Promise.resolve() });
const flagsOf = (command: { options: readonly { long?: string | undefined }[] }): string[] =>
  command.options.flatMap(({ long }) => long ?? []);

/** The text of each section by its command. */
const sections = new Map(
  PAGE.split(/^## /m)
    .slice(1)
    .map((section) => [/^`([\w-]+)`\n/.exec(section)?.[1] ?? section.slice(0, 20), section]),
);

describe('docs/starter.md', () => {
  it('has a section for each command and for nothing else', () => {
    assert.deepEqual([...sections.keys()].sort(), program.commands.map((command) => command.name()).sort());
  });

  for (const command of program.commands) {
    const section = sections.get(command.name()) ?? '';
    const named = new Set([...section.matchAll(/(?<![\w-])--[a-z][a-z0-9-]*/g)].map(([flag]) => flag));

    it(`names every flag of ${command.name()} and none that there is not`, () => {
      const known = new Set([...flagsOf(command), ...flagsOf(program)]);
      assert.deepEqual(
        flagsOf(command).filter((flag) => !named.has(flag)),
        [],
      );
      assert.deepEqual(
        [...named].filter((flag) => !known.has(flag)),
        [],
      );
    });

    it(`shows an example of ${command.name()} and what to expect`, () => {
      assert.match(section, new RegExp(`^npm run starter -- ${command.name()}\\b`, 'm'));
      assert.match(section, /\bExpect\b/);
    });
  }

  it('tells the exit codes that the help tells', () => {
    for (const code of [0, 1, 2, 3]) assert.match(PAGE, new RegExp(`^\\| ${code} `, 'm'));
  });

  it('is what the help shows: every example of the help names a command that there is', () => {
    let help = '';
    for (const command of [program, ...program.commands]) {
      command.configureOutput({ writeOut: (text) => (help += text) });
      command.outputHelp();
    }
    const names = [...help.matchAll(/npm run starter -- ([a-z0-9-]+)/g)].map(([, name]) => name);
    assert.ok(names.length > 5);
    assert.deepEqual(
      names.filter((name) => !program.commands.some((command) => command.name() === name)),
      [],
    );
  });
});
