/** The sandbox as a process of its own, so that its memory and CPU are nobody else's. Started by `sandbox-process.ts`; ends with it. */
import { mayChange, partOf } from '../src/sandbox/cast.js';
import { sandboxConnection, sandboxSecrets } from '../src/sandbox/connection-file.js';
import type { HaloStore } from '../src/sandbox/halo-store.js';
import type { LoggedRequest } from '../src/sandbox/request-log.js';
import { startSandbox, type Sandbox } from '../src/sandbox/start.js';
import { questionSchema, sandboxOrderSchema, type SandboxCounts, type SandboxReady } from './sandbox-messages.js';

async function main(): Promise<void> {
  const order = sandboxOrderSchema.parse(JSON.parse(process.argv[2] ?? ''));
  const { people, images, oddities, halo } = order;
  const sandbox = await startSandbox({ people, images, oddities, halo });
  addUsersWithIds(sandbox, order.usersWithIds);
  process.on('disconnect', () => process.exit(0));
  process.on('message', (message) => {
    const { id, change } = questionSchema.parse(message);
    changePeople(sandbox, change);
    process.send?.(countsOf(sandbox, id));
  });
  const { intervalMinutes } = order;
  const ready: SandboxReady = {
    connection: { ...sandboxConnection(sandbox, 'arena', { integrator: { enabled: true, intervalMinutes } }) },
    secrets: sandboxSecrets(sandbox, 'arena'),
    urls: {
      feed: `${sandbox.seatgeek.apiUrl}/clients`,
      seatgeekToken: sandbox.seatgeek.tokenUrl,
      audience: sandbox.seatgeek.audience,
      halo: sandbox.halo.url,
    },
  };
  process.send?.(ready);
}

/** As an earlier import would have left them. */
function addUsersWithIds({ halo }: Sandbox, count: number): void {
  for (let n = 0; n < count; n += 1) {
    halo.store.create({
      name: `Season Holder ${n}`,
      firstname: 'Season',
      surname: `Holder ${n}`,
      emailaddress: `holder.${n}@arena.example`,
      customFields: { CFSeatGeekID: `holder-${n}`, CFSource: 'SeatGeek' },
    });
  }
}

/** The first `count` people to whom a change makes no difference of timing. Throws an Error when the feed has fewer. */
function changePeople({ seatgeek, options }: Sandbox, count: number): void {
  const { feed } = seatgeek;
  const everybody = Array.from({ length: options.people }, (_, person) => person);
  const movers = everybody.filter((person) => mayChange(partOf(person, feed.population))).slice(0, count);
  if (movers.length < count) throw new Error(`the feed has only ${movers.length} people who may change`);
  for (const person of movers) {
    feed.push({ person, revision: feed.revision(person) + 1, operation: 'U', sequence: feed.nextSequence() });
  }
}

function countsOf({ seatgeek, halo }: Sandbox, id: number): SandboxCounts {
  return {
    id,
    haloRequests: halo.requests.count,
    haloRequestKinds: countKinds(halo.requests.all()),
    seatgeekRequests: seatgeek.requests.count,
    haloUsers: activeUsers(halo.store),
    usersCreated: halo.writes.created,
    changeEvents: seatgeek.feed.length,
  };
}

/** Who was created and deactivated since, or never created because the feed was read ahead, is the same to Halo's people. */
function activeUsers(store: HaloStore): number {
  let active = 0;
  for (const { values } of store.all()) if (values['inactive'] !== true) active += 1;
  return active;
}

function countKinds(requests: readonly LoggedRequest[]): Record<string, number> {
  const kinds: Record<string, number> = {};
  for (const request of requests) {
    const kind = kindOf(request);
    kinds[kind] = (kinds[kind] ?? 0) + 1;
  }
  return kinds;
}

/** Method and path without ids; lists of users apart by how they were asked for. */
function kindOf({ method, path, query }: LoggedRequest): string {
  const kind = `${method} ${path.replace(/^\/api/i, '').replace(/\/\d+/g, '/{id}')}`;
  const asked = ['advanced_search', 'search', 'orderdesc'].find((name) => new URLSearchParams(query).has(name));
  return asked === undefined ? kind : `${kind}?${asked}`;
}

await main();
