/** Collects what became of each write of a group while arrays are sent, cut up and sent again. */
import type { PlannedWrite, WriteResult } from './writer.js';

export class WriteResults {
  readonly #results = new Map<PlannedWrite, WriteResult>();
  #rest: WriteResult | undefined;

  /** Nothing more may be sent: something concerns everybody, or an answer was lost and is to be planned for first. */
  get isOver(): boolean {
    return this.#rest !== undefined;
  }

  set(write: PlannedWrite, result: WriteResult): void {
    this.#results.set(write, result);
    if (result.kind === 'failed') this.#rest = result;
    if (result.kind === 'lost' || (result.kind === 'unsent' && result.error !== null)) {
      this.#rest ??= { kind: 'unsent', error: null };
    }
  }

  setAll(writes: readonly PlannedWrite[], result: WriteResult): void {
    for (const write of writes) this.set(write, result);
  }

  written(write: PlannedWrite, userId: number): void {
    this.set(write, { kind: 'written', userId });
  }

  /** Everybody without a result yet shares this failure. */
  fail(error: unknown): void {
    this.#rest = { kind: 'failed', error };
  }

  isWritten(write: PlannedWrite): boolean {
    return this.#results.get(write)?.kind === 'written';
  }

  /** Halo's ids of the users written; null when of one of them it is neither sure that it was written nor that it was refused. */
  createdIds(writes: readonly PlannedWrite[]): readonly number[] | null {
    const results = writes.map((write) => this.#results.get(write));
    const settled = results.filter((result) => result?.kind === 'written' || result?.kind === 'refused');
    if (settled.length < results.length) return null;
    return settled.flatMap((result) => (result.kind === 'written' ? [result.userId] : []));
  }

  isRefused(write: PlannedWrite): boolean {
    return this.#results.get(write)?.kind === 'refused';
  }

  of(write: PlannedWrite): WriteResult {
    const result = this.#results.get(write) ?? this.#rest;
    if (result === undefined) throw new Error('a write of the group was left without a result');
    return result;
  }
}
