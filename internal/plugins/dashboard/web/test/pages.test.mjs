// Every page in Chromium, in front of a heka that runs.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { startHeka } from './fixture.mjs';
import { accessible, fits, launch, picture, watched } from './browser.mjs';

let heka;
let browser;
let w;
let page;

before(async () => {
  heka = await startHeka();
  browser = await launch();
  w = await watched(browser, heka.url);
  page = w.page;
});

after(async () => {
  await browser?.close();
  await heka?.stop();
});

test('the overview is there at once, and names what holds inputs up', async () => {
  await w.go('');
  await page.getByText('is the cause of back-pressure').first().waitFor();
  await page.getByText('needs attention').or(page.getByText('need attention')).first().waitFor();
  const paint = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0].startTime);
  console.log(`first paint after ${paint.toFixed(0)} ms`);
  assert.ok(paint <= 300, `first paint after ${paint} ms`);
  await page.locator('.summary a', { hasText: 'order_service' }).first().waitFor();
  await accessible(page, 'the overview');
  await picture(page, 'overview');
  w.clean();
});
