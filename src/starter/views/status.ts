/** `status` as a table. Pure. */
import type { Phase } from '../../workflows/phase.js';
import type { Status } from '../../workflows/status.js';
import { clean, count, moment, table, type Cell, type Colors, type Paint } from '../text.js';
import { runLines } from './run.js';

export function statusLines(status: Status, colors: Colors): string[] {
  return [
    ...table(facts(status, colors)),
    ...(status.lastError === null ? [] : ['', ...errorLines(status, colors)]),
    ...(status.run === null ? [] : ['', ...runLines('Run in progress', status.run, colors)]),
    ...(status.lastRun === null ? [] : ['', ...runLines('Last run', status.lastRun, colors)]),
    ...(status.sampleImport === null ? [] : ['', ...runLines('Sample import', status.sampleImport, colors)]),
  ];
}

function facts(status: Status, colors: Colors): Cell[][] {
  const rejected = count(status.rejectedUsers);
  return [
    fact('Connection', clean(status.connection), colors.bold),
    fact('Phase', clean(status.phase), phasePaint(status.phase, colors)),
    fact('Integrator', clean(status.integrator)),
    fact('Last synced', moment(status.lastSyncedAt)),
    fact('Next run', status.nextRunAt === null ? 'on request' : moment(status.nextRunAt)),
    fact('Cursor', status.cursor === null ? 'start of history' : shortened(clean(status.cursor))),
    fact('Epoch', count(status.epoch)),
    fact('Rejected', rejected, status.rejectedUsers > 0 ? colors.yellow : undefined),
    ...(status.pending.length === 0 ? [] : [fact('Asked for', status.pending.map(clean).join(', '))]),
    ...(status.waiting === null
      ? []
      : [fact('Waiting', `${clean(status.waiting.for)}, until ${moment(status.waiting.until)}`)]),
  ];
}

function fact(name: string, text: string, paint?: Paint): Cell[] {
  return [{ text: name }, { text, paint }];
}

/** The connection and its phase in one line. */
export function headLine({ connection, phase, integrator }: Status, colors: Colors): string {
  return `${colors.bold(clean(connection))}: ${phasePaint(phase, colors)(clean(phase))}, integrator ${clean(integrator)}`;
}

/** The error on view and what to do; nothing when there is none. */
export function errorLines({ lastError, phase }: Status, colors: Colors): string[] {
  if (lastError === null) return [];
  const which = phase === 'syncing' ? ' of the run before,' : '';
  return [
    `${colors.red(`Error ${clean(lastError.code)}`)}${which} at ${moment(lastError.at)}: ${clean(lastError.message)}`,
    `  → ${clean(lastError.hint)}`,
  ];
}

/** The colour of a phase: red where the operator has to act. */
export function phasePaint(phase: Phase, colors: Colors): Paint {
  switch (phase) {
    case 'idle':
      return colors.green;
    case 'syncing':
      return colors.cyan;
    case 'paused':
      return colors.dim;
    case 'failing':
    case 'held':
    case 'cursor-expired':
      return colors.red;
  }
}

/** Cursors are opaque and long: the beginning is enough to tell two apart; `--json` has the whole. */
function shortened(cursor: string): string {
  return cursor.length <= 40 ? cursor : `${cursor.slice(0, 39)}…`;
}
