/** Faults as data: which requests they meet and what happens to them. The server asks for each request whether one applies. */
import type { System } from '../errors.js';
import type { JsonObject } from '../json.js';
import { itemsOf, type Asked } from './asked.js';

export interface FaultMatch {
  /** Any method when left out. */
  readonly method?: 'GET' | 'POST' | 'DELETE';
  /** Path without query, compared without case; a trailing `*` stands for anything. Any API path when left out (token paths must be named). */
  readonly path?: string;
  /** A last word over what is asked; `asked.ts` has the usual ones. */
  readonly where?: (asked: Asked) => boolean;
  /** Only the nth request that fits, counted from 1. */
  readonly nth?: number;
  /** Every nth request that fits. */
  readonly every?: number;
  /** All that fit after the first `after`. */
  readonly after?: number;
  /** By chance, 0 to 1; the dice follow from the sandbox's seed. */
  readonly probability?: number;
}

export type FaultEffect =
  /** Answers this instead of doing anything. */
  | {
      readonly kind: 'status';
      readonly status: number;
      /** Sent as it is when text, else as JSON; each API's usual error body when left out. */
      readonly body?: unknown;
      readonly contentType?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** 429 with `Retry-After` in the form asked for. */
  | { readonly kind: 'retry-after'; readonly seconds: number; readonly form: 'none' | 'seconds' | 'date' }
  /** Cuts the connection before anything is done. */
  | { readonly kind: 'reset-before' }
  /** Does the work, then cuts the connection: the answer is lost. */
  | { readonly kind: 'reset-after-commit' }
  /** Never answers and does nothing. */
  | { readonly kind: 'timeout' }
  /** Does the work and never answers. */
  | { readonly kind: 'timeout-after-commit' }
  /** Does the work, then answers with this status. */
  | { readonly kind: 'status-after-commit'; readonly status: number }
  /**
   * A gateway gives up and Halo works on: answers this status now, cuts the connection or never answers, and does the work `afterMs` later
   * by the sandbox's clock; without `afterMs` when `release()` is called.
   */
  | { readonly kind: 'late-commit'; readonly status: number | 'cut' | 'silence'; readonly afterMs?: number }
  /** Halo refuses each fitting element of an array with this, as if the record were bad; what becomes of the others is the dialect's. */
  | {
      readonly kind: 'refuse-item';
      readonly fits: ItemTest;
      readonly status: number;
      /** As with `status`. */
      readonly body?: unknown;
      readonly contentType?: string;
    }
  /** Halo takes the array and keeps nothing of each fitting element, nor names it; where nobody is left it answers 200 with `answer`. */
  | { readonly kind: 'swallow-item'; readonly fits: ItemTest; readonly answer: unknown }
  /** Somebody else is at work: `before` and `after` are called around the request, which goes on as usual. */
  | { readonly kind: 'meanwhile'; readonly before?: () => void; readonly after?: () => void }
  /** An edge's page instead of JSON (`reference/seatgeek.md` 2). */
  | { readonly kind: 'html'; readonly status?: number }
  /** Does the work and sends the first half of the answer as if it were whole. */
  | { readonly kind: 'truncated-json' }
  /** Does the work and answers something else: what `rewrite` makes of the answer's JSON. */
  | { readonly kind: 'rewritten-json'; readonly rewrite: (json: unknown) => unknown }
  /** Does the work and answers what `rewrite` makes of the answer's text, JSON or not. */
  | { readonly kind: 'rewritten-text'; readonly rewrite: (text: string) => string }
  /** An answer without end: as fast as it is taken, or a chunk every so many milliseconds. */
  | { readonly kind: 'endless'; readonly status?: number; readonly everyMs?: number }
  /** The token in hand is revoked: 401 until a new one is fetched. */
  | { readonly kind: 'token-401' }
  /** Waits for `release()`, then goes on as usual, or answers what `rewrite` makes of the answer's text. */
  | { readonly kind: 'hold'; readonly rewrite?: (text: string) => string };

/** Whether an element of the array sent to `POST /Users` is meant. */
export type ItemTest = (item: JsonObject) => boolean;

/** What a fault does to single elements of an array. */
export type ItemEffect = Extract<FaultEffect, { readonly fits: ItemTest }>;

export type Fault = FaultEffect & {
  readonly system: System;
  readonly match?: FaultMatch;
  /** How often it strikes at most. 1 when left out, without limit with `every`, `after`, `probability` and where elements are meant. */
  readonly times?: number;
};

export interface PlacedFault {
  /** Requests it has struck. */
  readonly hits: number;
  /** Resolves when it has struck `count` times (default 1), held requests included. */
  struck(count?: number): Promise<void>;
  /** Resolves when what is done late (`late-commit`) has been done, as far as it has struck. */
  settled(): Promise<void>;
  /** Lets held requests go on and ends the fault. */
  release(): void;
}

/** A request as faults see it. */
export interface FaultSubject extends Asked {
  readonly system: System;
  readonly isToken: boolean;
}

export interface Faults {
  add(fault: Fault): PlacedFault;
  /** Takes all faults away and lets held requests go on. */
  clear(): void;
}

export interface OpenFaults extends Faults {
  /** The first fault that strikes this request. */
  strike(subject: FaultSubject): StruckFault | undefined;
}

export interface StruckFault {
  readonly effect: FaultEffect;
  /** Resolves when a held request may go on. */
  readonly released: Promise<void>;
  /** Takes work that goes on after the answer. */
  readonly goesOn: (work: Promise<void>) => void;
}

interface Live {
  readonly fault: Fault;
  seen: number;
  hits: number;
  over: boolean;
  readonly late: Promise<void>[];
  readonly waiters: { readonly count: number; readonly resolve: () => void }[];
  readonly released: Promise<void>;
  readonly release: () => void;
}

export function createFaults(initial: readonly Fault[], dice: () => number): OpenFaults {
  let live: Live[] = [];
  const add = (fault: Fault): PlacedFault => {
    const placed = place(fault);
    live.push(placed);
    return handleOf(placed);
  };
  for (const fault of initial) add(fault);
  return {
    add,
    clear: () => {
      for (const placed of live) placed.release();
      live = [];
    },
    strike: (subject) => {
      const placed = live.find((candidate) => strikes(candidate, subject, dice));
      if (placed === undefined) return undefined;
      placed.hits += 1;
      for (const { count, resolve } of placed.waiters) if (placed.hits >= count) resolve();
      const goesOn = (work: Promise<void>): void => void placed.late.push(work);
      return { effect: placed.fault, released: placed.released, goesOn };
    },
  };
}

function place(fault: Fault): Live {
  const { promise, resolve } = deferred();
  const placed: Live = {
    fault,
    seen: 0,
    hits: 0,
    over: false,
    late: [],
    waiters: [],
    released: promise,
    release: () => {
      placed.over = true;
      resolve();
    },
  };
  return placed;
}

function handleOf(placed: Live): PlacedFault {
  return {
    get hits() {
      return placed.hits;
    },
    struck: (count = 1) =>
      new Promise((resolve) => {
        if (placed.hits >= count) resolve();
        else placed.waiters.push({ count, resolve });
      }),
    settled: async () => {
      await Promise.all(placed.late);
    },
    release: placed.release,
  };
}

function strikes(placed: Live, subject: FaultSubject, dice: () => number): boolean {
  const { fault } = placed;
  if (placed.over || fault.system !== subject.system || !fits(fault.match ?? {}, subject)) return false;
  if (isItemEffect(fault) && !itemsOf(subject).some((item) => fault.fits(item))) return false;
  placed.seen += 1;
  return placed.hits < timesOf(fault) && isDue(fault.match ?? {}, placed.seen, dice);
}

function fits({ method, path, where }: FaultMatch, subject: FaultSubject): boolean {
  if (method !== undefined && method !== subject.method) return false;
  if (path === undefined ? subject.isToken : !fitsPath(path.toLowerCase(), subject.path.toLowerCase())) return false;
  return where === undefined || where(subject);
}

function fitsPath(want: string, have: string): boolean {
  return want.endsWith('*') ? have.startsWith(want.slice(0, -1)) : have === want;
}

function isDue({ nth, every, after, probability }: FaultMatch, seen: number, dice: () => number): boolean {
  if (nth !== undefined && seen !== nth) return false;
  if (every !== undefined && seen % every !== 0) return false;
  if (after !== undefined && seen <= after) return false;
  return probability === undefined || dice() < probability;
}

export function isItemEffect(effect: FaultEffect): effect is ItemEffect {
  return effect.kind === 'refuse-item' || effect.kind === 'swallow-item';
}

function timesOf(fault: Fault): number {
  const { times, match } = fault;
  if (times !== undefined) return times;
  const repeats = match?.every !== undefined || match?.after !== undefined || match?.probability !== undefined;
  return repeats || isItemEffect(fault) ? Number.POSITIVE_INFINITY : 1;
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}
