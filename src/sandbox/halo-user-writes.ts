/** `POST /Users`: create without an id, update with one; what many at once mean is the dialect's (`reference/halo.md` 3.5). */
import type { HaloDialect } from './dialects.js';
import type { JsonObject } from '../json.js';
import { isNew } from './asked.js';
import type { ItemEffect } from './faults.js';
import {
  bindingRefusal,
  databaseRefusal,
  exceptionRefusal,
  haloErrorBody,
  HaloRefusal,
  plainRefusal,
} from './halo-errors.js';
import { answerRow } from './halo-shapes.js';
import {
  findUserCustomField,
  maxLength,
  STAND_FIELD,
  storedOption,
  storedText,
  textOf,
  type HaloScalar,
} from './halo-fields.js';
import type { AddressLines, HaloStore, StoredUser } from './halo-store.js';
import { bindUser, bodyArray, refuseUnknownKeys, type BoundUser } from './halo-user-binding.js';
import type { Answer, Ask } from './loopback-server.js';
import type { OpenWriteLog } from './write-log.js';

export interface WriteWorld {
  readonly store: HaloStore;
  readonly dialect: HaloDialect;
  readonly writes: OpenWriteLog;
}

interface Applied {
  readonly id: number;
  readonly isNew: boolean;
  readonly undo: () => void;
}

/** Throws a refusal; what was done before it stays done where the dialect says so. */
export function writeUsers(world: WriteWorld, ask: Ask): Answer {
  const { dialect, store, writes } = world;
  const items = bodyArray(ask);
  if (items.length > dialect.maxArray)
    throw exceptionRefusal(`No more than ${dialect.maxArray} records can be sent at once.`);
  if (items.length > 1 && dialect.arrays === 'one-only') throw exceptionRefusal('Only one record can be sent at once.');
  if (dialect.unknownKeys === 'refused') items.forEach(refuseUnknownKeys);
  if (dialect.mixedArrays === 'refused' && items.some(isNew) && !items.every(isNew))
    throw exceptionRefusal('New and existing records can not be sent at once.');
  const bound = items.map(bindUser);
  const heeded = dialect.arrays === 'first-only' ? bound.slice(0, 1) : bound;
  const applied: Applied[] = [];
  let refusal: HaloRefusal | undefined;
  for (const [at, user] of heeded.entries()) {
    try {
      const item = items[at] ?? {};
      if (ask.items?.kind === 'refuse-item' && ask.items.fits(item)) throw itemRefusal(ask.items);
      if (ask.items?.kind !== 'swallow-item' || !ask.items.fits(item)) applied.push(applyUser(world, user));
    } catch (error) {
      if (!(error instanceof HaloRefusal)) throw error;
      refusal = error;
      if (dialect.arrays !== 'skips-bad') break;
    }
  }
  if (refusal !== undefined && dialect.arrays === 'all-or-nothing') {
    for (const { undo } of applied.splice(0).reverse()) undo();
  }
  if (applied.length > 0) {
    const created = applied.filter(({ isNew }) => isNew).map(({ id }) => id);
    writes.add({ path: ask.path, items, created, updated: applied.filter(({ isNew }) => !isNew).map(({ id }) => id) });
  }
  if (refusal !== undefined && (dialect.arrays !== 'skips-bad' || applied.length === 0)) throw refusal;
  if (applied.length === 0 && ask.items?.kind === 'swallow-item') return { status: 200, json: ask.items.answer };
  const rows = applied.flatMap(({ id }) => store.user(id) ?? []).map((user) => answerRow(user, dialect));
  if (dialect.answerNames === 'everybody-sent')
    rows.push(...items.slice(heeded.length).map((item, at) => echo(store, item, at)));
  return answerOf(rows, items.length, dialect);
}

/** What was sent, as if it were done: somebody new under the id that would have come next. */
function echo(store: HaloStore, item: JsonObject, at: number): unknown {
  return { ...item, id: isNew(item) ? store.lastId('users') + at + 1 : item['id'] };
}

function itemRefusal({ status, body, contentType }: Extract<ItemEffect, { kind: 'refuse-item' }>): HaloRefusal {
  if (typeof body === 'string')
    return new HaloRefusal({ status, text: body, ...(contentType !== undefined && { contentType }) });
  return new HaloRefusal({ status, json: body ?? haloErrorBody(status) });
}

function applyUser(world: WriteWorld, user: BoundUser): Applied {
  const present = user.id === undefined ? undefined : world.store.get(user.id);
  if (user.id !== undefined && present === undefined) throw unknownUser(user.id, world.dialect);
  check(world, user, present);
  return commit(world, user, present);
}

function check({ store, dialect }: WriteWorld, { values, siteId }: BoundUser, present: StoredUser | undefined): void {
  if (isBlank(values['name']) && (present === undefined || 'name' in values)) throw nullColumn('uusername');
  if (siteId === undefined && present === undefined) throw nullColumn('Usite');
  if (siteId !== undefined && !store.sites.has(siteId)) throw exceptionRefusal('Please select a valid Site.');
  for (const [field, value] of Object.entries(values)) {
    if (typeof value === 'string' && value.length > maxLength(field)) {
      throw databaseRefusal(8152, 'String or binary data would be truncated.');
    }
  }
  const email = values['emailaddress'];
  if (dialect.duplicateEmail === 'refused' && typeof email === 'string' && email.trim() !== '') {
    const others = [...store.withEmail(email)].filter((id) => id !== present?.id);
    if (others.length > 0) throw duplicateEmail(email.trim(), dialect);
  }
}

function commit({ store, dialect }: WriteWorld, user: BoundUser, present: StoredUser | undefined): Applied {
  const at = new Date(store.now()).toISOString();
  if (present === undefined && dialect.newIds === 'with-gaps' && store.size % 10 === 0) store.skipIds('users', 1_000);
  const id = present?.id ?? store.nextId('users');
  const siteId = user.siteId ?? present?.siteId ?? 0;
  store.put({
    id,
    siteId,
    isGeneral: present?.isGeneral ?? false,
    created: present?.created ?? at,
    updated: at,
    values: { ...present?.values, ...storedValues(user, dialect) },
    custom: customAfter(present, user, dialect),
  });
  const undoAddress = putAddress(store, dialect, id, siteId, user);
  return {
    id,
    isNew: present === undefined,
    undo: () => {
      undoAddress();
      if (present === undefined) store.remove(id);
      else store.put(present);
    },
  };
}

function storedValues({ values }: BoundUser, { storedTexts }: HaloDialect): Record<string, HaloScalar> {
  return Object.fromEntries(
    Object.entries(values).map(([field, value]) => [field, storedText(field, value, storedTexts)]),
  );
}

/** Lines of an address in the form in which the tenant keeps texts. */
export function storedLines(lines: Partial<AddressLines>, { storedTexts }: HaloDialect): Partial<AddressLines> {
  return Object.fromEntries(
    Object.entries(lines).map(([line, text]) => [line, textOf(storedText(line, text, storedTexts))]),
  );
}

function customAfter(
  present: StoredUser | undefined,
  { custom }: BoundUser,
  dialect: HaloDialect,
): Record<number, HaloScalar> {
  const defaults = present === undefined && dialect.newUserDefaults === 'custom-fields' ? DEFAULTS : {};
  const kept = custom !== undefined && dialect.customFieldsLeftOut === 'emptied' ? {} : present?.custom;
  const sent = [...(custom ?? [])].map(([id, value]): [number, HaloScalar] => [
    id,
    storedCustom(id, value, present, dialect),
  ]);
  return { ...defaults, ...kept, ...Object.fromEntries(sent) };
}

/** What the tenant's rules fill in for somebody new. */
const DEFAULTS: Readonly<Record<number, HaloScalar>> = Object.fromEntries(
  Object.entries({ CFBadgeNumber: 'to be issued', CFDietaryNotes: 'not asked yet' }).flatMap(([name, value]) => {
    const field = findUserCustomField({ name });
    return field === undefined ? [] : [[field.id, value]];
  }),
);

export const ID_FIELD = findUserCustomField({ name: 'CFSeatGeekID' })?.id;
/** Characters that a short ID field keeps. */
export const SHORT_ID = 20;

function storedCustom(
  id: number,
  value: HaloScalar,
  present: StoredUser | undefined,
  { idField, selectFields, storedTexts }: HaloDialect,
): HaloScalar {
  if (id === STAND_FIELD && selectFields === 'label-in-lists') return storedOption(value);
  if (id !== ID_FIELD) return storedText('', value, storedTexts);
  switch (idField) {
    case 'whole':
      return value;
    case 'cut':
      return typeof value === 'string' ? value.slice(0, SHORT_ID) : value;
    case 'not-writable':
      return present?.custom[id] ?? null;
    case 'number':
      return value === null || value === '' || Number.isNaN(Number(value)) ? null : Number(value);
  }
}

/** Answers how to undo it. */
function putAddress(
  store: HaloStore,
  dialect: HaloDialect,
  id: number,
  siteId: number,
  { address }: BoundUser,
): () => void {
  if (address === undefined || dialect.primaryAddress === 'ignored') return () => undefined;
  const before = store.addressesOf(id).find(({ primary }) => primary);
  const lines = storedLines(address.lines, dialect);
  const blank = { line1: '', line2: '', line3: '', line4: '', postcode: '' };
  if (before !== undefined && address.id === 0 && dialect.addressWithoutId === 'adds') {
    store.putAddress({ ...before, primary: false });
    store.putPrimaryAddress(id, siteId, { ...blank, ...lines });
  } else {
    store.putPrimaryAddress(id, siteId, { ...blank, ...before, ...lines });
  }
  return () => {
    const now = store.addressesOf(id).find(({ primary }) => primary);
    if (now !== undefined && now.id !== before?.id) store.removeAddress(now.id);
    if (before !== undefined) store.putAddress(before);
  };
}

function answerOf(users: readonly unknown[], asked: number, dialect: HaloDialect): Answer {
  const list = inAnswerOrder(users, dialect);
  const shape = asked === 1 ? dialect.answerOfOne : dialect.answerOfMany;
  const json = { object: list[0] ?? null, list, users: { users: list } }[shape];
  return { status: dialect.writtenStatus, json: dialect.answerNames === 'nobody' ? {} : json };
}

function inAnswerOrder(users: readonly unknown[], { answerOrder }: HaloDialect): readonly unknown[] {
  switch (answerOrder) {
    case 'sent':
      return users;
    case 'reversed':
      return [...users].reverse();
    case 'shuffled':
      return [...users.filter((_, at) => at % 2 === 1), ...users.filter((_, at) => at % 2 === 0)];
  }
}

/** No text of it is known (`reference/halo.md` 8.2). */
function duplicateEmail(email: string, { duplicateEmailText }: HaloDialect): HaloRefusal {
  switch (duplicateEmailText) {
    case 'exception':
      return exceptionRefusal(`A user with the email address ${email} already exists.`);
    case 'database':
      return databaseRefusal(
        2601,
        `Cannot insert duplicate key row in object 'dbo.USERS' with unique index 'UEmail'. The duplicate key value is (${email}).`,
      );
    case 'binding':
      return bindingRefusal('[0].emailaddress', `The value '${email}' is already in use.`);
    case 'simple':
      return new HaloRefusal({ status: 400, json: { error: 'The email address must be unique.' } });
    case 'text':
      return plainRefusal(400, `CODE:APP03/2 Email ${email} is in use by another user`);
  }
}

function unknownUser(id: number, { unknownId }: HaloDialect): HaloRefusal {
  return exceptionRefusal(`The User with ID ${id} could not be found.`, unknownId);
}

function nullColumn(column: string): HaloRefusal {
  return databaseRefusal(
    515,
    `Cannot insert the value NULL into column '${column}', table 'HaloPSA.dbo.USERS'; column does not allow nulls. INSERT fails.`,
  );
}

function isBlank(value: HaloScalar | undefined): boolean {
  return value === undefined || value === null || String(value).trim() === '';
}
