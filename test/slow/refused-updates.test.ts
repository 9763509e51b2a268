/** An update that is refused is in no history, so nothing that it leads to may be. */
import assert from 'node:assert/strict';
import { Worker } from '@temporalio/worker';
import { untilStatus } from '../../src/demo/waiting.js';
import { idle, withConnection } from '../world/scripted-connection.js';
import { Gate, ScriptedFeed } from '../world/scripted-feed.js';
import { workflowBundle } from '../world/temporal.js';

describe('an update that is refused because the connection is about to continue as new', function () {
  this.timeout(90_000);

  for (const at of ['writes a page', 'waits'] as const)
    it(`leaves a history that replays, where the connection ${at}`, async () => {
      const feed = new ScriptedFeed(5);
      const writing = new Gate();
      const asking = new Gate();
      if (at === 'writes a page') feed.beforeWrite = () => writing.pass();
      feed.activities.validateConnection = async () => {
        await asking.reached();
        return { ok: true, lines: [] };
      };
      await withConnection(feed, async (handle, id) => {
        if (at === 'writes a page') await writing.arrived;
        else await untilStatus(handle, idle);
        const { runId } = await handle.describe();
        const open = handle.executeUpdate('validate').catch((error: unknown) => error);
        try {
          await asking.arrived;
          await handle.signal('renew');
          await assert.rejects(handle.executeUpdate('validate'), ({ cause }: Error) =>
            String(cause).includes('send this again in a minute'),
          );
          const history = await handle.fetchHistory();
          await Worker.runReplayHistory({ workflowBundle: await workflowBundle() }, history, id);
        } finally {
          asking.open();
          writing.open();
        }
        assert.deepEqual(await open, { ok: true, lines: [] });
        while ((await handle.describe()).runId === runId) await untilStatus(handle, () => true);
        await untilStatus(handle, idle);
      });
    });
});
