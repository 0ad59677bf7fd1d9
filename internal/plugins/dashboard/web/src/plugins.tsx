// The list of plugins: search, chips, sorting, all of it in the address.
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Plugin, Point, Snapshot } from './api';
import { brief, bytes, compare, count, nanoseconds, percent } from './format';
import { counter, Fill, Icon, PluginLink, Spark, Status, Table, type Column } from './bits';
import { setQuery } from './route';
import type { PageProps } from './shell';

const none: Point[] = [];
const rank = { critical: 0, warning: 1, ok: 2 };

function columns(history: Record<string, Point[]>): Column<Plugin>[] {
  return [
    { key: 'name', title: 'Name', cell: (p) => <span class="named"><Icon name={p.category} /> <span><PluginLink category={p.category} name={p.name} /> <small>{p.type ?? p.category.replace(/s$/, '')}</small></span></span>, sort: (p) => p.name },
    { key: 'status', title: 'Status', cell: (p) => p.health && <Status health={p.health} />, sort: (p) => rank[p.health?.level ?? 'ok'] },
    { key: 'rate', title: 'Messages/s', num: true, cell: (p) => p.rates && brief(p.rates.messages), sort: (p) => p.rates?.messages ?? -1 },
    { key: 'history', title: 'Last 15 min', cell: (p) => p.rates && <Spark points={history[p.name] ?? none} label={p.name} /> },
    { key: 'errors', title: 'Errors/s', num: true, cell: (p) => p.rates && brief(p.rates.errors), sort: (p) => p.rates?.errors ?? -1 },
    { key: 'total', title: 'Processed', num: true, cell: (p) => number(total(p)), sort: (p) => total(p) ?? -1 },
    { key: 'dropped', title: 'Dropped', num: true, cell: (p) => number(counter(p, 'DropMessageCount')), sort: (p) => counter(p, 'DropMessageCount') ?? -1 },
    { key: 'fill', title: 'Queue', cell: (p) => inbox(p), sort: (p) => p.rates?.fill ?? -1 },
    { key: 'lag', title: 'Behind', num: true, cell: (p) => p.rates && p.rates.lag_ns > 0 && <span title={`${bytes(p.rates.lag_bytes)} to go`}>{nanoseconds(p.rates.lag_ns)}</span>, sort: (p) => p.rates?.lag_ns ?? -1 },
    { key: 'busy', title: 'Busy', num: true, cell: (p) => p.rates && percent(p.rates.busy), sort: (p) => p.rates?.busy ?? -1 },
    { key: 'time', title: 'p95', num: true, cell: (p) => <Duration plugin={p} />, sort: (p) => p.rates?.p95_ns || (counter(p, 'ProcessMessageAvgDuration') ?? -1) },
  ];
}

const number = (n?: number) => (n === undefined ? '' : count(n));
const total = (p: Plugin) => counter(p, 'ProcessMessageCount') ?? counter(p, 'ReceivedMessageCount') ?? counter(p, 'MatchedMessageCount');

function inbox(p: Plugin): JSX.Element | null {
  const of = counter(p, 'InChanCapacity');
  return of ? <Fill used={counter(p, 'InChanLength') ?? 0} of={of} label={`Queue of ${p.name}`} /> : null;
}

/** What 95 of 100 calls do not exceed; where that is not measured, the average. */
function Duration({ plugin: p }: { plugin: Plugin }): JSX.Element | null {
  const { p50_ns: half = 0, p95_ns: most = 0, p99_ns: nearlyAll = 0 } = p.rates ?? {};
  if (most) return <span title={`of 100 calls 50 take up to ${nanoseconds(half)}, 95 up to ${nanoseconds(most)}, 99 up to ${nanoseconds(nearlyAll)}`}>{nanoseconds(most)}</span>;
  const average = counter(p, 'ProcessMessageAvgDuration');
  return average ? <span class="soft" title="on average">{nanoseconds(average)}</span> : null;
}

const forms = { inputs: ['name', 'status', 'rate', 'history', 'errors', 'total', 'lag', 'busy'], decoders: ['name', 'total', 'time'], encoders: ['name', 'total', 'time'] };

interface TableProps { rows: Plugin[]; history: Record<string, Point[]>; caption: string; sort?: string; narrow?: boolean; empty?: string }

/** Plugins with what they do. narrow leaves columns out that the category never fills. */
export function PluginTable({ rows, history, caption, sort, narrow, empty }: TableProps): JSX.Element {
  let shown = columns(history);
  if (narrow) {
    const keys = forms[caption as keyof typeof forms];
    shown = shown.filter((c) => !keys || keys.includes(c.key)).map((c) => ({ ...c, sort: undefined }));
    rows = [...rows].sort((a, b) => compare(a.name, b.name));
  }
  return <Table caption={caption} columns={shown} rows={rows} id={(p) => `${p.category}/${p.name}`} sort={sort} empty={empty} />;
}

const chips: [string, string][] = [['', 'All'], ['problems', 'Only problems'], ['inputs', 'Inputs'], ['splitters', 'Splitters'],
  ['decoders', 'Decoders'], ['filters', 'Filters'], ['outputs', 'Outputs'], ['encoders', 'Encoders']];

export function PluginsPage({ state, route, snapshot }: PageProps & { snapshot: Snapshot }): JSX.Element {
  const q = route.query.get('q') ?? '';
  const category = route.path[1] ?? '';
  const only = route.query.get('only') ?? category;
  const search = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const key = (e: KeyboardEvent) => {
      if (e.key !== '/' || e.ctrlKey || e.metaKey || e.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test((e.target as Element).tagName)) return;
      e.preventDefault();
      search.current?.focus();
      search.current?.select();
    };
    addEventListener('keydown', key);
    return () => removeEventListener('keydown', key);
  }, []);
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  const all = snapshot.report.plugins.filter((p) => p.category !== 'globals');
  const rows = all.filter((p) => {
    if (only === 'problems' ? !p.health || p.health.level === 'ok' : only && p.category !== only) return false;
    const text = `${p.name} ${p.type ?? ''} ${p.category}`.toLowerCase();
    return words.every((w) => text.includes(w));
  });
  return (
    <>
      <h1>Plugins</h1>
      <div class="filters">
        <label>Search <input ref={search} type="search" value={q} placeholder="name, type or category" aria-keyshortcuts="/" onInput={(e) => setQuery({ q: e.currentTarget.value })} /></label> <kbd title="The key / goes to the search">/</kbd>
        <div class="chips" role="group" aria-label="Show">{chips.map(([key, title]) => (
          <button key={key} aria-pressed={only === key} onClick={() => setQuery({ only: key })}>{title}</button>
        ))}</div>
      </div>
      <p role="status">{rows.length} of {all.length} plugins</p>
      <PluginTable rows={rows} history={state.history} caption="Plugins" sort={route.query.get('sort') ?? 'status'} empty="No plugin is like that" />
    </>
  );
}
