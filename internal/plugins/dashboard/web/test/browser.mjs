// Chromium with a watch on what a page must not do.
import { chromium } from 'playwright-core';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import assert from 'node:assert/strict';
import { root } from './fixture.mjs';

const images = join(root, 'docs/images');
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export async function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}

/** A page that notes console errors and requests to other hosts. */
export async function watched(browser, base, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, bypassCSP: false, ...options });
  const page = await context.newPage();
  const faults = [];
  page.on('console', (m) => {
    // Nothing was terminated yet: the file is promised to be missing then.
    if (m.location().url.endsWith('/data/heka_sandbox_termination.tsv') && m.text().includes('404')) return;
    if (m.type() === 'error' || m.type() === 'warning') faults.push(`${m.type()}: ${m.text()} (${m.location().url})`);
  });
  page.on('pageerror', (e) => faults.push(`exception: ${e.stack}`));
  page.on('request', (r) => { if (!r.url().startsWith(base + '/') && !/^(blob|data):/.test(r.url())) faults.push(`request to ${r.url()}`); });
  page.setDefaultTimeout(60_000); // the machine may be busy with other things
  return {
    page, context, faults,
    go: async (hash) => {
      await page.goto(`${base}/#${hash}`);
      await page.locator('h1, main.embed .chart, main.embed pre').first().waitFor();
    },
    clean: () => assert.deepEqual(faults, []),
  };
}

/** Fails for violations that are serious or critical. */
export async function accessible(page, name) {
  // Through the debugger, since the page's policy lets no script in.
  const session = await page.context().newCDPSession(page);
  await session.send('Runtime.evaluate', { expression: axe });
  const { result } = await session.send('Runtime.evaluate', {
    expression: `axe.run(document, { resultTypes: ['violations'] }).then((r) => JSON.stringify(r.violations
      .filter((v) => v.impact === 'serious' || v.impact === 'critical')
      .map((v) => v.id + ': ' + v.nodes.slice(0, 3).map((n) => n.html.slice(0, 200) + ' ' + n.any.map((a) => a.message)).join(' | '))))`,
    awaitPromise: true,
  });
  assert.deepEqual(JSON.parse(result.value), [], `what axe finds on ${name}`);
  await session.detach();
}

/** Nothing is wider than the window. */
export async function fits(page, name) {
  const [has, may] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  assert.ok(has <= may, `${name} is ${has} pixels wide in a window of ${may}`);
}

/** Renews a picture of the documentation, if asked to. */
export async function picture(page, name, options = {}) {
  const dir = process.env.SCREENSHOTS === '1' ? images : process.env.SCREENSHOTS;
  if (!dir) return;
  mkdirSync(dir, { recursive: true });
  await page.screenshot({ path: join(dir, `${name}.png`), ...options });
}
