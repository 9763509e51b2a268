import assert from 'node:assert/strict';
import { after } from 'mocha';
import { startSandbox } from '../../src/sandbox/start.js';
import { assertRight } from './checks.js';
import { Dice } from './dice.js';
import { LOST_ANSWERS } from './matrix-faults.js';
import { Pipeline } from './pipeline.js';

const SEED = Number(process.env['MATRIX_SEED'] ?? 20_261_125);
const ONLY = process.env['MATRIX_ONLY'];
const PLAYS = 32;
const DUE = 500;

/** Arrays and requests of one, so that answers about many and about one are lost. */
async function loseAnswers(seed: number): Promise<number> {
  const dice = new Dice(seed);
  const writeBatch = dice.one([1, 2, 5, 10]);
  const sandbox = await startSandbox({ seed, people: 120, existing: 20, images: dice.one([1, 2]) });
  const before = sandbox.halo.users();
  const pipeline = new Pipeline(sandbox, {
    connection: { seatgeek: { pageSize: 60 }, halo: { writeBatch } },
    timeoutMs: 400,
  });
  const lose = (of: readonly number[]): { hits: number }[] =>
    of.map((nth) => {
      const [, effect] = dice.chance(0.15) ? dice.one(LOST_ANSWERS) : dice.one(QUICK);
      return sandbox.faults.add({ system: 'halo', ...effect, match: { method: 'POST', path: '/api/Users', nth } });
    });
  const places = (count: number, upTo: number): number[] =>
    dice.some(
      Array.from({ length: upTo }, (_, n) => n + 1),
      count,
    );
  try {
    const placed = lose(places(14, writeBatch === 1 ? 60 : 22));
    await pipeline.sync();
    await pipeline.retryRejected(true);
    assertRight(pipeline, { before }, 'first import');
    sandbox.faults.clear();
    sandbox.addLiveChanges(40);
    placed.push(...lose(places(8, 10)));
    await pipeline.sync();
    await pipeline.retryRejected(true);
    assertRight(pipeline, { before }, 'live changes');
    return placed.reduce((sum, { hits }) => sum + hits, 0);
  } finally {
    await pipeline.close();
    await sandbox.close();
  }
}

/** Those that need no time limit to run out. */
const QUICK = LOST_ANSWERS.filter(([, { kind }]) => kind !== 'timeout-after-commit');

describe('answers of Halo lost after the write, at places by chance', function () {
  this.timeout(60_000);
  let lost = 0;

  for (let number = 0; number < PLAYS; number += 1) {
    if (ONLY !== undefined && String(number) !== ONLY) continue;
    it(`double nobody and lose nobody (MATRIX_SEED=${SEED} MATRIX_ONLY=${number})`, async () => {
      lost += await loseAnswers(SEED + 1_000 + number);
    });
  }

  it(`were ${DUE} or more`, function () {
    if (ONLY !== undefined) {
      process.stderr.write('skipped: only some of the combinations were played\n');
      this.skip();
    }
    assert.ok(lost >= DUE, `${lost} answers were lost`);
  });

  after(() => void process.stdout.write(`matrix: ${lost} answers were lost after the write\n`));
});
