import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { compileExpression } from '../../../src/mapping/expression.js';

const page = readFileSync(new URL('../../../docs/mapping.md', import.meta.url), 'utf8');
const recipes = [...page.matchAll(/^\| ([^|]+?) +\| `([^|]+)` +\| `(\{[^|]+\})` +\| `([^|]+)` +\|$/gm)].map(
  ([, wanted = '', from = '', row = '', gives = '']) => ({ wanted, from, row, gives }),
);

describe('the recipes of docs/mapping.md', () => {
  it('are all read', () => assert.ok(recipes.length >= 11, String(recipes.length)));

  for (const { wanted, from, row, gives } of recipes) {
    it(`give what they say: ${wanted}`, () => {
      const columns = z
        .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))
        .parse(JSON.parse(row));
      assert.deepEqual(compileExpression(from).evaluate(columns), JSON.parse(gives));
    });
  }
});
