/** `npm run demo`: everything on one machine. See README. */
import { parseArgs } from 'node:util';
import { SyncError } from '../errors.js';
import { runDemo } from './run-demo.js';

const USAGE = `npm run demo -- [--once] [--people 5000] [--port 7233] [--ui-port 8233]

  --once      stop after the first import, with a table; exit code 0 when it completed
  --people    how many people the sandbox's SeatGeek has
  --port      where Temporal listens; without it a free port
  --ui-port   where the Web UI listens; without it a free port
`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      once: { type: 'boolean', default: false },
      people: { type: 'string', default: '5000' },
      port: { type: 'string' },
      'ui-port': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  return runDemo({
    once: values.once,
    people: wholeNumber('--people', values.people),
    port: values.port === undefined ? undefined : wholeNumber('--port', values.port),
    uiPort: values['ui-port'] === undefined ? undefined : wholeNumber('--ui-port', values['ui-port']),
  });
}

function wholeNumber(flag: string, text: string): number {
  if (!/^[1-9]\d{0,7}$/.test(text)) throw new TypeError(`${flag} takes a whole number, not "${text}".`);
  return Number(text);
}

main()
  .then((code) => (process.exitCode = code))
  .catch((error: unknown) => {
    const isUsage = error instanceof TypeError;
    const text = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${text}\n${error instanceof SyncError ? `${error.hint}\n` : isUsage ? USAGE : ''}`);
    process.exitCode = isUsage ? 2 : 1;
  });
