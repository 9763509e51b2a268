/**
 * What the updates `preview`, `trace` and `configure` answer. `preview` and `trace` are about people: their answers leave the worker sealed
 * to whoever asks, beside what holds nobody's data (`sealed-answers.ts`). Fields are added, never renamed.
 */
import type { PreviewedPerson } from '../contract/previewed-person.js';
import type { Sealed } from '../sealing.js';
import type { Counts } from './types.js';

/** A whole run in numbers: everybody once, by the newest image. */
export interface RunOutlook extends Omit<Counts, 'people'> {
  readonly events: number;
  readonly people: number;
  /** Compared only when the user is read from Halo: unchanged, or updated. */
  readonly unread: number;
  /** Why the brake would hold it; null when it would not. */
  readonly brake: string | null;
}

export interface PreviewAnswer {
  readonly connection: string;
  /** Change events read. */
  readonly events: number;
  /** Of a run: the first hundred for whom it would do something. */
  readonly people: readonly PreviewedPerson[];
  /** Only when asked of the next run. */
  readonly run?: RunOutlook;
  readonly haloRequests: number;
  readonly seatgeekRequests: number;
}

/** One step on a person's way from the feed to Halo, in a plain sentence. */
export interface TraceStep {
  readonly step: 'feed' | 'mapping' | 'match' | 'difference' | 'outcome';
  readonly ok: boolean;
  readonly text: string;
}

export interface TraceAnswer {
  readonly connection: string;
  /** Null when the feed has nobody like that. */
  readonly seatgeekId: string | null;
  readonly steps: readonly TraceStep[];
  readonly person: PreviewedPerson | null;
  readonly seatgeekRequests: number;
  readonly haloRequests: number;
}

/** A person by ID, without a value: what of an answer may stand in Temporal. */
export interface NamedPerson extends Omit<PreviewedPerson, 'name' | 'changes'> {
  /** Names of the fields that would change. */
  readonly fields: readonly string[];
}

/** What stands beside the sealed part of an answer. */
interface Reply {
  /** The whole answer, for whoever asked; null when the question had no key. */
  readonly sealed: Sealed | null;
  /** How to see the people; null when they are in `sealed`. */
  readonly hint: string | null;
}

/** What the update `preview` answers; the starter opens `sealed`, a PreviewAnswer. */
export interface PreviewReply extends Omit<PreviewAnswer, 'people'>, Reply {
  readonly counts: Readonly<Record<PreviewedPerson['outcome'], number>>;
  readonly people: readonly NamedPerson[];
}

/** What the update `trace` answers; the starter opens `sealed`, a TraceAnswer. Steps that would tell a person's values have no text. */
export interface TraceReply extends Omit<TraceAnswer, 'person' | 'steps'>, Reply {
  readonly steps: readonly (Omit<TraceStep, 'text'> & { readonly text: string | null })[];
  readonly person: NamedPerson | null;
}

/** No people in it. */
export interface ConfigureAnswer {
  readonly changes: readonly { readonly place: string; readonly before: unknown; readonly after: unknown }[];
  /** What the changes do and when, in plain sentences. */
  readonly effects: readonly string[];
  readonly reimport: boolean;
}
