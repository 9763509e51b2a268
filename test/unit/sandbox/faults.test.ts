import assert from 'node:assert/strict';
import { createFaults, type Fault, type FaultSubject } from '../../../src/sandbox/faults.js';
import { askFeed, askHalo, haloToken, openSandbox } from './talk.js';

const subject: FaultSubject = {
  system: 'halo',
  method: 'GET',
  path: '/api/Users',
  isToken: false,
  query: new URLSearchParams(),
  body: '',
};

/** Which of eight requests the fault strikes, counted from 1. */
function struck(fault: Partial<Fault>, dice = (): number => 0.5): number[] {
  const faults = createFaults([{ system: 'halo', kind: 'reset-before', ...fault } as Fault], dice);
  return [1, 2, 3, 4, 5, 6, 7, 8].filter(() => faults.strike(subject) !== undefined);
}

describe('sandbox faults: which requests', () => {
  const cases: [string, Partial<Fault>, number[]][] = [
    ['the first by default', {}, [1]],
    ['the first three', { times: 3 }, [1, 2, 3]],
    ['the third only', { match: { nth: 3 } }, [3]],
    ['every third', { match: { every: 3 } }, [3, 6]],
    ['every third, once', { match: { every: 3 }, times: 1 }, [3]],
    ['all after six', { match: { after: 6 } }, [7, 8]],
    ['none by bad luck', { match: { probability: 0.4 } }, []],
    ['all by luck', { match: { probability: 0.6 } }, [1, 2, 3, 4, 5, 6, 7, 8]],
    ['none of another method', { match: { method: 'POST' } }, []],
    ['none of another path', { match: { path: '/api/Site' } }, []],
    ['paths in any case', { match: { path: '/API/users' } }, [1]],
    ['paths by their beginning', { match: { path: '/api/*' } }, [1]],
    ['none of the other system', { system: 'seatgeek' }, []],
    ['what a last word says', { match: { where: ({ body }) => body !== '' } }, []],
  ];
  for (const [what, fault, due] of cases) it(`strike ${what}`, () => assert.deepEqual(struck(fault), due));
});

describe('sandbox faults: what happens', () => {
  const ada = { json: [{ name: 'Ada', site_id: 18 }] };
  const users = async (fault: Fault): Promise<{ outcome: string; created: number }> => {
    const sandbox = await openSandbox({ faults: [fault] });
    const outcome = await askHalo(sandbox, '/Users', ada).then(
      ({ status, text }) => `${status} ${isJson(text) ? 'json' : 'no json'}`,
      () => 'cut',
    );
    return { outcome, created: sandbox.halo.writes.created };
  };
  const cases: [Fault, { outcome: string; created: number }][] = [
    [
      { system: 'halo', kind: 'status', status: 503 },
      { outcome: '503 json', created: 0 },
    ],
    [
      { system: 'halo', kind: 'status', status: 400, body: 'CODE:APP03/2' },
      { outcome: '400 no json', created: 0 },
    ],
    [
      { system: 'halo', kind: 'status-after-commit', status: 502 },
      { outcome: '502 json', created: 1 },
    ],
    [
      { system: 'halo', kind: 'reset-before' },
      { outcome: 'cut', created: 0 },
    ],
    [
      { system: 'halo', kind: 'reset-after-commit' },
      { outcome: 'cut', created: 1 },
    ],
    [
      { system: 'halo', kind: 'html' },
      { outcome: '200 no json', created: 0 },
    ],
    [
      { system: 'halo', kind: 'truncated-json' },
      { outcome: '201 no json', created: 1 },
    ],
    [
      { system: 'halo', kind: 'token-401' },
      { outcome: '401 json', created: 0 },
    ],
  ];
  for (const [fault, due] of cases) {
    it(`${fault.kind}: ${due.outcome}, ${due.created} created`, async () => assert.deepEqual(await users(fault), due));
  }

  for (const [kind, created] of [
    ['timeout', 0],
    ['timeout-after-commit', 1],
  ] as const) {
    it(`${kind}: no answer, ${created} created`, async () => {
      const sandbox = await openSandbox();
      const bearer = await haloToken(sandbox);
      const fault = sandbox.faults.add({ system: 'halo', kind });
      const told = askHalo(sandbox, '/Users', { ...ada, bearer }).then(
        () => 'answered',
        () => 'cut',
      );
      await fault.struck();
      assert.deepEqual([sandbox.halo.writes.created, sandbox.halo.requests.all()[0]?.status], [created, null]);
      await sandbox.close();
      assert.equal(await told, 'cut');
    });
  }

  it('retry-after: 429 with the header in the form asked for', async () => {
    const sandbox = await openSandbox({
      faults: [{ system: 'seatgeek', kind: 'retry-after', seconds: 7, form: 'seconds' }],
    });
    const told = await askFeed(sandbox);
    assert.deepEqual([told.status, told.headers.get('retry-after')], [429, '7']);
  });

  it('hold: waits until released, then goes on as usual', async () => {
    const sandbox = await openSandbox();
    const held = sandbox.faults.add({ system: 'halo', match: { path: '/api/Users', nth: 1 }, kind: 'hold' });
    const told = askHalo(sandbox, '/Users', ada);
    await held.struck();
    assert.equal(sandbox.halo.writes.count, 0);
    held.release();
    assert.deepEqual([(await told).status, sandbox.halo.writes.count, held.hits], [201, 1, 1]);
  });

  it('rewritten-json: does the work and answers what is made of its JSON', async () => {
    const sandbox = await openSandbox();
    const rewrite = (json: unknown): unknown => [json, 'more'];
    sandbox.faults.add({ system: 'halo', match: { method: 'POST' }, kind: 'rewritten-json', rewrite });
    const told = await askHalo(sandbox, '/Users', { json: [{ name: 'Ada', site_id: 18 }] });
    assert.match(told.text, /^\[\{"name":"Ada",.*,"more"\]$/);
    assert.equal(sandbox.halo.writes.created, 1);
  });

  it('clear: lets held requests go on and ends every fault', async () => {
    const sandbox = await openSandbox({
      faults: [{ system: 'halo', match: { after: 1 }, kind: 'status', status: 500 }],
    });
    const held = sandbox.faults.add({ system: 'halo', kind: 'hold' });
    const told = askHalo(sandbox, '/Site/18');
    await held.struck();
    sandbox.faults.clear();
    assert.deepEqual([(await told).status, (await askHalo(sandbox, '/Site/18')).status], [200, 200]);
  });

  it('strikes token requests only by their path', async () => {
    const sandbox = await openSandbox();
    const api = sandbox.faults.add({ system: 'halo', kind: 'status', status: 500, times: 9 });
    const token = sandbox.faults.add({
      system: 'halo',
      match: { path: '/auth/token', nth: 2 },
      kind: 'status',
      status: 500,
    });
    await haloToken(sandbox);
    await assert.rejects(haloToken(sandbox));
    assert.deepEqual([api.hits, token.hits], [0, 1]);
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
