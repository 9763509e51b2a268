/**
 * Each change of commands (`src/workflows/patches.ts`) has a history from before it and one from after it. Both replay; with the change made always, or never,
 * one of them does not, so that each is known to get there.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from '@temporalio/worker';
import { z } from 'zod';
import { workflowBundle } from '../world/temporal.js';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const PATCHES = fileURLToPath(new URL('../../src/workflows/patches.ts', import.meta.url));
const SIDES = ['before', 'after'] as const;

/** Histories of other names in which a change shows. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'serve-while-updating.after': 'chains/update-open-at-continue-as-new',
  'renew-parked-daily.after': 'chains/paused-then-resumed',
  'renew-while-waiting.after': 'chains/validated-previewed-traced',
  'interrupt-everything.before': 'configure-in-mid-run',
  'interrupt-everything.after': 'chains/paused-then-resumed',
  'refresh-settings.before': 'first-import-second-half',
  'show-other-phase.before': 'chains/held-then-paused',
};

/** Why a replay of it can't tell whether the change was made. */
const ALIKE: Readonly<Record<string, string>> = {
  'keep-to-one-worker.before': 'the steps are the same on another task queue, which a replay does not compare',
  'renew-parked-daily.before': 'a timer that is cancelled before any other command leaves no trace',
  'renew-while-waiting.before': 'the run ends in the same way, only later',
  'show-other-phase.before': 'the run ends in the same way, only later',
};

const historySchema = z.looseObject({ events: z.array(z.looseObject({})) });
const fileSchema = z.union([z.array(historySchema), historySchema.transform((history) => [history])]);

const ids = [...readFileSync(PATCHES, 'utf8').matchAll(/patched\('([^']+)'\)/g)].map(([, id = '']) => id);

function runsOf(name: string): z.infer<typeof fileSchema> {
  return fileSchema.parse(JSON.parse(readFileSync(`${FOLDER}${name}.json`, 'utf8')));
}

/** Whether the run says that the change was made in it. */
function isMarked(run: unknown, id: string): boolean {
  const marker = Buffer.from(`{"id":"${id}","deprecated":false}`).toString('base64');
  return JSON.stringify(run).includes(marker);
}

/** The workflows with one change made always, or never, whatever a history says. */
async function bundleWith(id: string, isMade: boolean): Promise<{ code: string }> {
  const { codePath } = await workflowBundle();
  const code = readFileSync(codePath, 'utf8');
  const changed = code.replace(new RegExp(`\\(0, ?[\\w$]+\\.patched\\)\\('${id}'\\)`), String(isMade));
  assert.notEqual(changed, code, `the workflows do not ask for ${id}`);
  return { code: changed };
}

describe('changes of the commands of workflow code', function () {
  this.timeout(60_000);

  it('are in one file, and all of them are looked at here', () => {
    const known = new Set(ids.flatMap((id) => SIDES.map((side) => `${id}.${side}`)));
    for (const name of [...Object.keys(ELSEWHERE), ...Object.keys(ALIKE)]) assert.ok(known.has(name), name);
    assert.ok(ids.length > 0);
  });

  for (const id of ids)
    for (const side of SIDES) {
      const name = `${id}.${side}`;
      it(`have a history that replays, and would not without patched(): ${id}, ${side}`, async () => {
        const file = ELSEWHERE[name] ?? `patches/${name}`;
        assert.ok(existsSync(`${FOLDER}${file}.json`), `record test/replay/${file}.json (test/replay/record.ts)`);
        const runs = runsOf(file);
        assert.equal(
          runs.some((run) => isMarked(run, id)),
          side === 'after',
        );
        for (const run of runs) await Worker.runReplayHistory({ workflowBundle: await workflowBundle() }, run);
        if (ALIKE[name] !== undefined) return;
        const changed = await bundleWith(id, side === 'before');
        const replayed = runs.map((run) => Worker.runReplayHistory({ workflowBundle: changed }, run));
        const outcomes = await Promise.allSettled(replayed);
        assert.ok(
          outcomes.some(({ status }) => status === 'rejected'),
          `${file} does not get to ${id}`,
        );
      });
    }
});
