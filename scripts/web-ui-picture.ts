/**
 * Takes the README's picture of the Web UI with a real browser: `npx tsx scripts/web-ui-picture.ts <Web UI address> [connection] [file]`, while
 * the demo runs. Needs Chromium (`CHROMIUM=/path`, default /usr/bin/chromium).
 */
import { chromium } from 'playwright-core';

const [address, connection = 'arena', file = 'docs/web-ui.png'] = process.argv.slice(2);
if (address === undefined) {
  process.stderr.write('Name the address of the Web UI, for example http://127.0.0.1:8233\n');
  process.exit(2);
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});
try {
  const page = await browser.newPage({ viewport: { width: 1500, height: 1300 } });
  await page.goto(`${address}/namespaces/default/workflows/connection-${connection}`, {
    waitUntil: 'domcontentloaded',
  });
  await page.getByText('User Metadata').click();
  await page.frameLocator('iframe').getByText('Last synced').waitFor({ timeout: 30_000 });
  await page.screenshot({ path: file });
  process.stdout.write(`${file}\n`);
} finally {
  await browser.close();
}
