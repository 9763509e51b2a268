import { assertPageSizeDoesNotMatter } from '../matrix/page-sizes.js';

/** `FEEDS` many; those of the short version come first. */
const FEEDS = Number(process.env['FEEDS'] ?? 2_000);
const AT_A_TIME = 50;

describe('the page size does not matter', function () {
  this.timeout(10 * 60_000);

  for (let first = 1; first <= FEEDS; first += AT_A_TIME)
    it(`for what is in Halo and who is rejected (feeds ${first} to ${first + AT_A_TIME - 1})`, async () => {
      for (let number = first; number < first + AT_A_TIME && number <= FEEDS; number += 1)
        await assertPageSizeDoesNotMatter(number);
    });
});
