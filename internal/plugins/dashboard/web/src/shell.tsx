// The frame of all pages: bar, state of the connection, and the page itself.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { pause, type State } from './store';
import type { Route } from './route';
import { span, time, iso } from './format';
import { applyTheme, chosen, show, type Theme } from './theme';
import { Boundary, Empty, Icon } from './bits';
import { Overview, unwell } from './overview';
import { TopologyPage } from './topology';
import { PluginsPage } from './plugins';
import { PluginPage } from './plugin';
import { SandboxesPage } from './sandboxes';
import { OutputPage } from './output';
import { TapPage } from './tap';
import { QueuesPage } from './queues';
import { EventsPage, unread } from './events';
import { LogsPage } from './logs';
import { SettingsPage } from './settings';
import { BoardsPage } from './boards';
import { WallPage } from './wall';

const pages: [string, string][] = [
  ['health', 'Overview'], ['topology', 'Topology'], ['plugins', 'Plugins'], ['sandboxes', 'Sandboxes'], ['boards', 'Boards'],
  ['tap', 'Live tap'], ['queues', 'Queues'], ['termination_report', 'Events'], ['logs', 'Logs'], ['settings', 'Settings'],
];

/** What every page is given. */
export interface PageProps { state: State; route: Route }

export function Shell(props: PageProps): JSX.Element {
  const { state, route } = props;
  const embedded = route.path[0] === 'sandboxes' && route.path[4] === 'embed';
  const title = titleOf(route);
  const sick = state.snapshot ? unwell(state.snapshot).length : 0;
  useEffect(() => {
    document.title = `${sick ? `(${sick}) ` : ''}${title} – heka${state.snapshot ? ' on ' + state.snapshot.report.heka.hostname : ''}`;
  }, [title, !state.snapshot, sick]);
  useEffect(() => {
    const theme = embedded ? route.query.get('theme') : null;
    if (theme === 'dark' || theme === 'light') show(theme);
  }, [embedded]);
  if (route.path[0] === 'wall' && state.snapshot) return <WallPage {...props} snapshot={state.snapshot} />;
  if (embedded) return <main id="main" class="embed" tabIndex={-1}><OutputPage {...props} embedded /></main>;
  return (
    <>
      <a class="skip" href="#main" onClick={(e) => { e.preventDefault(); document.getElementById('main')?.focus(); }}>Skip to the content</a>
      <Bar {...props} />
      <main id="main" tabIndex={-1}><Boundary key={route.path.join('/')}>{page(props)}</Boundary></main>
    </>
  );
}

function titleOf(route: Route): string {
  const [first, , name, file] = [route.path[0], route.path[1], route.path[2], route.path[3]];
  if (first === 'plugins' && name) return name;
  if (first === 'sandboxes' && file) return file;
  if (first === 'boards' && route.path[1]) return route.path[1];
  if (first === 'wall') return 'Wall';
  return pages.find(([p]) => p === first)?.[1] ?? 'Not found';
}

function page(props: PageProps): JSX.Element {
  const { state, route } = props;
  const [first, second, third] = route.path;
  switch (first) {
    case 'tap': return <TapPage {...props} />;
    case 'sandboxes': return third === 'outputs' ? <OutputPage {...props} key={route.path.join('/')} /> : <SandboxesPage {...props} only={second} />;
    case 'termination_report': case 'events': return <EventsPage {...props} />;
    case 'logs': return <LogsPage {...props} />;
    case 'settings': return <SettingsPage />;
  }
  if (first !== 'wall' && !pages.some(([p]) => p === first)) {
    return <Empty title="There is no such page">The address <code>#{route.path.join('/')}</code> leads nowhere. <a href="#health">Go to the overview</a>.</Empty>;
  }
  if (!state.snapshot) {
    return <Empty title={state.link === 'lost' ? 'No connection' : 'Waiting for the first report…'}>
      {state.error && <>heka says: {state.error}. </>}The page goes on by itself.
    </Empty>;
  }
  switch (first) {
    case 'topology': return <TopologyPage {...props} snapshot={state.snapshot} />;
    case 'queues': return <QueuesPage snapshot={state.snapshot} route={route} />;
    case 'boards': return <BoardsPage {...props} snapshot={state.snapshot} key={route.path.join('/')} />;
    case 'plugins': return second && third
      ? <PluginPage {...props} snapshot={state.snapshot} category={second} name={route.path.slice(2).join('/')} key={route.path.join('/')} />
      : <PluginsPage {...props} snapshot={state.snapshot} />;
  }
  return <Overview {...props} snapshot={state.snapshot} />;
}

function Bar({ state, route }: PageProps): JSX.Element {
  const [open, setOpen] = useState(false);
  const here = route.path[0];
  const bad = unread(state);
  useEffect(() => setOpen(false), [route.path.join('/')]);
  return (
    <header class="bar">
      <a class="brand" href="#health"><img src="icon.svg" alt="" width="24" height="24" /> <span>HEKA</span></a>
      <button class="menu" aria-expanded={open} aria-controls="nav" onClick={() => setOpen(!open)}><Icon name="menu" /> <span>Menu</span></button>
      <nav id="nav" class={open ? 'open' : ''} aria-label="Pages">
        {pages.map(([path, title]) => (
          <a key={path} href={'#' + path} aria-current={here === path ? 'page' : undefined}>
            {title}{path === 'termination_report' && bad > 0 && <span class="badge" title={`${bad} new events`}>{bad > 99 ? '99+' : bad}<span class="unseen"> new</span></span>}
          </a>
        ))}
      </nav>
      <div class="tools">
        <Freshness state={state} />
        <ThemeSwitch />
      </div>
    </header>
  );
}

/** Whether what is shown is new; quiet leaves out the clock and the button. */
export function Freshness({ state, quiet }: { state: State; quiet?: boolean }): JSX.Element {
  // The clock goes on when nothing comes.
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick((n) => n + 1), 1000);
    return () => clearInterval(timer);
  }, []);
  const age = Date.now() - state.at;
  const [kind, text] = state.paused ? ['paused', 'Paused']
    : state.link === 'connecting' ? ['wait', 'Connecting']
    : state.link === 'lost' ? ['lost', `Disconnected for ${span(Date.now() - state.lostSince)}`]
    : age > 4000 ? ['stale', `Stale for ${span(age)}`]
    : state.link === 'polling' ? ['live', 'Live (asking every 2 s)'] : ['live', 'Live'];
  // Readers hear of changes of the kind, not of each second.
  const said = useRef(kind);
  const [spoken, speak] = useState('');
  if (said.current !== kind) {
    said.current = kind;
    setTimeout(() => speak(text));
  }
  const shown = state.snapshot?.report.time;
  return (
    <div class="fresh">
      <span class={`link ${kind}`}><Icon name={kind === 'live' ? 'live' : kind === 'paused' ? 'pause' : 'lost'} /> {text}</span>
      {shown && !quiet && <time dateTime={iso(shown)} title={iso(shown)} class="clock">{time(shown)}</time>}
      {!quiet && <button class="square" onClick={() => pause(!state.paused)} aria-pressed={state.paused} aria-label={state.paused ? 'Go on' : 'Pause'} title={state.paused ? 'Show changes again' : 'Hold the page as it is'}><Icon name={state.paused ? 'play' : 'pause'} /></button>}
      <span class="unseen" role="status">{spoken}</span>
    </div>
  );
}

function ThemeSwitch(): JSX.Element {
  const [theme, set] = useState<Theme>(chosen());
  return (
    <label class="theme"><span class="unseen">Colours</span>
      <select value={theme} onChange={(e) => { const t = e.currentTarget.value as Theme; set(t); applyTheme(t); }}>
        <option value="system">System</option><option value="light">Light</option><option value="dark">Dark</option>
      </select>
    </label>
  );
}
