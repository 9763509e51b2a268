/** What the Web UI shows of a connection from the start: fixed texts, without personal data. Pure. */
import type { Connection } from '../connection/schema.js';
import { workflowIdOf } from '../temporal/task-queue.js';
import { STARTER } from './own-command.js';

/** `arena: ringside.seatgeek.com → acme.halopsa.com`. */
export function workflowSummary({ name, seatgeek, halo }: Connection): string {
  return `${name}: ${new URL(seatgeek.apiUrl).host} → ${new URL(halo.url).host}`;
}

/** Markdown: what this workflow is, and where to ask it. The current details have the rest. */
export function workflowDetails({ name, integrator }: Connection): string {
  return [
    `Imports the people of the SeatGeek connection **${name}** into Halo and keeps them up to date, every ${integrator.intervalMinutes} minutes.`,
    `On the command line: \`${STARTER} status ${name}\`, or \`temporal workflow query --workflow-id ${workflowIdOf(name)} --type status\`.`,
  ].join('\n\n');
}
