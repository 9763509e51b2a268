/** An AddressBook on a Halo of few words. */
import type { CallOptions } from '../../../src/halo/api/client.js';
import { AddressBook, type WrittenAddress } from '../../../src/halo/address/address.js';
import { createAddressHabits, type AddressHabits } from '../../../src/halo/address/address-habits.js';
import type { KnownUser, StoredAddress } from '../../../src/halo/directory/known-user.js';
import { person } from './halo-bench.js';
import { ScriptedClock, ScriptedHalo, unlimitedClient, type Answer } from './scripted-halo.js';

export const LINES = { line1: '1 High St', line2: '', line3: 'London', line4: 'UK', postcode: 'N1 1AA' };
export const SETTLING_MS = 1_000;

/** What the details of a user show of the address; no details for `unread`. */
export type Shown = StoredAddress | null | 'unread';

/** `shown`: for the next looks at details; the last one is repeated. */
export function open(answers: ScriptedHalo['answers'], seen: Partial<AddressHabits> = {}, shown: Shown[] = ['unread']) {
  const halo = new ScriptedHalo();
  halo.answers = answers;
  const habits: AddressHabits = { ...createAddressHabits(), place: 'apart', isShownApart: true, ...seen };
  const looks: number[] = [];
  const readDetails = (id: number): Promise<KnownUser | null> => {
    looks.push(id);
    const address = (shown.length > 1 ? shown.shift() : shown[0]) ?? null;
    return Promise.resolve(address === 'unread' ? null : knownUser(id, address));
  };
  const clock = new ScriptedClock();
  const options = { client: unlimitedClient(halo), habits, directory: { readDetails }, clock };
  const book = new AddressBook({ ...options, settlingMs: SETTLING_MS });
  const sent = (): unknown[] =>
    halo.asked.flatMap(({ body }) => (body === undefined ? [] : [JSON.parse(body) as unknown]));
  const asked = (): string[] =>
    halo.asked.map(({ method, url }) => `${method} ${url.pathname.replace(/^\/api/, '')}${url.search}`);
  return { halo, habits, book, looks, clock, sent, asked };
}

export function knownUser(id: number, address: KnownUser['address'], siteId: number | null = 18): KnownUser {
  const bare = { seatgeekId: null, email: null, values: [], others: [], customFields: 'all', readAt: 0 } as const;
  return { ...bare, id, siteId, address };
}

export function written(before: WrittenAddress['before'], userId = 7, isNew = false): WrittenAddress {
  return { person: person('p'), address: LINES, userId, siteId: 18, isNew, before };
}

export function rows(...all: object[]): Answer {
  return { text: JSON.stringify(all) };
}

/** Counts the requests that whoever calls is told of. */
export function counted(): CallOptions & { told: number } {
  const call = { told: 0, onRequest: () => void (call.told += 1) };
  return call;
}
