/** Flags of `npm run sandbox`, read into options. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { HALO_DIALECT, SEATGEEK_DIALECT } from './dialects.js';
import type { SandboxOptions } from './start.js';

export interface SandboxCommand {
  readonly sandbox: SandboxOptions;
  readonly name: string;
  /** Where the connection file goes; undefined writes none. */
  readonly connectionPath: string | undefined;
}

/** As commander hands them over, each checked by its own parser. */
interface Flags extends Required<
  Pick<SandboxOptions, 'people' | 'images' | 'existing' | 'seed' | 'seatgeekPort' | 'haloPort' | 'halo' | 'seatgeek'>
> {
  readonly live?: number;
  readonly haloLimit?: [number, number];
  readonly haloLatency: number;
  readonly name: string;
  readonly writeConnection?: string;
}

/** Ends the process with exit code 2 when a flag is wrong. */
export function readCommand(argv: readonly string[]): SandboxCommand {
  const program = new Command('sandbox')
    .description('SeatGeek and Halo on loopback, speaking their wire formats. Ctrl-C ends it.')
    .addHelpText(
      'before',
      `Example:\n  npm run sandbox -- --people 5000 --live 10 --write-connection connections/sandbox.json\n`,
    )
    .option('--people <number>', "people in SeatGeek's history", count, 5_000)
    .option('--images <number>', 'images per person in history, on average', positive, 1.15)
    .option('--existing <number>', 'users in Halo whom SeatGeek does not know', count, 200)
    .option('--seed <number>', 'the same seed makes the same people', count, 1)
    .option('--seatgeek-port <port>', "SeatGeek's port (0: any free one)", port, 8181)
    .option('--halo-port <port>', "Halo's port (0: any free one)", port, 8182)
    .option('--live <seconds>', 'three people change every so many seconds', positive)
    .option('--halo-limit <requests/seconds>', "Halo's rate limit, such as 300/300", limit)
    .option('--halo-latency <ms>', 'every answer of Halo takes so many milliseconds longer', count, 0)
    .option('--name <name>', 'name of the connection', 'arena')
    .option('--write-connection <file>', 'write the connection file there')
    .addOption(dialectOption('--halo <switch=value>', HALO_DIALECT))
    .addOption(dialectOption('--seatgeek <switch=value>', SEATGEEK_DIALECT))
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
    .parse(argv, { from: 'user' });
  return toCommand(program.opts<Flags>());
}

function toCommand(given: Flags): SandboxCommand {
  const { people, images, existing, seed, seatgeekPort, haloPort, live, haloLimit, name, writeConnection } = given;
  const sandbox: SandboxOptions = {
    people,
    images,
    existing,
    seed,
    seatgeekPort,
    haloPort,
    seatgeek: given.seatgeek,
    halo: {
      ...given.halo,
      latencyMs: given.haloLatency,
      ...(haloLimit !== undefined && { rateLimit: { requests: haloLimit[0], perSeconds: haloLimit[1] } }),
    },
    ...(live !== undefined && { live: { everyMs: live * 1_000, changes: 3 } }),
  };
  return { sandbox, name, connectionPath: writeConnection };
}

type Table = Readonly<Record<string, { readonly question: string; readonly values: readonly unknown[] }>>;

/** A switch may be given many times; its values are checked against the table, so what comes out is a dialect. */
function dialectOption(flag: string, table: Table): Option {
  return new Option(flag, `what is not known of the API; switches: ${Object.keys(table).join(', ')}`)
    .default({}, 'the first value of each')
    .argParser((text: string, chosen: Readonly<Record<string, unknown>>) => ({
      ...chosen,
      ...readSwitch(text, table),
    }));
}

function readSwitch(text: string, table: Table): Record<string, unknown> {
  const [, name = '', value = ''] = /^([^=]+)=(.*)$/.exec(text) ?? [];
  const entry = table[name];
  if (entry === undefined) throw new InvalidArgumentError(`Switches are: ${Object.keys(table).join(', ')}.`);
  const chosen = entry.values.find((candidate) => String(candidate) === value);
  if (chosen === undefined)
    throw new InvalidArgumentError(`${name} (${entry.question}) is one of: ${entry.values.join(', ')}.`);
  return { [name]: chosen };
}

function count(text: string): number {
  if (!/^\d{1,7}$/.test(text)) throw new InvalidArgumentError('It must be a whole number up to 9999999.');
  return Number(text);
}

function port(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 65_535) throw new InvalidArgumentError('It must be a port, 0 to 65535.');
  return value;
}

function positive(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value <= 0)
    throw new InvalidArgumentError('It must be a number above 0.');
  return value;
}

function limit(text: string): [number, number] {
  const [, requests, seconds] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  if (requests === undefined || seconds === undefined || Number(requests) < 1 || Number(seconds) < 1) {
    throw new InvalidArgumentError('It must be requests/seconds, such as 300/300.');
  }
  return [Number(requests), Number(seconds)];
}
