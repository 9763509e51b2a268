/**
 * Takes the pictures of README and docs/web-ui.md with a real browser: `npx tsx scripts/web-ui-pictures.ts [folder]`. It starts everything
 * itself: Temporal with its Web UI, sandboxes, a worker, and one connection for each phase. Needs Chromium (`CHROMIUM=/path`, default
 * /usr/bin/chromium).
 */
import { access, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { chromium, type Browser, type Page } from 'playwright-core';
import { connectionSchema, type ConnectionFile } from '../src/connection/schema.js';
import { untilStatus } from '../src/demo/waiting.js';
import { spawnWorker } from '../src/demo/worker-process.js';
import { sandboxConnection, sandboxSecrets, type ConnectionOverrides } from '../src/sandbox/connection-file.js';
import { startSandbox, type Sandbox } from '../src/sandbox/start.js';
import { workflowDetails, workflowSummary } from '../src/starter/start-texts.js';
import { connectClientTo } from '../src/temporal/connect.js';
import { startDevServer } from '../src/temporal/dev-server.js';
import { freePort } from '../src/temporal/free-port.js';
import { TASK_QUEUE, workflowIdOf } from '../src/temporal/task-queue.js';
import { startSealing, type Sealing } from '../test/world/sealing.js';

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const NAMES = ['arena', 'ballpark', 'concert-hall', 'ice-rink', 'opera', 'stadium', 'velodrome'];

/** A Halo that is soon used up: the connection into it is seen at work for as long as the pictures take. */
const NARROW = { requests: 40, perSeconds: 300 };

type Closers = (() => Promise<unknown>)[];

interface World {
  readonly client: Client;
  readonly uiUrl: string;
  readonly wide: Sandbox;
  readonly narrow: Sandbox;
  /** Its feed is spoiled for the pictures. */
  readonly spoiled: Sandbox;
}

/** With keys everything is sealed in Temporal, and the Web UI opens it through a codec server. */
async function openWorld(folder: string, closers: Closers, sealing?: Sealing, uiPort?: number): Promise<World> {
  const wide = await startSandbox({ people: 1_200 });
  closers.push(() => wide.close());
  const narrow = await startSandbox({ people: 5_000, seed: 2, existing: 50 });
  closers.push(() => narrow.close());
  const spoiled = await startSandbox({ people: 300, seed: 3, existing: 20 });
  closers.push(() => spoiled.close());
  const server = await startDevServer({
    ui: true,
    ownProcessGroup: true,
    ...(uiPort !== undefined && { uiPort }),
    ...(sealing !== undefined && { extraArgs: ['--ui-codec-endpoint', sealing.codecUrl] }),
  });
  closers.push(() => server.stop());
  const secrets = NAMES.flatMap((name) => Object.entries(sandboxSecrets(name === 'stadium' ? narrow : wide, name)));
  const worker = spawnWorker({
    env: {
      ...Object.fromEntries(secrets),
      ...sealing?.env,
      ALLOWED_HOSTS: '127.0.0.1',
      TEMPORAL_ADDRESS: server.address,
    },
    logFile: path.join(folder, 'worker.log'),
  });
  closers.push(() => worker.stop());
  const dataConverter = sealing?.dataConverter;
  const { client, connection } = await connectClientTo(
    server.address,
    dataConverter === undefined ? {} : { dataConverter },
  );
  closers.push(() => connection.close());
  return { client, uiUrl: server.uiUrl, wide, narrow, spoiled };
}

async function start(client: Client, file: ConnectionFile): Promise<WorkflowHandle> {
  const connection = connectionSchema.parse(file);
  return client.workflow.start('connection', {
    taskQueue: TASK_QUEUE,
    workflowId: workflowIdOf(file.name),
    args: [file],
    staticSummary: workflowSummary(connection),
    staticDetails: workflowDetails(connection),
  });
}

/** One connection for each phase, each waited for. */
async function playPhases(world: World): Promise<void> {
  const { client, wide, narrow } = world;
  const on = { integrator: { enabled: true } };
  const open = (name: string, overrides: ConnectionOverrides, sandbox = wide): Promise<WorkflowHandle> =>
    start(client, sandboxConnection(sandbox, name, overrides));
  const arena = await open('arena', {});
  await arena.signal('import-100');
  await untilStatus(arena, ({ sampleImport }) => sampleImport?.outcome === 'completed');
  await arena.signal('resume', 'the sample looks right');
  await untilStatus(arena, ({ phase, lastRun }) => phase === 'idle' && lastRun !== null);
  const paused = await open('concert-hall', {});
  await paused.signal('import-100');
  await untilStatus(paused, ({ sampleImport }) => sampleImport?.outcome === 'completed');
  const failing = await open('opera', { ...on, users: { defaultSite: 81 } });
  const other = await open('ballpark', { ...on, halo: { clientId: { secret: 'halo-other-id' } } });
  for (const handle of [failing, other]) await untilStatus(handle, ({ phase }) => phase === 'failing');
  await playSpoiled(world);
  const syncing = await open('stadium', { ...on, seatgeek: { pageSize: 200 }, halo: { rateLimit: NARROW } }, narrow);
  await untilStatus(syncing, ({ run }) => (run?.pages ?? 0) >= 3);
}

/** A feed in which everybody comes again under another ID, and which then no longer serves the cursors it gave. */
async function playSpoiled({ client, spoiled }: World): Promise<void> {
  const open = (name: string): Promise<WorkflowHandle> =>
    start(
      client,
      sandboxConnection(spoiled, name, {
        integrator: { enabled: true, brake: { atLeast: 50, percent: 20 } },
        users: { onSharedEmail: 'create' },
      }),
    );
  const [held, expired] = [await open('ice-rink'), await open('velodrome')];
  for (const handle of [held, expired])
    await untilStatus(handle, ({ phase, lastRun }) => phase === 'idle' && lastRun !== null);
  const { feed } = spoiled.seatgeek;
  for (let n = 0; n < 200; n += 1) feed.append({ ...feed.person(n), id: `other-${n}`, _ringside_sequence: null });
  await held.signal('sync-now');
  await untilStatus(held, ({ phase }) => phase === 'held');
  feed.expireCursors();
  await expired.signal('sync-now');
  await untilStatus(expired, ({ phase }) => phase === 'cursor-expired');
}

interface Shot {
  readonly file: string;
  readonly width: number;
  readonly height: number;
}

async function takeList(page: Page, uiUrl: string, { file, ...size }: Shot): Promise<void> {
  await page.setViewportSize(size);
  const query = encodeURIComponent(
    'WorkflowType="connection" AND ExecutionStatus="Running" AND ConnectionPhase="failing"',
  );
  await page.goto(`${uiUrl}/namespaces/default/workflows?query=${query}`, { waitUntil: 'domcontentloaded' });
  await page.getByText('connection-opera').first().waitFor({ timeout: 30_000 });
  await page.getByText('connection-arena').first().waitFor({ state: 'detached', timeout: 30_000 });
  await page.screenshot({ path: file });
}

async function takeConnection(page: Page, uiUrl: string, name: string, { file, ...size }: Shot): Promise<void> {
  await page.setViewportSize(size);
  await page.goto(`${uiUrl}/namespaces/default/workflows/${workflowIdOf(name)}`, { waitUntil: 'domcontentloaded' });
  await page.getByText('User Metadata').click();
  // The current details stand right of the fixed ones, which are gone once the connection has continued as new.
  await page.locator('iframe').last().contentFrame().getByText('Last synced').waitFor({ timeout: 30_000 });
  await page.screenshot({ path: file });
}

async function takePictures({ uiUrl }: World, browser: Browser, folder: string): Promise<void> {
  const page = await browser.newPage();
  const shot = (name: string, width: number, height: number): Shot => ({
    file: path.join(folder, `${name}.png`),
    width,
    height,
  });
  await takeList(page, uiUrl, shot('web-ui-list', 1_300, 560));
  await takeConnection(page, uiUrl, 'arena', shot('web-ui', 1_500, 1_300));
  await takeConnection(page, uiUrl, 'stadium', shot('web-ui-syncing', 1_300, 1_000));
  await takeConnection(page, uiUrl, 'opera', shot('web-ui-failing', 1_300, 1_000));
  await takeConnection(page, uiUrl, 'concert-hall', shot('web-ui-paused', 1_300, 1_000));
  await takeConnection(page, uiUrl, 'ice-rink', shot('web-ui-held', 1_300, 1_000));
  await takeConnection(page, uiUrl, 'velodrome', shot('web-ui-cursor-expired', 1_300, 1_000));
}

/** The same connection with keys: through the codec server, and what is there without it. */
async function takeSealed(browser: Browser, folder: string, target: string, closers: Closers): Promise<void> {
  const uiPort = await freePort();
  const sealing = await startSealing(folder, uiPort);
  closers.push(() => sealing.close());
  const world = await openWorld(folder, closers, sealing, uiPort);
  await playPhases(world);
  const keys = path.join(target, 'keys');
  if (target !== 'docs') {
    await mkdir(keys, { recursive: true });
    await takePictures(world, browser, keys);
  }
  const page = await browser.newPage();
  const size = { width: 1_300, height: 1_000 };
  await takeConnection(page, world.uiUrl, 'arena', { file: path.join(target, 'web-ui-keys.png'), ...size });
  await sealing.close();
  await page.goto(`${world.uiUrl}/namespaces/default/workflows/${workflowIdOf('arena')}`, {
    waitUntil: 'domcontentloaded',
  });
  await page.getByText('encryption-key-id').first().waitFor({ state: 'attached', timeout: 60_000 });
  await page.screenshot({ path: path.join(target, 'web-ui-sealed.png') });
}

async function openBrowser(closers: Closers): Promise<Browser> {
  const isThere = await access(CHROMIUM).then(
    () => true,
    () => false,
  );
  if (!isThere)
    throw new Error(
      `There is no Chromium at ${CHROMIUM}: install it (apt-get install chromium), or name one with CHROMIUM=/path.`,
    );
  const quiet = [
    '--disable-gpu',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ];
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', ...quiet] });
  closers.push(() => browser.close());
  return browser;
}

async function main(): Promise<void> {
  const [target = 'docs'] = process.argv.slice(2);
  const folder = await mkdtemp(path.join(tmpdir(), 'web-ui-pictures-'));
  const closers: Closers = [() => rm(folder, { recursive: true, force: true })];
  try {
    const browser = await openBrowser(closers);
    await mkdir(target, { recursive: true });
    const world = await openWorld(folder, closers);
    await playPhases(world);
    await takePictures(world, browser, target);
    await takeSealed(browser, folder, target, closers);
    process.stdout.write(`pictures are in ${target}\n`);
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
