import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before } from 'mocha';
import { chromium, type Browser, type Page } from 'playwright-core';
import { startSealing, type Sealing } from '../world/sealing.js';
import { untilStatus } from '../../src/demo/waiting.js';
import { freePort } from '../../src/temporal/free-port.js';
import { World } from '../world/world.js';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Stands in the first lines of the workflow's input: the Web UI puts only those into the page that are in sight. */
const IN_SIGHT = 'seatgeek-client-id';

describe('the Web UI of a sealed connection', function () {
  this.timeout(180_000);
  let folder = '';
  let sealing: Sealing;
  let world: World;
  let browser: Browser;

  before(async function () {
    if (!existsSync(CHROMIUM)) {
      process.stderr.write(`skipped: no Chromium at ${CHROMIUM} (CHROMIUM names another place)\n`);
      this.skip();
    }
    folder = await mkdtemp(path.join(tmpdir(), 'sealed-web-ui-'));
    const uiPort = await freePort();
    sealing = await startSealing(folder, uiPort);
    world = await World.open({
      sandbox: { people: 50 },
      server: { uiPort, extraArgs: ['--ui-codec-endpoint', sealing.codecUrl] },
      workerEnv: sealing.env,
    });
    world.startWorker();
    const handle = await world.start(world.connectionFile());
    await untilStatus(handle, ({ phase }) => phase === 'paused');
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-sync'],
    });
  });
  // Undefined where `before` skipped.
  after(async () => {
    await (browser as Browser | undefined)?.close();
    await (world as World | undefined)?.close();
    await (sealing as Sealing | undefined)?.close();
    if (folder !== '') await rm(folder, { recursive: true });
  });

  /** The page of the workflow in a fresh browser, once it shows `text`. */
  async function showing(text: string): Promise<Page> {
    const page = await browser.newPage();
    await page.goto(`${world.server.uiUrl}/namespaces/default/workflows/connection-arena`, {
      waitUntil: 'domcontentloaded',
    });
    await page.getByText(text).first().waitFor({ state: 'attached', timeout: 60_000 });
    return page;
  }

  it('shows plain values through the codec server', async () => {
    const page = await showing(IN_SIGHT);
    assert.match(await page.locator('body').innerText(), /"name": "arena"/);
    await page.close();
  });

  it('shows none without it', async () => {
    await sealing.close();
    const page = await showing('encryption-key-id');
    assert.ok(!(await page.content()).includes(IN_SIGHT));
    await page.close();
  });
});
