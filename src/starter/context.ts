/** What every command is handed. */
import type { Connections } from './connections.js';
import type { Terminal } from './output.js';

export interface Context {
  readonly terminal: Terminal;
  /** Connects to Temporal at the first call. */
  readonly connections: () => Promise<Connections>;
  /**
   * Asks yes or no in a terminal; only where `terminal.interactive`. Enter alone means `initial`. Throws StarterError `cancelled` when the
   * person breaks off.
   */
  readonly confirm: (question: string, options: { initial: boolean }) => Promise<boolean>;
  readonly pause: (ms: number) => Promise<void>;
  readonly nowMs: () => number;
}
