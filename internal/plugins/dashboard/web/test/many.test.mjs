// A heka with five hundred plugins: how long scripts run at each update.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startHeka } from './fixture.mjs';
import { launch, watched } from './browser.mjs';

/** The most that scripts may run at an update, in ms; of so many times the one in the middle counts. */
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
    const session = await w.context.newCDPSession(w.page);
    // In time of the thread, which other programs do not lengthen.
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    const scripting = async () => (await session.send('Performance.getMetrics')).metrics.find((m) => m.name === 'ScriptDuration').value * 1000;
    const seen = () => w.page.evaluate(() => performance.getEntriesByName('update').length);
    const times = [];
    let [count, spent] = [0, 0];
    for (let i = 0; i <= updates; i++) {
      await w.page.waitForFunction((n) => performance.getEntriesByName('update').length > n, count, { timeout: 60_000, polling: 500 });
      const [n, sum] = [await seen(), await scripting()];
      if (i) times.push((sum - spent) / (n - count)); // the first draws the page
      [count, spent] = [n, sum];
    }
    const middle = times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)];
    console.log(`${hash}: scripts ran for ${times.map((t) => t.toFixed(0)).join(', ')} ms at an update`);
    assert.ok(middle <= limit, `scripts run for ${middle} ms at an update`);
    w.clean();
    await w.context.close();
  });
}
