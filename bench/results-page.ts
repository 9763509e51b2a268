/** `bench/results.md`: a report with all that a reader needs to judge its numbers. Pure. */
import { format } from 'prettier';
import type { Report } from './report.js';
import { asMarkdown, tablesOf } from './tables.js';

export async function resultsPage(report: Report): Promise<string> {
  const { date, command, machine } = report;
  const page = `# What an import costs, measured

\`${command}\` on ${date}: ${machine.cores} cores, ${machine.memoryGiB} GiB of memory, ${machine.platform}, Node.js ${machine.node}, Temporal CLI ${machine.temporalCli}.
This page is written by \`${command}\`; change \`bench/\`, not the page.

${tablesOf(report).map(asMarkdown).join('\n')}
## How to read this

${caveats(report)
  .map((line) => `- ${line}`)
  .join('\n')}
`;
  return format(page, { parser: 'markdown', printWidth: 120 });
}

function caveats({ worker }: Report): string[] {
  return [
    'Sandbox, Temporal server and worker (or script) share the same cores, and the sandbox answers without delay, except where its Halo is said to be away: people per second compares programs, it is no forecast for a real tenant. What decides there is the number of requests.',
    'A Halo that is so many milliseconds away answers every request so much later, one user or fifty. Without delay both are held up by the CPU: the script by its requests, the program by fifty whole users in each answer.',
    "Halo requests are counted by the sandbox's Halo: API requests of whatever outcome, without token requests. Halo users are the active ones. Requests include checking the set-up, reading back, splitting refused arrays and trying the rejected again.",
    'About two people in a hundred are odd on purpose: without name or key, with a name too long for Halo, with shared e-mails; the re-import alone has none of them. About one in ten is in Halo already. `importPrimaryAddress` is on.',
    "The plain script (`bench/floor.ts`) looks everybody up by SeatGeek ID, then by e-mail, and writes one user per request. It needs a Halo whose `advanced_search` takes custom fields. It is no equal: it writes older images over newer ones, empties custom fields it does not know, takes the first of several users with one e-mail, and forgets whom Halo refused. Its people per second leave out the start of its process, as the worker's do.",
    "The re-import is `clear-cursor` on the same worker, right after a first import of a history without odd people: whoever is refused is tried again each time, and whoever's images have no order is written twice with every reading, so those cost more. The incremental run is `sync-now` after 20 people changed; its Halo takes many values in one look-up.",
    worker === 'build'
      ? "Peak memory is the kernel's high-water mark of the worker process (`node dist/worker.js`) or of the script's process, Node.js and the Temporal core included; for a re-import and an incremental run it begins with what the run before left resident."
      : 'The worker ran from sources: its peak memory holds the compiler and the bundler too.',
    'Temporal actions are counted in the histories of all runs of the chain: start, activities with their retries, timers, signals, updates, continue-as-new, search attributes. Heartbeats and queries leave no trace there and are not counted.',
    'The simulation carries requests and time per person over from the nearest smaller size measured, and sends each request as soon as the rolling window has a place. It begins with an empty window, so what fits into it does not wait.',
  ];
}
