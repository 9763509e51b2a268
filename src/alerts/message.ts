/** What a webhook is told about a connection's change of state: codes and texts that hold no personal data. Pure. */

/** The phases that somebody is told of. `idle` means that the trouble before it is over. */
export type AnnouncedPhase = 'idle' | 'failing' | 'held' | 'cursor-expired';

/** One change, as the workflow notes it. `code`, `message` and `hint` are those of the connection's error; null when there is none. */
export interface StateChange {
  readonly phase: AnnouncedPhase;
  /** The phase told of before; null when none was. */
  readonly before: AnnouncedPhase | null;
  readonly code: string | null;
  readonly message: string | null;
  readonly hint: string | null;
  /** ISO 8601, when the change was noted. */
  readonly at: string;
}

/** The JSON body of a message. Members are added, never renamed: scripts read them. `text` alone is shown by Slack and its like. */
export interface WebhookBody extends StateChange {
  readonly text: string;
  readonly connection: string;
  /** Host name of the Halo instance. */
  readonly halo: string;
}

const MAX_TEXT = 1_000;

const SENTENCES: Record<AnnouncedPhase, string> = {
  idle: 'works again.',
  failing: 'is failing.',
  held: 'is held by the brake before anything is written.',
  'cursor-expired': 'has stopped: SeatGeek no longer serves its cursor.',
};

/** The body for one change of a connection. */
export function webhookBody(connection: string, halo: string, change: StateChange): WebhookBody {
  return { text: textOf(connection, halo, change), connection, halo, ...change };
}

function textOf(connection: string, halo: string, { phase, before, code, message, hint }: StateChange): string {
  const was = phase === 'idle' && before !== null ? ` It was ${before}.` : '';
  const error = code === null ? '' : ` ${code}: ${message ?? ''} ${hint ?? ''}`;
  return plain(`${connection} → ${halo} ${SENTENCES[phase]}${was}${error}`).slice(0, MAX_TEXT);
}

/** In Slack's markup `<…>` is a link or calls people (`<!channel>`); the error's text may quote another system. */
function plain(text: string): string {
  return text.replaceAll('<', '‹').replaceAll('>', '›').replaceAll(/\s+/g, ' ').trim();
}
