/** What every command is handed. */
import type { Connections } from './connections.js';
import type { Terminal } from './output.js';

export interface Choice<T> {
  readonly value: T;
  readonly label: string;
  /** Shown beside the label, dimmed. */
  readonly hint?: string;
}

/**
 * Questions to whoever sits at the terminal; only where `terminal.interactive`. Enter alone means `initial`. Each throws StarterError
 * `cancelled` when the person breaks off.
 */
export interface Prompts {
  readonly confirm: (question: string, options: { initial: boolean }) => Promise<boolean>;
  /** `problem` says in words why a text will not do. */
  readonly text: (
    question: string,
    options: { initial?: string; problem?: (text: string) => string | undefined },
  ) => Promise<string>;
  readonly choose: <T>(question: string, choices: readonly Choice<T>[], options: { initial?: T }) => Promise<T>;
  readonly chooseMany: <T>(
    question: string,
    choices: readonly Choice<T>[],
    options: { initial: readonly T[] },
  ) => Promise<readonly T[]>;
}

export interface Context extends Prompts {
  readonly terminal: Terminal;
  /** Connects to Temporal at the first call, and again after a call that failed. */
  readonly connections: () => Promise<Connections>;
  readonly pause: (ms: number) => Promise<void>;
  readonly nowMs: () => number;
}
