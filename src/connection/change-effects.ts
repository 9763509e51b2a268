/** What changes of a connection file do, and when, in plain sentences. Pure. */
import type { FileChange } from './file-changes.js';

/** The first that fits a place counts. */
const EFFECTS: readonly (readonly [RegExp, string])[] = [
  [/^seatgeek\.pageSize$/, 'Page size: from the next page.'],
  [
    /^seatgeek\.columns\.id$/,
    'The column of the SeatGeek ID changed: people imported so far carry the old IDs in Halo and are found again by e-mail only.',
  ],
  [/^seatgeek\.columns\./, 'SeatGeek columns: from the next page.'],
  [
    /^seatgeek\./,
    'SeatGeek: asked in the new way from the next page. The cursor stays; a feed that does not know it shows as cursor-expired, and clear-cursor ' +
      'then reads all history.',
  ],
  [
    /^halo\.(url|tenant)$/,
    'Another Halo: from the next page. People imported so far get there only when all history is read again (reimport, or clear-cursor).',
  ],
  [/^halo\.(rateLimit|writeBatch|fireAutomations)/, 'Halo requests: from the next page.'],
  [/^halo\./, 'Halo credentials: from the next page.'],
  [
    /^users\.seatgeekIdField$/,
    'The field of the SeatGeek ID changed: people imported so far carry their IDs in the old one and are found again by e-mail only.',
  ],
  [
    /^users\.(fieldMappings|staticMappings|importPrimaryAddress|primaryAddress)/,
    'Mappings: from the next page. People already imported keep their values until they change or all history is read again (reimport, or ' +
      'clear-cursor).',
  ],
  [/^users\.defaultSite$/, 'Default site: for people created from now on; nobody is moved.'],
  [/^users\.on(Delete|SharedEmail)$/, 'Rules for deletes and shared addresses: from the next page.'],
  [/^integrator\.intervalMinutes$/, 'Interval: at once; the next run is due that long after the last one.'],
  [
    /^integrator\.enabled$/,
    'integrator.enabled counts at the first start only: the integrator stays as it is; resume and pause switch it.',
  ],
  [/^integrator\.brake/, 'Brake: from the next run.'],
  [/^alerts/, 'Alerts: from the next message.'],
];

const RETRIED = 'Rejected people are all tried again with the next run.';
const REIMPORT =
  'The cursor is cleared: all history is read again, at once when the integrator is on, and only what differs is written.';

/** One sentence per kind of change, in the order of the changes. */
export function changeEffects(changes: readonly FileChange[], reimport: boolean): string[] {
  const kinds = changes.flatMap(({ place }) => EFFECTS.find(([pattern]) => pattern.test(place))?.[1] ?? []);
  return [
    ...new Set([
      ...(changes.length === 0 ? ['Nothing changed: the running file says the same.'] : [...kinds, RETRIED]),
      ...(reimport ? [REIMPORT] : []),
    ]),
  ];
}
