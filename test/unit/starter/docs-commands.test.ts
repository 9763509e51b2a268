/** The commands that `npm run docs:commands` runs: found in the docs, or left out with a reason. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { commandsOf, whyUnplayed } from '../../../scripts/docs-commands.js';

const pages = ['README.md', ...readdirSync('docs').flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : []))];
const all = pages.flatMap((page) => commandsOf(page, readFileSync(page, 'utf8')));

describe('the commands of the docs', () => {
  it('are found whole: loops, continued lines, cells of tables, and no comments', () => {
    const text = [
      '```sh',
      'a \\',
      '  b   # said',
      '# alone',
      'for x in 1; do',
      '  c',
      'done',
      '```',
      '| `temporal workflow show` | `status arena` |',
    ].join('\n');
    const found = commandsOf('p', text).map(({ command }) => command);
    assert.deepEqual(found, ['a b', 'for x in 1; do\nc\ndone', 'temporal workflow show']);
  });

  it('hold the six steps of README, which are run', () => {
    const readme = all.filter(({ page }) => page === 'README.md');
    const played = readme.filter((command) => whyUnplayed(command) === null).map(({ command }) => command);
    assert.equal(played.length, 10);
    assert.ok(played.includes('npm run starter -- import-100 arena'));
  });

  it('are run unless somebody has said why not', () => {
    const played = all.filter((command) => whyUnplayed(command) === null);
    const odd = played.filter(
      ({ command }) => !/^(npm run|temporal|for a in|curl -s http:..127|[A-Z_]+=127\S* )/.test(command),
    );
    assert.deepEqual(odd, []);
    assert.ok(played.length > 50, String(played.length));
  });
});
