import assert from 'node:assert/strict';
import type { CallOptions } from '../../../src/halo/api/client.js';
import type { PreviewedPerson } from '../../../src/contract/previewed-person.js';
import { previewPages } from '../../../src/halo/preview/preview.js';
import type { Outcome } from '../../../src/halo/types.js';
import type { HaloDialect } from '../../../src/sandbox/dialects.js';
import { HaloBench } from '../../unit/halo/halo-bench.js';
import { readFeedPeople } from './feed-people.js';

const OUTCOMES: Readonly<Record<Outcome, PreviewedPerson['outcome']>> = {
  created: 'create',
  matchedByEmail: 'update',
  updated: 'update',
  deactivated: 'update',
  unchanged: 'unchanged',
  skipped: 'skip',
  rejected: 'rejected',
};

const DIALECTS: readonly (readonly [string, Partial<HaloDialect>])[] = [
  ['as documented', {}],
  ['addresses apart', { primaryAddress: 'ignored' }],
  ['a search that finds many at once', { advancedSearch: 'emailaddress+customfields', advancedSearchIn: true }],
  ['no list of addresses', { addressList: 'refused' }],
  ['no right to read field definitions', { rights: 'no-field-info' }],
];

describe('a preview of all the odd people', function () {
  this.timeout(60_000);

  for (const [title, halo] of DIALECTS) {
    it(`says of each what the import then does, and again once it is done (${title})`, async () => {
      const bench = await HaloBench.start({
        people: 300,
        existing: 40,
        seed: 5,
        halo,
        connection: { users: { importPrimaryAddress: true } },
      });
      try {
        const { connection, sandbox } = bench;
        const pages = await readFeedPeople(sandbox, connection);
        for (let times = 0; times < 2; times++) {
          const call: CallOptions = {};
          const writes = sandbox.halo.writes.count;
          const { client, instance } = bench;
          const previews = await previewPages(pages, { client, connection, instance, call });
          assert.equal(sandbox.halo.writes.count, writes);
          const run = bench.run();
          const differences: string[] = [];
          const foreseen = new Map(previews.map((preview) => [preview.seatgeekId, preview]));
          for (const people of pages) {
            for (const { seatgeekId, outcome, rejection } of await run.write(people)) {
              const preview = foreseen.get(seatgeekId);
              if (rejection?.code === 'halo-refused') continue;
              if (preview?.outcome !== OUTCOMES[outcome] || preview.rejection?.code !== rejection?.code)
                differences.push(`${seatgeekId}: ${preview?.outcome ?? 'nothing'} foreseen, ${outcome} done`);
            }
          }
          assert.deepEqual(differences, []);
          const codes = new Set(previews.map(({ rejection }) => rejection?.code));
          for (const code of ['email-shared', 'email-taken', 'id-shared', 'name-missing'] as const)
            assert.ok(codes.has(code), code);
        }
      } finally {
        await bench.close();
      }
    });
  }
});
