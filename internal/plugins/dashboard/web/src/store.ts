// What the pages show: the newest snapshot, and how fresh it is.
import { note } from './trail';
import { events, json, type History, type Line, type Point, type ProcessPoint, type Report, type Snapshot, type Topology } from './api';

export type Link = 'connecting' | 'live' | 'polling' | 'lost';

export interface State {
  snapshot?: Snapshot;
  /** Log lines seen, oldest first. */
  logs: Line[];
  history: Record<string, Point[]>;
  /** The same of heka as a process. */
  process: ProcessPoint[];
  link: Link;
  /** When the newest snapshot came, ms since the epoch of this browser. */
  at: number;
  lostSince: number;
  paused: boolean;
  error: string;
}

const maxLines = 1000;
const maxPoints = 180;
const pointEvery = 5;
const pollEvery = 2000;
/** The longest silence of a stream that sends every second. */
const silence = 8000;

let state: State = { logs: [], history: {}, process: [], link: 'connecting', at: 0, lostSince: Date.now(), paused: false, error: '' };
let listener: (s: State) => void = () => {};

export const current = (): State => state;

/** Calls f after each change, at once and not later. */
export function listen(f: (s: State) => void): void { listener = f; }

function change(part: Partial<State>): void {
  state = { ...state, ...part };
  listener(state);
}

export function pause(paused: boolean): void { change({ paused }); }

function take(s: Snapshot): void {
  const last = state.logs.at(-1)?.seq ?? 0;
  // A heka that was started anew counts its lines from 1 again.
  const anew = s.report.heka.started !== state.snapshot?.report.heka.started;
  const fresh = anew ? s.logs : s.logs.filter((l) => l.seq > last);
  const logs = anew ? fresh : fresh.length ? [...state.logs, ...fresh].slice(-maxLines) : state.logs;
  keep(s.report);
  note(s.report);
  const rest: Partial<State> = { logs, at: Date.now(), error: '' };
  change(state.paused ? rest : { ...rest, snapshot: s });
  if (!performance.getEntriesByName('shown').length) performance.mark('shown');
}

/** Adds a point to the history of each plugin, every five seconds as heka does. */
function keep(r: Report): void {
  const now = Math.floor(r.time / 1000);
  const last = Object.values(state.history)[0]?.at(-1)?.time ?? 0;
  if (now - last < pointEvery) return;
  const history: Record<string, Point[]> = {};
  for (const p of r.plugins) {
    if (p.rates) history[p.name] = [...(state.history[p.name] ?? []), { time: now, ...p.rates }].slice(-maxPoints);
  }
  const { cpu, heap_bytes, resident_bytes, goroutines } = r.heka;
  state.history = history;
  state.process = [...state.process, { time: now, cpu, heap_bytes, resident_bytes, goroutines }].slice(-maxPoints);
}

let streaming: AbortController | undefined;
let stopped = false;

/** Follows heka for as long as the page is visible. */
export function follow(): void {
  document.addEventListener('visibilitychange', () => {
    stopped = document.hidden;
    if (stopped) streaming?.abort(); // a browser has few connections for all its pages
    else void run();
  });
  void run();
}

let running = false;

async function run(): Promise<void> {
  if (running) return;
  running = true;
  let failures = 0;
  while (!stopped) {
    try {
      void loadHistory();
      await stream();
      failures = 0;
    } catch (e) {
      if (stopped) break;
      failures++;
      lost(e);
      // Some proxies let no stream through: then ask, now and then.
      if (failures >= 2 && (await poll())) continue;
    }
    if (!stopped) await pauseFor(Math.min(500 * 2 ** failures, 10_000));
  }
  running = false;
}

function lost(e: unknown): void {
  const error = e instanceof Error ? e.message : String(e);
  change({ link: 'lost', error, lostSince: state.link === 'lost' ? state.lostSince : Date.now() });
}

/** What was before this page was opened; the newest snapshot does not wait for it. */
async function loadHistory(): Promise<void> {
  const h = await json<History>('api/v1/history').catch(() => undefined);
  if (h) change({ history: h.plugins, process: h.heka });
}

async function stream(): Promise<void> {
  const controller = new AbortController();
  streaming = controller;
  let timer = setTimeout(() => controller.abort(), silence);
  let came = false;
  try {
    await events('api/v1/stream', controller.signal, (name, data) => {
      clearTimeout(timer);
      timer = setTimeout(() => controller.abort(), silence);
      if (name !== 'snapshot') return;
      came = true;
      setTimeout(update, 0, data); // a task of its own: keys and clicks come in between
    });
    if (!came) throw new Error('heka closed the stream');
    lost('heka closed the stream');
  } finally {
    clearTimeout(timer);
  }
}

function update(data: string): void {
  const start = performance.now();
  state.link = 'live';
  take(JSON.parse(data));
  performance.measure('update', { start });
}

/** Asks once and says whether that worked. */
async function poll(): Promise<boolean> {
  try {
    const after = state.logs.at(-1)?.seq ?? 0;
    const [report, topology, logs] = await Promise.all([
      json<Report>('api/v1/report'), json<Topology>('api/v1/topology'), json<Line[]>(`api/v1/logs?after=${after}`)]);
    state.link = 'polling';
    take({ report, topology, logs });
    await pauseFor(pollEvery);
    return true;
  } catch (e) {
    lost(e);
    return false;
  }
}

const pauseFor = (ms: number) => new Promise((done) => setTimeout(done, ms));
