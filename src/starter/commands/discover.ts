/** `discover <file>`: what the two systems have to choose from, for whoever writes mappings by hand. Writes nothing. */
import { z } from 'zod';
import type { Discovery, DiscoveryOptions } from '../../contract/discovery.js';
import { checkEndpoints } from '../../connection/check.js';
import { loadConnectionFile } from '../../connection/load.js';
import { endpointsSchema, type EndpointsFile } from '../../connection/schema.js';
import { connectionPath } from '../connection-argument.js';
import type { Context } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { discoveryLines } from '../views/discovery.js';

/** A file whose mappings are not written yet will do. Throws ConfigError naming what is wrong with the rest. */
export async function discoverCommand(
  context: Context,
  path: string,
  options: { readonly site?: string },
): Promise<ExitCode> {
  const { terminal } = context;
  const found = await discovered(context, await readEndpoints(connectionPath(path)), options);
  terminal.show(found, discoveryLines(found, terminal.colors));
  terminal.next(found.ok ? `validate ${path}` : null);
  return found.ok ? EXIT.ok : EXIT.failed;
}

/** Has a worker look. */
export async function discovered(
  context: Context,
  endpoints: EndpointsFile,
  options: DiscoveryOptions = {},
): Promise<Discovery> {
  context.terminal.say(`${endpoints.name}: asking SeatGeek and Halo what there is …`);
  return (await context.connections()).discover(endpoints, options);
}

const parts = z.looseObject(
  Object.fromEntries(Object.keys(endpointsSchema.shape).map((part) => [part, z.unknown().optional()])),
);

async function readEndpoints(path: string): Promise<EndpointsFile> {
  const { name, seatgeek, halo } = parts.parse(await loadConnectionFile(path));
  return checkEndpoints({ name, seatgeek, halo });
}
