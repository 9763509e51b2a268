/** Looks at both systems before there is a connection: `starter init` and `starter discover` use it, and so may the Temporal CLI. */
import type { Discovery, DiscoveryOptions } from '../contract/discovery.js';
import { discovering } from './activities.js';
import { checkFile } from './arguments.js';

/** Workflow type `discover`; writes nothing. The argument is the part of a connection file with `name`, `seatgeek` and `halo`. */
export async function discover(endpoints: unknown, options?: DiscoveryOptions): Promise<Discovery> {
  checkFile(endpoints);
  return discovering.discoverSetUp(endpoints, options);
}
