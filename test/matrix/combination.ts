/** What one play of the pipeline meets: dialects, faults, sizes, deaths of workers. */
import { HALO_DIALECT, type HaloDialect, SEATGEEK_DIALECT, type SeatGeekDialect } from '../../src/sandbox/dialects.js';
import { isHopeless } from '../world/hopeless-dialects.js';
import { Dice } from './dice.js';
import { MATRIX_FAULTS, MOMENTS, type MatrixFault, type Moment } from './matrix-faults.js';

export interface Combination {
  readonly seed: number;
  readonly people: number;
  readonly existing: number;
  readonly images: number;
  readonly seatgeek: Partial<SeatGeekDialect>;
  readonly halo: Partial<HaloDialect>;
  readonly faults: readonly { readonly fault: MatrixFault; readonly moment: Moment }[];
  readonly pageSize: number;
  readonly writeBatch: number;
  /** How likely a worker dies at a step. */
  readonly deaths: number;
  /** Cursors given so far are refused before the incremental run. */
  readonly expires: boolean;
}

type Table = Readonly<Record<string, { readonly values: readonly unknown[] }>>;

/** Every value of every switch but the defaults and the hopeless. */
export function oddValues(table: Table): (readonly [name: string, value: unknown])[] {
  return Object.entries(table).flatMap(([name, { values }]) =>
    values.slice(1).flatMap((value) => (isHopeless(name, value) ? [] : [[name, value] as const])),
  );
}

export const PLAIN: Combination = {
  seed: 11,
  people: 150,
  existing: 25,
  images: 1.4,
  seatgeek: {},
  halo: {},
  faults: [],
  pageSize: 60,
  writeBatch: 50,
  deaths: 0,
  expires: false,
};

const HALO_SWITCHES = oddValues(HALO_DIALECT);

/** Where custom fields can neither be listed nor be seen on users, a mapped one counts as missing, and the run says so. */
function possible(halo: Partial<HaloDialect>): Partial<HaloDialect> {
  if (halo.rights !== 'no-field-info' || halo.blankCustomFields !== 'left-out') return halo;
  return { ...halo, blankCustomFields: 'text' };
}

/** A Halo that keeps addresses with users is not asked for them apart, and a feed without a last cursor may never be asked with one. */
function canStrike(
  { name }: MatrixFault,
  moment: Moment,
  { halo, seatgeek }: Pick<Combination, 'halo' | 'seatgeek'>,
): boolean {
  if (name.includes('address')) return halo.primaryAddress === 'ignored' && halo.addressOfUser !== 'refused';
  const asksWithCursor = seatgeek.lastCursor === undefined;
  return asksWithCursor || !name.startsWith('SeatGeek') || (moment === 'early' && !name.includes('cursor expired'));
}

export function combinationOf(seed: number): Combination {
  const dice = new Dice(seed);
  const halo = possible(Object.fromEntries(dice.some(HALO_SWITCHES, dice.integer(1, 7))));
  const seatgeek = Object.fromEntries(dice.some(oddValues(SEATGEEK_DIALECT), dice.integer(0, 4)));
  const faults = dice
    .some(MATRIX_FAULTS, dice.integer(0, 4))
    .map((fault) => ({ fault, moment: dice.one(MOMENTS) }))
    .filter(({ fault, moment }) => canStrike(fault, moment, { halo, seatgeek }));
  return {
    seed,
    people: dice.integer(120, 300),
    existing: dice.integer(0, 60),
    images: dice.one([1, 1.3, 2, 3]),
    seatgeek,
    halo,
    faults,
    pageSize: dice.one([50, 70, 120, 1_000]),
    writeBatch: dice.one([1, 3, 10, 25, 50, 50]),
    deaths: dice.one([0, 0, 0.15]),
    expires: dice.chance(0.15),
  };
}

export function titleOf({ seatgeek, halo, faults, people, pageSize, writeBatch, deaths }: Combination): string {
  const switches = Object.entries({ ...seatgeek, ...halo }).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const struck = faults.map(({ fault, moment }) => `${fault.name} (${moment})`);
  const sizes = `${people} people, pages of ${pageSize}, arrays of ${writeBatch}${deaths > 0 ? ', workers die' : ''}`;
  return [sizes, ...switches, ...struck].join('; ');
}
