// Boards, the wall, and what charts show beside their lines.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { startHeka } from './fixture.mjs';
import { accessible, fits, launch, watched } from './browser.mjs';

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

const titles = () => page.locator('.board .head h2').allTextContents();

test('a board is put together, kept, and changed', async () => {
  await w.go('sandboxes');
  await page.getByRole('link', { name: 'HTTP Status' }).waitFor(); // the suggestion has what scripts wrote
  await w.go('boards');
  await page.getByText('There is no board yet').waitFor();
  await accessible(page, 'the boards before there is one');
  await page.getByLabel('New board').fill('Web & orders/100%');
  await page.getByRole('button', { name: 'Make it' }).click();
  await page.getByText('The board is empty').waitFor();
  await page.getByRole('button', { name: 'Choose what it shows' }).click();
  const form = page.getByRole('form', { name: 'Add a panel' });
  const put = async (kind, of, value) => {
    await form.getByRole('combobox', { name: 'Add', exact: true }).selectOption({ label: kind });
    await form.getByRole('combobox', { name: 'of', exact: true }).selectOption({ label: of });
    if (value) await form.getByRole('combobox', { name: 'Value' }).selectOption(value);
    const before = await page.locator('.board > section').count();
    await form.getByRole('button', { name: 'Add' }).click();
    await page.locator('.board > section').nth(before).waitFor();
  };
  await put('a figure', 'archive (output)', 'messages');
  await put('a chart', 'warehouse (output)', 'QueuedBytes');
  await put('what a script wrote', 'HTTP Status · http_status (cbuf)');
  await put('what a script wrote', 'Top pages · results (tsv)');
  await put('heka as a whole', 'State of the plugins');
  await page.getByRole('button', { name: 'Move State of the plugins forward' }).click();
  await page.getByRole('button', { name: 'Remove Toppages · results' }).click();
  await page.getByRole('button', { name: 'Width of archive · messages: 1 of 3' }).click();
  await page.reload();
  await page.locator('.board > section').nth(3).waitFor();
  assert.deepEqual(await titles(), ['archive · messages', 'warehouse · QueuedBytes', 'HTTPStatus · http_status', 'State of the plugins']);
  assert.equal(await page.locator('.board .w2').count(), 1);
  await page.locator('.board .chart canvas').nth(1).waitFor();
  await page.locator('.k-output .legend', { hasText: 'HTTP_200' }).waitFor();
  await page.locator('.k-figure .unit', { hasText: '/s' }).waitFor();
  await page.getByRole('button', { name: 'Change' }).click();
  await page.getByLabel('Show').selectOption('60');
  assert.match(page.url(), /range=60/);
  await accessible(page, 'a board');
  w.clean();
});

test('parts of other pages go on a board', async () => {
  await w.go('plugins/filters/http_status');
  await page.getByRole('link', { name: 'Put memory of http_status on a board' }).click();
  await page.getByText('Where shall').waitFor();
  await page.getByRole('button', { name: 'Put it here' }).click();
  await page.locator('.board h2', { hasText: 'http_status · memory' }).waitFor();
  await page.locator('.board .legend', { hasText: 'memory limit' }).getByText('8 MiB').waitFor();
  w.clean();
});

test('a link hands a board on', async () => {
  await w.go('boards');
  await page.getByRole('link', { name: 'Web & orders/100%' }).click();
  await page.getByRole('button', { name: 'Share' }).click();
  const address = await page.getByLabel('Whoever may see').inputValue();
  const other = await watched(browser, heka.url);
  await other.page.goto(address);
  await other.page.getByText('This board came with a link').waitFor();
  await other.page.locator('.board > section').nth(4).waitFor();
  assert.deepEqual(await other.page.locator('.board .head h2').allTextContents(), await titles());
  await other.page.getByRole('button', { name: 'Keep it' }).click();
  await other.go('boards');
  await other.page.getByRole('link', { name: 'Web & orders/100%' }).waitFor();
  for (let i = 0; i < 2; i++) await other.page.getByRole('button', { name: 'Delete Web & orders/100%' }).click(); // it asks once more
  await other.page.getByText('There is no board yet').waitFor();
  await other.page.getByRole('button', { name: 'Take the suggestion' }).click();
  await other.page.locator('.board .chart canvas').nth(2).waitFor();
  // What is not in a link as it must be is left out.
  await other.go('boards/Odd?p=figure/outputs/archive/messages&p=nonsense&p=chart/x&p=%25E0&p=figure/outputs/gone/messages&p=output/none/none.cbuf');
  await other.page.getByText('gone does not run now').waitFor();
  assert.equal(await other.page.locator('.board > section').count(), 3);
  assert.deepEqual(other.faults.filter((f) => !f.includes('404')), []);
  await other.context.close();
  w.clean();
});

test('the wall shows all in turn, in large letters', async () => {
  const size = () => page.evaluate(() => parseFloat(getComputedStyle(document.documentElement).fontSize));
  await page.setViewportSize({ width: 1920, height: 1080 });
  await w.go('wall?every=2');
  await page.locator('h1', { hasText: 'Overview' }).waitFor();
  await page.locator('.wall-state', { hasText: '2 plugins need attention' }).waitFor();
  assert.equal(await page.locator('.bar').count(), 0);
  assert.ok(await size() > 20, `letters of ${await size()} pixels`);
  await accessible(page, 'the wall');
  await page.locator('h1', { hasText: 'Topology' }).waitFor(); // by itself
  await page.getByRole('button', { name: 'Hold' }).click();
  await page.getByRole('button', { name: 'Web & orders/100%' }).click();
  await page.locator('.board .chart canvas').first().waitFor();
  await fits(page, 'the wall');
  const [has, may] = await page.evaluate(() => [document.documentElement.scrollHeight, innerHeight]);
  assert.ok(has <= may + 1, `a board of ${has} pixels on a wall of ${may}`);
  await page.keyboard.press('ArrowRight');
  await page.locator('h1', { hasText: 'Overview' }).waitFor();
  await page.keyboard.press('Escape');
  await page.locator('.bar').waitFor();
  assert.equal(await size(), 16);
  await page.setViewportSize({ width: 1280, height: 900 });
  w.clean();
});

test('a plugin shows its counters with their limits, and its configuration', async () => {
  await w.go('plugins/filters/http_status');
  await page.locator('.usage', { hasText: 'Memory' }).getByText(/of 8\sMiB, \d+ %/).waitFor();
  await page.locator('.legend', { hasText: 'memory limit' }).waitFor();
  await page.locator('.legend', { hasText: '99 of 100 calls' }).getByText(/\d [µm]?s/).first().waitFor();
  await page.locator('.legend', { hasText: 'busy' }).waitFor();
  await page.getByRole('button', { name: 'Chart of MaxInstructions', exact: true }).click();
  assert.match(page.url(), /show=MaxInstructions/);
  await page.locator('.legend', { hasText: 'instruction limit' }).getByText('1M').waitFor();
  await page.getByRole('button', { name: 'Chart of MaxInstructions', exact: true }).click();
  await page.locator('.legend', { hasText: 'instruction limit' }).waitFor({ state: 'detached' });
  await page.getByText('Configuration', { exact: true }).click();
  await page.getByText("message_matcher = \"Logger == 'access_log'\"").waitFor();
  await accessible(page, 'a filter');
  w.clean();
});
