// A heka with five hundred plugins: how long the browser works at each update.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startHeka } from './fixture.mjs';
import { launch, watched } from './browser.mjs';

/** The most that an update may take, in ms. The machine may be busy with other things:
 * the quickest counts, of so many at least and so many at most. */
const limit = 50;
const [least, most] = [7, 60];

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
    let times = [];
    while (times.length < most && (times.length < least || Math.min(...times) > limit)) {
      await w.page.waitForFunction((n) => performance.getEntriesByName('update').length > n, Math.max(least, times.length + 1), { polling: 500 });
      times = await w.page.evaluate(() => performance.getEntriesByName('update').slice(1).map((e) => e.duration));
    }
    const quickest = Math.min(...times);
    console.log(`${hash}: updates of ${times.map((t) => t.toFixed(0)).join(', ')} ms`);
    assert.ok(quickest <= limit, `an update takes ${quickest} ms`);
    w.clean();
    await w.context.close();
  });
}
