/** The running connections as a table. Pure. */
import type { ListedConnection } from '../connections.js';
import { clean, count, moment, table, type Cell, type Colors } from '../text.js';

export function listLines(connections: readonly ListedConnection[], colors: Colors): string[] {
  if (connections.length === 0) return ['no connection is running'];
  const head = ['CONNECTION', 'PHASE', 'HALO', 'LAST SYNCED'].map((text): Cell => ({ text, paint: colors.dim }));
  const rejectedHead: Cell = { text: 'REJECTED', paint: colors.dim, align: 'right' };
  return table([[...head, rejectedHead], ...connections.map(row)]);
}

function row({ connection, phase, halo, lastSyncedAt, rejectedUsers }: ListedConnection): Cell[] {
  return [
    { text: clean(connection) },
    { text: clean(phase ?? '–') },
    { text: clean(halo ?? '–') },
    { text: moment(lastSyncedAt) },
    { text: rejectedUsers === null ? '–' : count(rejectedUsers), align: 'right' },
  ];
}
