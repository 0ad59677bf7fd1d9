// The wall: pages in large letters that take turns on a screen nobody sits at.
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Snapshot } from './api';
import { Icon } from './bits';
import { boards, readPanels, type Board } from './board';
import { Panels } from './boards';
import { time } from './format';
import { State, Sums, Throughput, unwell } from './overview';
import { setQuery } from './route';
import { Diagram } from './topology';
import { Freshness, type PageProps } from './shell';

type Props = PageProps & { snapshot: Snapshot };

const defaultEvery = 20;
const everies = [5, 10, 20, 30, 60, 300];

/** One page of the wall. */
interface View { title: string; draw(): JSX.Element }

/** The pages that the address names, by default the overview, the topology and every board. */
function views(props: Props): View[] {
  const { route, snapshot, state } = props;
  const kept = boards();
  const named = route.query.has('show') ? route.query.getAll('show') : ['overview', 'topology', ...kept.map((b) => `board:${b.name}`)];
  const words = route.query.getAll('p');
  const board = (b: Board): View => ({ title: b.name, draw: () => <Panels {...props} board={b} range={Number(route.query.get('range')) || 0} height={0} /> });
  const all = named.flatMap((name): View[] => {
    if (name === 'overview') return [{ title: 'Overview', draw: () => <><State snapshot={snapshot} /><Sums plugins={snapshot.report.plugins} /><section class="card"><h2>Throughput</h2><Throughput history={state.history} plugins={snapshot.report.plugins} height={0} /></section></> }];
    if (name === 'topology') return [{ title: 'Topology', draw: () => <div class="topology"><Diagram snapshot={snapshot} /></div> }];
    const found = kept.find((b) => name === `board:${b.name}`);
    return found ? [board(found)] : [];
  });
  return words.length ? [...all, board({ name: 'Board', panels: readPanels(words) })] : all;
}

export function WallPage(props: Props): JSX.Element {
  const { route, snapshot, state } = props;
  const all = views(props);
  const every = Math.max(Number(route.query.get('every')) || defaultEvery, 1);
  const [at, turn] = useState(0);
  const [held, hold] = useState(false);
  const view = all[at % Math.max(all.length, 1)];
  const root = useRef<HTMLDivElement>(null);
  const go = (by: number) => turn((n) => (n + by + all.length) % Math.max(all.length, 1));
  const screen = () => void (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen?.()?.catch(() => {}));
  const leave = () => { location.hash = 'health'; };
  useEffect(() => {
    document.documentElement.classList.add('wall');
    dispatchEvent(new Event('themechange')); // charts have letters of another size
    return () => {
      document.documentElement.classList.remove('wall');
      if (document.fullscreenElement) void document.exitFullscreen();
    };
  }, []);
  useEffect(() => {
    if (held || all.length < 2) return;
    const timer = setTimeout(() => go(1), every * 1000);
    return () => clearTimeout(timer);
  }, [at, held, every, all.length]);
  const keys = useRef<(e: KeyboardEvent) => void>(() => {});
  keys.current = (e) => {
    if (/^(INPUT|SELECT|BUTTON|A)$/.test((e.target as Element).tagName) && e.key === ' ') return;
    const act = { ArrowRight: () => go(1), ArrowLeft: () => go(-1), ' ': () => hold(!held), f: screen, Escape: leave }[e.key];
    if (!act || e.ctrlKey || e.altKey || e.metaKey || (e.target as Element).closest('.chart')) return;
    e.preventDefault();
    act();
  };
  useEffect(() => {
    const key = (e: KeyboardEvent) => keys.current(e);
    addEventListener('keydown', key);
    return () => removeEventListener('keydown', key);
  }, []);
  const sick = unwell(snapshot);
  const level = sick.some((p) => p.health.level === 'critical') ? 'critical' : sick.length ? 'warning' : 'ok';
  return (
    <div class="wall-page" ref={root}>
      <header class={`wall-head ${level}`}>
        <h1>{view?.title ?? 'Wall'}</h1>
        <p class="wall-state"><Icon name={level} /> {sick.length === 0 ? 'All is well' : sick.length === 1 ? `${sick[0].name} needs attention` : `${sick.length} plugins need attention`}</p>
        <p><Freshness state={state} quiet /> {snapshot.report.heka.hostname} <time>{time(snapshot.report.time)}</time></p>
      </header>
      <main id="main" tabIndex={-1}>{view ? view.draw() : <p>There is nothing to show: the address names no board of this browser.</p>}</main>
      <footer class="wall-foot">
        <ol class="dots" aria-label="Pages">{all.map((v, i) => <li key={i}><button aria-current={v === view ? 'true' : undefined} onClick={() => turn(i)}>{v.title}</button></li>)}</ol>
        <label>every <select value={everies.includes(every) ? every : defaultEvery} onChange={(e) => setQuery({ every: e.currentTarget.value })}>{everies.map((s) => <option key={s} value={s}>{s} s</option>)}</select></label>
        <button aria-pressed={held} onClick={() => hold(!held)} title="Space">{held ? 'Go on' : 'Hold'}</button>
        <button onClick={screen} title="f"><Icon name="screen" /> Full screen</button>
        <button onClick={leave} title="Escape"><Icon name="close" /> Leave</button>
      </footer>
    </div>
  );
}
