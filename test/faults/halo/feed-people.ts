/** The people of a sandbox's feed as the program maps them: page by page, older images left out. */
import type { Connection } from '../../../src/connection/schema.js';
import { createHttp } from '../../../src/http/http.js';
import { createMapper } from '../../../src/mapping/mapper.js';
import type { MappedPerson } from '../../../src/mapping/types.js';
import type { Sandbox } from '../../../src/sandbox/start.js';
import { createFeedClient } from '../../../src/seatgeek/feed-client.js';

/** Each person once, on the page of the newest image. */
export async function readFeedPeople(sandbox: Sandbox, connection: Connection): Promise<MappedPerson[][]> {
  const http = createHttp();
  const { clientId, clientSecret } = sandbox.seatgeek;
  const credentials = () => Promise.resolve({ clientId, clientSecret });
  const feed = createFeedClient({ connection, http, credentials });
  const mapper = createMapper(connection);
  const pages: MappedPerson[][] = [];
  for (let cursor: string | null = null; ;) {
    const page = await feed.readPage({ cursor, limit: connection.seatgeek.pageSize });
    const { people } = await mapper.mapPage(page);
    pages.push([...people]);
    cursor = page.nextCursor;
    if (!page.hasMore) break;
  }
  await http.close();
  const newest = new Map(pages.flatMap((people) => people.map((person) => [person.seatgeekId, person])));
  return pages.map((people) => people.filter((person) => newest.get(person.seatgeekId) === person));
}
