// A heka with five hundred plugins: how long the browser works at each update.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startHeka } from './fixture.mjs';
import { launch, watched } from './browser.mjs';

/** The most that an update may take, in ms; of so many the one in the middle counts. */
const limit = 50;
const updates = 7;

let heka;
let browser;
let dir;

before(async () => {
  dir = mkdtempSync(join(tmpdir(), 'many-'));
  let config = `[hekad]
base_dir = "state"
[access_log]
type = "LogstreamerInput"
log_directory = "log"
file_match = 'access\\.log'
[DashboardOutput]
address = "127.0.0.1:0"
`;
  for (let i = 0; i < 500; i++) config += `[counter_${i}]\ntype = "CounterFilter"\nmessage_matcher = "Logger == 'access_log'"\n`;
  writeFileSync(join(dir, 'heka.toml'), config);
  heka = await startHeka(join(dir, 'heka.toml'));
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await heka?.stop();
  rmSync(dir, { recursive: true, force: true });
});

for (const hash of ['plugins?sort=-rate', 'health', 'topology']) {
  test(`${hash} keeps up with 500 plugins`, async () => {
    const w = await watched(browser, heka.url);
    await w.go(hash);
    await w.page.waitForFunction((n) => performance.getEntriesByName('update').length > n, updates, { timeout: 20_000, polling: 500 });
    const times = await w.page.evaluate(() => performance.getEntriesByName('update').slice(1).map((e) => e.duration));
    const middle = times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
    console.log(`${hash}: updates of ${times.map((t) => t.toFixed(0)).join(', ')} ms`);
    assert.ok(middle <= limit, `an update takes ${middle} ms`);
    w.clean();
    await w.context.close();
  });
}
