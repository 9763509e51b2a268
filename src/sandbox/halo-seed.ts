/** What Halo holds before the first import: placeholders, strangers, and people whom SeatGeek knows too, with data out of date. */
import { partOf } from './cast.js';
import type { HaloSite, HaloStore } from './halo-store.js';
import { emailOf, personId, personRow, type Population } from './person.js';
import { FIRST_NAMES, LAST_NAMES } from './person-names.js';
import { hash, pick } from './random.js';

export const SITES: readonly HaloSite[] = [
  { id: 17, name: 'Head Office', client_id: 11, client_name: 'Arena Operations', inactive: false },
  { id: 18, name: 'Box Office', client_id: 12, client_name: 'Arena Fans', inactive: false },
  { id: 19, name: 'Season Ticket Holders', client_id: 12, client_name: 'Arena Fans', inactive: false },
  { id: 53, name: 'Training Ground', client_id: 13, client_name: 'Arena Academy', inactive: false },
];

/** Sites of no use but to be many: `Gate 1` (id 1001) and so on. */
export function moreSites(count: number): HaloSite[] {
  return Array.from({ length: count }, (_, at) => ({
    id: 1_001 + at,
    name: `Gate ${at + 1}`,
    client_id: 12,
    client_name: 'Arena Fans',
    inactive: false,
  }));
}

/** Separate dice for separate questions. */
const DIE = { name: 201, site: 202, case: 203, flags: 204 } as const;

/** Fills the store. `strangers` are users whom SeatGeek does not know. */
export function seedHalo(store: HaloStore, population: Population, strangers: number): void {
  for (const { id } of SITES) store.create({ name: 'General User', site_id: id }, true);
  for (let n = 0; n < strangers; n += 1) addStranger(store, population.seed, n);
  for (let person = 0; person < population.people; person += 1) addAcquaintance(store, population, person);
}

function addStranger(store: HaloStore, seed: number, n: number): void {
  const firstname = pick(FIRST_NAMES, hash(seed, n, DIE.name));
  const surname = pick(LAST_NAMES, hash(seed, n, DIE.name, 1));
  store.create({
    name: `${firstname} ${surname}`,
    firstname,
    surname,
    emailaddress: n % 7 === 0 ? '' : `staff.${n}@arena.example`,
    phonenumber: '+1 954 555 0100',
    inactive: n % 9 === 0,
    notes: `kept by hand ${n}`,
    site_id: siteOf(seed, n),
    customFields: { CFBadgeNumber: String(7_000 + n), ...(n % 50 === 1 && { CFSeatGeekID: `another-system-${n}` }) },
  });
}

function addAcquaintance(store: HaloStore, population: Population, person: number): void {
  const id = personId(population, person);
  const email = emailOf(population, person, 0)?.trim() ?? '';
  switch (partOf(person, population)) {
    case 'in-halo-by-email':
      addOutdated(store, population, person, { email: inOtherCase(population.seed, person, email) });
      break;
    case 'in-halo-by-id':
      addOutdated(store, population, person, {
        name: firstNameOf(population, person),
        email: person % 200 === 5 ? `old.${person}@arena.example` : email,
        seatgeekId: id,
      });
      break;
    case 'family-head':
      if (person % 1_000 === 241) addOutdated(store, population, person, { email });
      break;
    case 'email-shared-in-halo':
      addOutdated(store, population, person, { email });
      addOutdated(store, population, person, { email: email.toUpperCase() });
      break;
    case 'email-taken-in-halo':
      addOutdated(store, population, person, { email, seatgeekId: `taken-${person}` });
      break;
    case 'id-shared-in-halo':
      addOutdated(store, population, person, { email: `twin.a.${person}@arena.example`, seatgeekId: id });
      addOutdated(store, population, person, { email: `twin.b.${person}@arena.example`, seatgeekId: id });
      break;
    default:
      break;
  }
}

/** Somebody SeatGeek knows, as Halo knew them years ago, with fields that no mapping may touch. */
function addOutdated(
  store: HaloStore,
  { seed }: Population,
  person: number,
  { name = `Old Name ${person}`, email, seatgeekId }: { name?: string; email: string; seatgeekId?: string },
): void {
  store.create({
    name,
    firstname: 'Old',
    surname: `Name ${person}`,
    emailaddress: email,
    phonenumber: '555-0000',
    email2: `second.${person}@arena.example`,
    other2: `keep-${person}`,
    notes: `knows the chairman ${person}`,
    neversendemails: person % 2 === 0,
    inactive: hash(seed, person, DIE.flags) % 12 === 0,
    site_id: siteOf(seed, person),
    customFields: {
      CFBadgeNumber: String(person),
      CFDietaryNotes: person % 3 === 0 ? 'no nuts' : null,
      CFPressPass: person % 4 === 0,
      CFStand: (person % 4) + 1,
      ...(seatgeekId !== undefined && { CFSeatGeekID: seatgeekId }),
    },
    ...(person % 20 === 3 && {
      address: { line1: '1 Old Road', line2: 'Attic', line3: 'Oldtown', line4: '', postcode: 'OLD 1' },
    }),
  });
}

/** The name that the person came with. Somebody who is found by ID under another name and another address would be somebody else. */
function firstNameOf(population: Population, person: number): string {
  const { first_name: first, last_name: last } = personRow(population, person, 0);
  return [first, last].filter((part) => part !== null).join(' ');
}

function siteOf(seed: number, n: number): number {
  return pick([18, 18, 18, 19, 17, 53], hash(seed, n, DIE.site));
}

function inOtherCase(seed: number, person: number, email: string): string {
  const die = hash(seed, person, DIE.case) % 10;
  if (die === 0) return email.toUpperCase();
  return die === 1 ? ` ${email}` : email;
}
