import { HALO_DIALECT, SEATGEEK_DIALECT } from '../../src/sandbox/dialects.js';
import { oddValues, PLAIN, type Combination } from './combination.js';
import { MATRIX_FAULTS, MOMENTS } from './matrix-faults.js';
import { play } from './play.js';

/** A switch that shows only together with another. */
const WITH: Readonly<Record<string, Partial<Combination>>> = {
  aboveMaxLimit: { seatgeek: { maxLimit: 100 }, pageSize: 1_000 },
  answerOrder: { writeBatch: 10 },
  duplicateEmailText: { halo: { duplicateEmail: 'refused' } },
  addressOfUser: { halo: { primaryAddress: 'ignored' } },
  expiredCursor: { expires: true },
  emptyPages: { seatgeek: { emptyPageEvery: 3 } },
  searchTakes: { halo: { advancedSearch: 'emailaddress+customfields', advancedSearchIn: true } },
  searchShows: { halo: { advancedSearch: 'emailaddress+customfields', advancedSearchIn: true } },
};

describe('the whole pipeline', function () {
  this.timeout(60_000);

  it('brings Halo to what the feed says, again and again', async () => {
    await play(PLAIN);
  });

  for (const [name, value] of oddValues(SEATGEEK_DIALECT)) {
    it(`does so with SeatGeek's ${name}: ${String(value)}`, async () => {
      const also = WITH[name] ?? {};
      await play({ ...PLAIN, ...also, seatgeek: { ...also.seatgeek, [name]: value } });
    });
  }

  for (const [name, value] of oddValues(HALO_DIALECT)) {
    it(`does so with Halo's ${name}: ${String(value)}`, async () => {
      const also = WITH[name] ?? {};
      await play({ ...PLAIN, ...also, halo: { ...also.halo, [name]: value } });
    });
  }

  for (const fault of MATRIX_FAULTS) {
    it(`does so with ${fault.name}, wherever it strikes`, async () => {
      // Addresses go out apart only where Halo does not keep those sent with the user.
      const halo = fault.name.includes('address') ? { primaryAddress: 'ignored' as const } : {};
      for (const moment of MOMENTS) await play({ ...PLAIN, halo, people: 120, faults: [{ fault, moment }] });
    });
  }

  it('does so though workers die with what they know', async () => {
    await play({ ...PLAIN, deaths: 0.3 });
  });
});
