import assert from 'node:assert/strict';
import picocolors from 'picocolors';
import { listLines } from '../../../src/starter/views/list.js';
import { progressBlock, progressLine, settledPeople, type Live } from '../../../src/starter/views/progress.js';
import { rejectedCsv, rejectedLines } from '../../../src/starter/views/rejected.js';
import { reportLines } from '../../../src/starter/views/report.js';
import { statusLines } from '../../../src/starter/views/status.js';
import { aRejectedUser, aRun, aStatus, NOW_MS } from './builders.js';

const plain = picocolors.createColors(false);
const LIVE: Live = { nowMs: NOW_MS, page: null, peoplePerSecond: null };

/** Clears the screen, changes the window's title, breaks the line, and turns the reading direction around. */
const HOSTILE = '\u001b[2J\u001b]0;owned\u0007x\r\ny\u009b31m\u202e';

function assertHarmless(lines: readonly string[]): void {
  for (const line of lines) assert.doesNotMatch(line, /[\p{Cc}\p{Cf}]/u);
}

describe('status view', () => {
  it('shows facts, the last run and nothing that is absent', () => {
    assert.deepEqual(statusLines(aStatus(), plain), [
      'Connection   arena',
      'Phase        idle',
      'Integrator   on',
      'Last synced  2026-11-23 14:14:50 UTC',
      'Next run     2026-11-23 14:29:50 UTC',
      'Cursor       eyJzZXEiOjF9',
      'Epoch        0',
      'Rejected     0',
      '',
      'Last run: interval, completed 2026-11-23 14:14:50 UTC, 5 pages, 5,000 events',
      '  people             4,810',
      '  created            4,600',
      '  matched by e-mail    150',
      '  updated               60',
      '  skipped                4',
      '  118 requests to Halo, 6 to SeatGeek',
    ]);
  });

  it('shows the error on view with what to do, what is asked for and what is waited for', () => {
    const lines = statusLines(
      aStatus({
        phase: 'failing',
        lastError: {
          code: 'halo-unavailable',
          message: 'Halo is down',
          hint: 'Wait.',
          at: '2026-11-23T14:14:50Z',
          transient: true,
        },
        waiting: { for: 'another try', until: '2026-11-23T14:20:00Z' },
        pending: ['sync-now', 'import-100'],
      }),
      plain,
    );
    assert.ok(lines.includes('Error halo-unavailable at 2026-11-23 14:14:50 UTC: Halo is down'));
    assert.ok(lines.includes('  → Wait.'));
    assert.ok(lines.includes('Asked for    sync-now, import-100'));
    assert.ok(lines.includes('Waiting      another try, until 2026-11-23 14:20:00 UTC'));
  });

  it('says so when nothing has happened yet', () => {
    const lines = statusLines(
      aStatus({ phase: 'paused', integrator: 'off', cursor: null, lastSyncedAt: null, lastRun: null, nextRunAt: null }),
      plain,
    );
    assert.ok(lines.includes('Last synced  never'));
    assert.ok(lines.includes('Next run     on request'));
    assert.ok(lines.includes('Cursor       start of history'));
  });

  it('paints without changing the columns', () => {
    const painted = statusLines(aStatus(), picocolors.createColors(true)).join('\n');
    assert.equal(
      painted.replaceAll(new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g'), ''),
      statusLines(aStatus(), plain).join('\n'),
    );
  });

  it('lets no control character through', () => {
    assertHarmless(
      statusLines(
        aStatus({
          connection: HOSTILE,
          cursor: HOSTILE,
          lastSyncedAt: HOSTILE,
          pending: [HOSTILE],
          waiting: { for: HOSTILE, until: HOSTILE },
          lastError: { code: HOSTILE, message: HOSTILE, hint: HOSTILE, at: HOSTILE, transient: true },
          lastRun: aRun({ startedAt: HOSTILE, finishedAt: HOSTILE }),
        }),
        plain,
      ),
    );
  });
});

describe('report view', () => {
  const report = {
    ok: false,
    lines: [
      { check: 'Halo token', ok: true, message: 'granted' },
      { check: 'site', ok: false, message: 'site 18 is not there', hint: 'Correct users.defaultSite.' },
    ],
  };

  it('marks each line and says what to do', () => {
    assert.deepEqual(reportLines(report, plain), [
      '✔ Halo token: granted',
      '✘ site: site 18 is not there',
      '    → Correct users.defaultSite.',
      '',
      '2 checks, 1 to correct',
    ]);
  });

  it('says that nothing is to be corrected', () => {
    const [first] = report.lines;
    assert.deepEqual(reportLines({ ok: true, lines: [first!, first!] }, plain).at(-1), '2 checks, nothing to correct');
  });

  it('counts what is right and has something to know', () => {
    const [first] = report.lines;
    const lines = [first!, { ...first!, hint: 'Read this.' }];
    assert.equal(reportLines({ ok: true, lines }, plain).at(-1), '2 checks, nothing to correct, 1 to look at');
  });

  it('lets no control character through', () => {
    assertHarmless(
      reportLines({ ok: false, lines: [{ check: HOSTILE, ok: false, message: HOSTILE, hint: HOSTILE }] }, plain),
    );
  });
});

describe('list view', () => {
  it('aligns the columns and shows a dash for what is not set yet', () => {
    const lines = listLines(
      [
        {
          connection: 'arena',
          phase: 'idle',
          halo: 'acme.halopsa.com',
          lastSyncedAt: '2026-11-23T14:15:02.123Z',
          rejectedUsers: 1_200,
        },
        { connection: 'a-much-longer-name', phase: null, halo: null, lastSyncedAt: null, rejectedUsers: null },
      ],
      plain,
    );
    assert.deepEqual(lines, [
      'CONNECTION          PHASE  HALO              LAST SYNCED              REJECTED',
      'arena               idle   acme.halopsa.com  2026-11-23 14:15:02 UTC     1,200',
      'a-much-longer-name  –      –                 never                           –',
    ]);
  });

  it('says that no connection is running', () => {
    assert.deepEqual(listLines([], plain), ['no connection is running']);
  });

  it('lets no control character through', () => {
    assertHarmless(
      listLines(
        [{ connection: HOSTILE, phase: HOSTILE, halo: HOSTILE, lastSyncedAt: HOSTILE, rejectedUsers: 1 }],
        plain,
      ),
    );
  });
});

describe('an error', () => {
  const held = {
    code: 'brake-held',
    message: 'too many',
    hint: 'approve',
    at: '2026-11-23T14:00:00Z',
    transient: false,
  };

  it('is told of the run before while another goes on, and not in its progress', () => {
    const status = aStatus({ phase: 'syncing', run: aRun({ finishedAt: null }), lastError: held });
    assert.match(statusLines(status, plain).join('\n'), /Error brake-held of the run before, at 2026-11-23/);
    assert.doesNotMatch(
      progressBlock(status, { nowMs: NOW_MS, page: null, peoplePerSecond: null }).join('\n'),
      /brake-held/,
    );
  });

  it('stands by itself where nothing goes on', () => {
    assert.match(statusLines(aStatus({ phase: 'held', lastError: held }), plain).join('\n'), /Error brake-held at/);
  });
});

describe('rejected view', () => {
  it('names ids, codes and reasons', () => {
    assert.deepEqual(rejectedLines([aRejectedUser(), aRejectedUser({ seatgeekId: 'sg-22', pageGone: true })], plain), [
      'email-taken: 2 people',
      '  emailaddress is in use',
      '',
      'SEATGEEK ID  CODE         TRIED  LAST',
      'sg-1         email-taken      2  2026-11-23',
      'sg-22        email-taken      2  2026-11-23 gone',
    ]);
  });

  it('says once per reason what to do about it', () => {
    const lines = rejectedLines(
      [
        { ...aRejectedUser(), hint: 'Clear it.' },
        { ...aRejectedUser({ seatgeekId: 'sg-2' }), hint: 'Clear it.' },
        { ...aRejectedUser({ seatgeekId: 'sg-3', code: 'name-missing' }), hint: 'Name them.' },
      ],
      plain,
    );
    assert.deepEqual(lines.slice(0, 6), [
      'email-taken: 2 people',
      '  emailaddress is in use',
      '  → Clear it.',
      'name-missing: 1 person',
      '  emailaddress is in use',
      '  → Name them.',
    ]);
  });

  it('calls a reason an example where others of its code have another one', () => {
    const lines = rejectedLines(
      [
        aRejectedUser({ message: 'Halo user 205 has it' }),
        aRejectedUser({ seatgeekId: 'sg-2', message: 'Halo user 206 has it' }),
      ],
      plain,
    );
    assert.equal(lines[1], '  for example: Halo user 205 has it');
  });

  it('fits 80 columns, whatever the ID', () => {
    const lines = rejectedLines(
      [aRejectedUser({ seatgeekId: 'x'.repeat(90), code: 'operation-unknown', pageGone: true })],
      plain,
    );
    assert.ok(lines.slice(2).every((line) => line.length <= 80));
  });

  it('is a spreadsheet with --csv, in which no cell is a formula', () => {
    assert.deepEqual(rejectedCsv([aRejectedUser({ seatgeekId: '=1+1', message: 'a "b", c' })]), [
      'seatgeek_id,code,message,hint,attempts,first_seen_at,last_tried_at,page_gone',
      `'=1+1,email-taken,"a ""b"", c",,2,2026-11-23T14:14:00Z,2026-11-23T14:14:50Z,false`,
    ]);
  });

  it('lets no control character through', () => {
    assertHarmless(
      rejectedLines([aRejectedUser({ seatgeekId: HOSTILE, message: HOSTILE, lastTriedAt: HOSTILE })], plain),
    );
  });
});

describe('progress view', () => {
  const running = aStatus({
    phase: 'syncing',
    run: aRun({ outcome: null, finishedAt: null, trigger: 'resume', pages: 1, rejected: 6 }),
  });

  const survey = { events: 20_000, people: 9_640, isComplete: true };
  const surveyed = { ...running, run: aRun({ ...running.run, survey, startedAt: '2026-11-23T14:05:00Z' }) };

  it('shows percent and time left of everybody whom the survey found, the rate and the page', () => {
    const page = { surveyed: null, settled: 6, of: 1_000, waitingUntil: null };
    assert.deepEqual(progressBlock(surveyed, { nowMs: NOW_MS, page, peoplePerSecond: 80.31 }), [
      'arena: syncing',
      '  50 % · 4,826 of 9,640 people · about 10 min left',
      '  80.3 people/s · 118 Halo requests · 6 rejected',
      '  created 4,600 · by e-mail 150 · updated 60 · skipped 4',
      '  page 1: 6 of 1,000 people',
    ]);
  });

  it('shows how far the feed was looked through before there is a total', () => {
    const run = aRun({ ...running.run, pages: 1, people: 0, survey: { events: 0, people: 0, isComplete: false } });
    const page = { surveyed: 12_000, settled: 0, of: null, waitingUntil: null };
    const block = progressBlock({ ...running, run }, { ...LIVE, page });
    assert.equal(block[1], '  looking through the feed: 12,000 events');
    assert.match(progressLine({ ...running, run }), /looking through the feed: 0 events/);
  });

  it("says until when Halo's limit makes it wait, and no longer", () => {
    const waits = { surveyed: null, settled: 3, of: 10, waitingUntil: NOW_MS + 90_000 };
    assert.equal(progressBlock(surveyed, { ...LIVE, page: waits }).at(-1), '  waits for Halo until 14:16:30 UTC');
    const over = { ...waits, waitingUntil: NOW_MS - 1 };
    assert.match(progressBlock(surveyed, { ...LIVE, page: over }).at(-1) ?? '', /of 10 people$/);
  });

  it('fits 60 columns with millions of people, errors and waits', () => {
    const run = aRun({
      ...surveyed.run,
      people: 1_234_567,
      created: 1_000_000,
      matchedByEmail: 0,
      updated: 234_567,
      haloRequests: 123_456,
      rejected: 12_345,
      pages: 2_000,
      survey: { events: 9_999_999, people: 2_345_678, isComplete: true },
    });
    const lastError = {
      code: 'halo-unavailable',
      message: 'Halo is down '.repeat(12),
      hint: '',
      at: '',
      transient: true,
    };
    const waiting = { for: 'another try after halo-unavailable', until: '2026-11-23T14:20:00Z' };
    const page = { surveyed: null, settled: 1_000, of: 10_000, waitingUntil: NOW_MS + 90_000 };
    const block = progressBlock(
      { ...surveyed, run, lastError, waiting },
      { nowMs: NOW_MS, page, peoplePerSecond: 1_234.5 },
    );
    assert.deepEqual(
      block.filter((line) => line.length > 60),
      [],
    );
    assert.match(block.join('\n'), /53 % · 1,247,916 of 2,345,678 people/);
  });

  it('names the command that lets a held run go on', () => {
    assert.deepEqual(
      progressBlock(aStatus({ phase: 'held' }), LIVE).at(-1),
      '  → npm run starter -- preview arena --next-run',
    );
  });

  it('counts the people of the page being written to the settled', () => {
    assert.equal(
      settledPeople(running, { surveyed: null, settled: 30, of: 100, waitingUntil: null }),
      4_810 + 4 + 6 + 30,
    );
    assert.equal(settledPeople(aStatus(), null), null);
  });

  it('is the same line as long as nothing changes', () => {
    assert.equal(
      progressLine(running),
      'arena: syncing · 1 page · 5,000 events · 4,820 people · 118 Halo requests · 6 rejected',
    );
  });

  it('shows a sample import while there is no run', () => {
    const sampling = aStatus({
      phase: 'paused',
      integrator: 'off',
      sampleImport: aRun({ trigger: 'import-100', outcome: null, finishedAt: null, events: 100, people: 99 }),
    });
    assert.match(progressLine(sampling), /^arena: paused, sample import going on · 5 pages · 100 events · 103 people/);
  });

  it('says what is waited for and which error it is for', () => {
    const waiting = aStatus({
      phase: 'failing',
      lastError: {
        code: 'halo-unavailable',
        message: 'Halo is down',
        hint: 'Wait.',
        at: '2026-11-23T14:14:50Z',
        transient: true,
      },
      waiting: { for: 'another try', until: '2026-11-23T14:20:00Z' },
    });
    assert.equal(
      progressLine(waiting),
      'arena: failing · error halo-unavailable: Halo is down · waits for another try, until 2026-11-23 14:20:00 UTC',
    );
  });

  it('lets no control character through', () => {
    const hostile = aStatus({ connection: HOSTILE, pending: [HOSTILE], waiting: { for: HOSTILE, until: HOSTILE } });
    assertHarmless(progressBlock(hostile, LIVE));
  });
});
