/**
 * What an import would do with people: the run itself, with a writer that only rehearses, so that after each person the directory holds what the
 * write would leave behind. What only Halo decides is not foreseen: its refusals, and what becomes of an answer that is lost.
 */
import type { Connection } from '../../connection/schema.js';
import type { PreviewedPerson } from '../../contract/previewed-person.js';
import { foldId } from '../../contract/person-key.js';
import type { MappedPerson } from '../../mapping/types.js';
import type { CallOptions, HaloClient } from '../api/client.js';
import type { HaloInstance } from '../instance.js';
import { matchPerson } from '../plan/match.js';
import { createHaloRun } from '../run.js';
import { NOTHING_KNOWN, type FeedKnowledge, type HaloRun, type WriteOptions } from '../types.js';
import type { UserWriter, WriteResult } from '../write/writer.js';
import { FIRST_UNBORN_ID, hidesBefore, toPreview } from './preview-person.js';

export interface PreviewOptions {
  readonly client: HaloClient;
  readonly connection: Pick<Connection, 'halo' | 'users'>;
  readonly instance: HaloInstance;
  readonly call: CallOptions;
  /** Nothing by default. */
  readonly feed?: FeedKnowledge;
}

/** More than a run keeps: of a user who is not, what was there before must be read. */
const USERS_KEPT_WHOLE = 10_000;

/** A run that writes nothing. Sends only GET requests; throws as an import does. */
export interface RehearsalRun extends Pick<HaloRun, 'outlook' | 'forecast' | 'countUsers'> {
  /** One preview per person of each page, in the order in which they are settled; what each would change counts for those after. */
  preview(pages: readonly (readonly MappedPerson[])[]): Promise<PreviewedPerson[]>;
}

/** As `RehearsalRun.preview`, with a run of its own. */
export function previewPages(
  pages: readonly (readonly MappedPerson[])[],
  options: PreviewOptions,
): Promise<PreviewedPerson[]> {
  return openRehearsal(options).preview(pages);
}

export function openRehearsal({
  client,
  connection,
  instance,
  call,
  feed = NOTHING_KNOWN,
}: PreviewOptions): RehearsalRun {
  const previews: PreviewedPerson[] = [];
  const deactivated = new Set<string>();
  const run = createHaloRun({
    client,
    connection,
    instance,
    usersKeptWhole: USERS_KEPT_WHOLE,
    createWriter: createRehearsingWriter,
    rehearsal: {
      needsDetails: hidesBefore,
      note: (plan, context) => previews.push(toPreview(plan, matchPerson(plan.person, context), context.targets)),
    },
  });
  const wasDeactivated = (seatgeekId: string): boolean =>
    deactivated.has(foldId(seatgeekId)) || feed.wasDeactivated(seatgeekId);
  const options: WriteOptions = {
    signal: call.signal,
    onProgress: told(call),
    onRequest: call.onRequest,
    feed: { ...feed, wasDeactivated },
    onDeactivated: (seatgeekId) => void deactivated.add(foldId(seatgeekId)),
  };
  return {
    outlook: (people) => run.outlook(people, options),
    forecast: (people) => run.forecast(people, options),
    countUsers: () => run.countUsers(options),
    preview: async (pages) => {
      // Everybody at once: what is learnt from Halo later would put out what the rehearsal has changed.
      await run.forecast(pages.flat(), options);
      for (const page of pages) await run.write(page, options);
      return previews;
    },
  };
}

/** New users get ids above any that Halo gives. */
function createRehearsingWriter(): UserWriter {
  let unbornId = FIRST_UNBORN_ID;
  return {
    write: (layer) => {
      const results = layer.map((write): [typeof write, WriteResult] => [
        write,
        { kind: 'written', userId: write.userId ?? unbornId++ },
      ]);
      return Promise.resolve({ results: new Map(results), sent: new Set(), failure: undefined });
    },
  };
}

function told({ onWait }: CallOptions): (progress: { readonly waitingUntil: number | null }) => void {
  return ({ waitingUntil }) => onWait?.(waitingUntil);
}
