import { after } from 'mocha';
import { combinationOf, titleOf } from './combination.js';
import { play } from './play.js';

/** `MATRIX_SEED=… MATRIX_ONLY=17,23 npm run test:matrix` plays these again; MATRIX_COUNT plays more. */
const SEED = Number(process.env['MATRIX_SEED'] ?? 20_261_125);
const COUNT = Number(process.env['MATRIX_COUNT'] ?? 200);
const ONLY = process.env['MATRIX_ONLY']?.split(',');

/** Mocha's parallel runs share files, not tests: the halves are two files. */
export function describeCombinations(part: number, parts: number): void {
  describe(`the whole pipeline, dialects and faults by chance (${part + 1} of ${parts})`, function () {
    this.timeout(90_000);
    const passed = { combinations: 0, strikes: 0 };
    const numbers = Array.from({ length: COUNT }, (_, number) => number).filter(
      (number) => number % parts === part && (ONLY === undefined || ONLY.includes(String(number))),
    );
    for (const number of numbers) {
      const combination = combinationOf(SEED + number);
      it(`MATRIX_SEED=${SEED} MATRIX_ONLY=${number}: ${titleOf(combination)}`, async () => {
        const { strikes } = await play(combination);
        passed.combinations += 1;
        passed.strikes += strikes;
      });
    }
    after(() => {
      const { combinations, strikes } = passed;
      process.stdout.write(
        `matrix: ${combinations} of ${numbers.length} combinations passed, ${strikes} faults struck\n`,
      );
    });
  });
}
