import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { PRODUCTION_ENV, PRODUCTION_FLAGS } from '../../../bench/world.js';

const PACKAGE = fileURLToPath(new URL('../../../package.json', import.meta.url));

describe('the worker that the bench measures', () => {
  it('is started as `npm start` starts it', () => {
    const { scripts } = z
      .object({ scripts: z.object({ start: z.string() }) })
      .parse(JSON.parse(readFileSync(PACKAGE, 'utf8')));
    const env = Object.entries(PRODUCTION_ENV).map(([name, value]) => `${name}=${value}`);
    assert.equal(scripts.start, [...env, 'node', ...PRODUCTION_FLAGS, 'dist/worker.js'].join(' '));
  });
});
