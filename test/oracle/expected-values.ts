/** What the sandbox's connection file makes of a row, spelled out by hand; empty text is a cleared field. */
import type { Row } from './feed-people.js';

export interface Values {
  /** Empty: Halo keeps the name it has. */
  readonly name: string;
  readonly firstname: string;
  readonly surname: string;
  readonly emailaddress: string;
  readonly phonenumber: string;
  readonly mobilenumber: string;
  readonly loyaltyTier: string;
  /** Written with a new user only. */
  readonly customerSince: string;
  /** Null: no line has anything, so Halo keeps what it has. */
  readonly address: Lines | null;
}

export interface Lines {
  readonly line1: string;
  readonly line2: string;
  readonly line3: string;
  readonly line4: string;
  readonly postcode: string;
}

export function valuesOf(row: Row): Values {
  const raw = (column: string): string => {
    const value = row[column];
    return typeof value === 'string' ? value : '';
  };
  const text = (column: string): string => raw(column).trim();
  return {
    name: `${raw('first_name')} ${raw('last_name')}`.trim(),
    firstname: text('first_name'),
    surname: text('last_name'),
    emailaddress: text('email'),
    phonenumber: text('home_phone'),
    mobilenumber: text('mobile_phone'),
    loyaltyTier: text('loyalty_tier'),
    customerSince: text('creation_datetime'),
    address: addressOf(row, text),
  };
}

function addressOf(row: Row, text: (column: string) => string): Lines | null {
  const region = [row['state'], row['country']].filter((part) => typeof part === 'string' && part.trim() !== '');
  const lines = {
    line1: text('address_line_1'),
    line2: text('address_line_2'),
    line3: text('city'),
    line4: region.join(', ').trim(),
    postcode: text('postal_code'),
  };
  return Object.values(lines).some((line) => line !== '') ? lines : null;
}

/** What a person is found by: trimmed, in lower case; null without an @. */
export function matchKey(email: unknown): string | null {
  const key = typeof email === 'string' ? email.trim().toLowerCase() : '';
  return key.includes('@') ? key : null;
}

/** Halo's columns are no longer than that (`reference/halo.md` 3.6). */
export function fitsHalo({ name, firstname, surname }: Values): boolean {
  return name.length <= 255 && firstname.length <= 200 && surname.length <= 200;
}
