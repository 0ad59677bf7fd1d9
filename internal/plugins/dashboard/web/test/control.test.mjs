// Loading, changing and unloading filters, in front of a heka that runs.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startHeka } from './fixture.mjs';
import { accessible, fits, launch, picture, watched } from './browser.mjs';

let heka;
let browser;
let w;
let page;

before(async () => {
  heka = await startHeka(join(dirname(fileURLToPath(import.meta.url)), 'control.toml'));
  // Before its first report heka has no list of filters to show.
  const authorization = 'Basic ' + btoa('operator:open sesame');
  while (!(await fetch(heka.url + '/data/sandboxes.json', { headers: { authorization } })).ok) await new Promise((done) => setTimeout(done, 50));
  browser = await launch();
  w = await watched(browser, heka.url, { httpCredentials: { username: 'operator', password: 'open sesame' } });
  page = w.page;
});

after(async () => {
  await browser?.close();
  await heka?.stop();
});

const config = (name, more = '') => `[${name}]\ntype = "SandboxFilter"\nmessage_matcher = "Logger == 'access_log'"\nticker_interval = 1\n${more}`;
const script = (word) => `local n = 0
function process_message()
    n = n + 1
    return 0
end
function timer_event(ns)
    inject_payload("txt", "Found", "${word} " .. n)
end
`;

/** Fills the form and sends it. */
async function order(toml, lua) {
  await page.getByLabel('Configuration, a section in TOML').fill(toml);
  await page.getByLabel('Script in Lua').fill(lua);
  await page.getByRole('button', { name: 'Load', exact: true }).click();
}

/** Browsers tell of answers that refuse; those are wanted here. */
const refusals = (faults) => faults.splice(0).filter((f) => !/status of 4(01|09|22)/.test(f));

test('a filter is loaded, and what is wrong with an order is said', async () => {
  await w.go('sandboxes');
  await page.getByRole('link', { name: 'Load a filter' }).click();
  await page.getByRole('form', { name: 'Load a filter' }).waitFor();
  await accessible(page, 'the form for a filter');
  await order(config('count', 'memory_limt = 1\n'), script('first'));
  await page.getByRole('alert').getByText('memory_limt').waitFor();
  await order(config('count'), 'function process_message( return 0 end');
  await page.getByRole('alert').getByText(/line 1|:1:|expected/).first().waitFor();
  await accessible(page, 'a refusal');
  assert.deepEqual(refusals(w.faults), []);
  await order(config('count'), script('first'));
  await page.getByText('Loaded:').waitFor();
  await page.getByRole('region', { name: 'lab-count' }).getByRole('link', { name: 'Found' }).waitFor();
  await page.getByRole('region', { name: 'lab-count' }).getByText(/of 8\sMiB/).waitFor();
  await picture(page, 'load');
  assert.deepEqual(refusals(w.faults), []);
  w.clean();
});

test('a filter is changed in its place', async () => {
  await page.getByRole('link', { name: 'Close' }).click();
  await page.getByRole('link', { name: 'Change lab-count' }).click();
  const box = page.getByLabel('Script in Lua');
  await page.waitForFunction(() => document.querySelectorAll('textarea')[1]?.value.includes('first'));
  await box.fill(script('second'));
  await page.getByRole('button', { name: 'Load', exact: true }).click();
  await page.getByText('Loaded:').waitFor();
  await page.getByRole('region', { name: 'lab-count' }).getByRole('link', { name: 'Found' }).click();
  await page.getByText(/second \d+/).waitFor();
  w.clean();
});

test('a filter is unloaded after a second question', async () => {
  await w.go('sandboxes');
  const card = page.getByRole('region', { name: 'lab-count' });
  await card.getByRole('button', { name: 'Unload lab-count' }).click();
  await card.getByRole('button', { name: 'No' }).click();
  await card.getByRole('button', { name: 'Unload lab-count' }).click();
  await card.getByLabel('with what it preserved').check();
  await card.getByRole('button', { name: 'Unload lab-count', exact: true }).click();
  await card.waitFor({ state: 'detached' });
  assert.equal(await page.getByRole('region', { name: 'fixed' }).getByRole('button').count(), 0);
  w.clean();
});

test('the page of filters fits a phone', async () => {
  const phone = await watched(browser, heka.url, { viewport: { width: 320, height: 640 }, hasTouch: true, httpCredentials: { username: 'operator', password: 'open sesame' } });
  await phone.go('sandboxes?load=');
  await phone.page.getByRole('form', { name: 'Load a filter' }).waitFor();
  await phone.page.locator('svg.thumb').first().waitFor();
  await fits(phone.page, 'the page of filters');
  await accessible(phone.page, 'the page of filters on a phone');
  await phone.context.close();
});
