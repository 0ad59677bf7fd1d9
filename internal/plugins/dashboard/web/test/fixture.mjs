// A running heka with logs that grow, a server that never answers, and a browser.
import { spawn } from 'node:child_process';
import { appendFileSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
export const root = resolve(here, '../../../../..');

/** Starts heka; the returned object tells its URL and stops it. */
export async function startHeka(config = join(here, 'heka.toml')) {
  const binary = process.env.HEKA ?? join(root, 'bin/heka');
  if (!existsSync(binary)) throw new Error(`${binary} is missing; run make build`);
  const dir = mkdtempSync(join(tmpdir(), 'dashboard-'));
  mkdirSync(join(dir, 'log'));
  mkdirSync(join(dir, 'share'));
  for (const name of ['results.lua', 'quitter.lua']) copyFileSync(join(here, name), join(dir, 'share', name));
  copyFileSync(config, join(dir, 'heka.toml'));
  const open = new Set();
  const stuck = createServer((s) => { open.add(s); s.on('error', () => {}); });
  const address = await listen(stuck);
  const nobody = '127.0.0.1:1'; // no port that a system gives to anybody
  const log = new Growing(join(dir, 'log'));
  log.write();
  log.burst(6000);
  const heka = spawn(binary, ['run', '--config', 'heka.toml'], {
    cwd: dir, // paths in the configuration start here
    env: { ...process.env, DASHBOARD_STUCK: `http://${address}/`, DASHBOARD_AWAY: nobody },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const url = await new Promise((found, failed) => {
    const hear = (chunk) => {
      said += chunk;
      const at = /the dashboard is on (\S+?:\d+)/.exec(said);
      if (at) found(`http://${at[1]}`);
    };
    heka.stdout.on('data', hear);
    heka.stderr.on('data', hear);
    heka.on('exit', (code) => failed(new Error(`heka ended with ${code}:\n${said}`)));
  });
  log.start();
  return {
    url, log, dir,
    said: () => said,
    async stop() {
      log.stop();
      const ended = new Promise((done) => heka.on('exit', done));
      heka.kill('SIGTERM');
      const timer = setTimeout(() => heka.kill('SIGKILL'), 5000);
      for (const s of open) s.destroy();
      stuck.close();
      await ended;
      clearTimeout(timer);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function listen(server) {
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return `127.0.0.1:${server.address().port}`;
}

/** Log files that grow like those of a web server. */
class Growing {
  n = 0;
  constructor(dir) { this.dir = dir; }
  start() { this.timer = setInterval(() => this.write(), 250); }
  stop() { clearInterval(this.timer); }
  write() {
    const now = new Date();
    const stamp = now.toISOString().replace(/^(\d+)-(\d+)-(\d+)T([\d:]+).*/, (_, y, m, d, t) =>
      `${d}/${['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'][m - 1]}/${y}:${t} +0000`);
    const wave = 10 + Math.round(6 * Math.sin(now.getTime() / 4000));
    let access = '';
    for (let i = 0; i < wave; i++) {
      const status = this.n % 17 === 3 ? 503 : this.n % 11 === 5 ? 404 : this.n % 7 === 1 ? 302 : 200;
      access += this.request(stamp, status);
      this.n++;
    }
    appendFileSync(join(this.dir, 'access.log'), access);
    let orders = '';
    for (let i = 0; i < 20; i++) orders += `order ${this.n} item ${i}\n`;
    appendFileSync(join(this.dir, 'orders.log'), orders);
  }
  request(stamp, status) {
    return `192.0.2.${this.n % 250} - - [${stamp}] "GET /page/${this.n % 5} HTTP/1.1" ${status} ${500 + (this.n * 37) % 4000} "-" "browser"\n`;
  }
  /** Writes many orders at once: more than wait in memory. */
  burst(n) {
    appendFileSync(join(this.dir, 'orders.log'), Array.from({ length: n }, (_, i) => `order 0 item ${i}\n`).join(''));
  }
  /** Writes a request with a status. */
  add(status) {
    appendFileSync(join(this.dir, 'access.log'), this.request('01/Jan/2026:00:00:00 +0000', status));
  }
}

