import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from '@temporalio/worker';
import { createWorkerDataConverter } from '../../src/temporal/data-converter.js';
import { newPayloadKey, parsePayloadKeys } from '../../src/temporal/payload-keys.js';
import { workflowBundle } from '../world/temporal.js';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const HISTORIES = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));

/** What a failure means for live workflows, for whoever reads it in CI. */
const MEANING =
  'A workflow that is running with this history would stop with a non-determinism error on the next deployment. Guard the change with patched(), or change it so that old histories still replay.';

describe('histories recorded from released code', function () {
  this.timeout(60_000);

  it('cover the ways a connection lives', () => assert.ok(HISTORIES.length >= 4));

  for (const file of HISTORIES) {
    it(`replay: ${file.replace('.json', '').replaceAll('-', ' ')}`, async () => {
      const history: unknown = JSON.parse(readFileSync(`${FOLDER}${file}`, 'utf8'));
      const bundle = await workflowBundle();
      await assert.doesNotReject(Worker.runReplayHistory({ workflowBundle: bundle }, history), MEANING);
    });
  }

  it('replay alike once there are keys: what lies there in clear text is read as ever', async () => {
    const dataConverter = createWorkerDataConverter(parsePayloadKeys(newPayloadKey('new')), 'default');
    const bundle = await workflowBundle('sealed');
    for (const file of HISTORIES) {
      const history: unknown = JSON.parse(readFileSync(`${FOLDER}${file}`, 'utf8'));
      const options = { workflowBundle: bundle, dataConverter };
      await assert.doesNotReject(Worker.runReplayHistory(options, history), `${file}: ${MEANING}`);
    }
  });

  it('are refused when a step has another name', async () => {
    const text = readFileSync(`${FOLDER}idle-cycle.json`, 'utf8').replaceAll('fetchChangeEvents', 'fetchSomethingElse');
    const bundle = await workflowBundle();
    await assert.rejects(Worker.runReplayHistory({ workflowBundle: bundle }, JSON.parse(text)), /TMPRL1100/);
  });
});
