import { assertPageSizeDoesNotMatter } from './page-sizes.js';

const FEEDS = 20;

describe('the page size does not matter', function () {
  this.timeout(60_000);

  for (let number = 1; number <= FEEDS; number += 1)
    it(`for what is in Halo and who is rejected (feed ${number})`, () => assertPageSizeDoesNotMatter(number));
});
