// The first page: is all well, what flows, and what holds it up.
import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { json, type Daemon, type Health, type Plugin, type Point, type ProcessPoint, type Snapshot } from './api';
import { brief, bytes, count, date, iso, nanoseconds, percent, span } from './format';
import { counter, Figure, Pin, PluginLink, Status } from './bits';
import { newest } from './cbuf';
import { PluginTable } from './plugins';
import { Series } from './series';
import { link } from './route';
import type { PageProps } from './shell';

interface Count { Name: string; N: number }
interface Books {
  Received: number; Unmatched: number; Injected: number;
  Inputs: { Name: string; Received: number; Dropped: Count[] | null }[];
  Consumers: { Name: string; Delivered: number; InFlight: number; Dropped: Count[] | null }[];
}

/** Plugins that are not well, or that others wait for. */
export function unwell({ report, topology }: Snapshot): (Plugin & { health: Health })[] {
  const causes = new Set(topology.causes.map((c) => c.name));
  return report.plugins.flatMap((p) => {
    if (p.health && p.health.level !== 'ok') return [{ ...p, health: p.health }];
    return p.rates && causes.has(p.name) ? [{ ...p, health: { level: 'warning', why: 'others wait for it' } as Health }] : [];
  });
}

/** Is all well; if not, what is wrong and who holds up whom. */
export function State({ snapshot }: { snapshot: Snapshot }): JSX.Element {
  const sick = unwell(snapshot);
  const running = snapshot.report.plugins.filter((p) => p.rates).length;
  return (
    <section class={`summary ${sick.some((p) => p.health.level === 'critical') ? 'critical' : sick.length ? 'warning' : 'ok'}`} aria-label="State of the plugins">
      <h2>{sick.length === 0 ? `All ${running} plugins are well` : sick.length === 1 ? '1 plugin needs attention' : `${sick.length} plugins need attention`}</h2>
      {sick.length > 0 && <ul class="plain">{sick.slice(0, 10).map((p) => (
        <li key={p.category + p.name}><PluginLink category={p.category} name={p.name} /> <Status health={p.health} reason /></li>
      ))}</ul>}
      {sick.length > 10 && <p><a href="#plugins?only=problems">Show all {sick.length}</a></p>}
      <Causes snapshot={snapshot} />
    </section>
  );
}

/** The sums of what all plugins do per second. */
export function Sums({ plugins }: { plugins: Plugin[] }): JSX.Element {
  const sum = (category: string, rate: 'messages' | 'errors' = 'messages') => plugins.reduce((n, p) => n + (p.rates && (!category || p.category === category) ? p.rates[rate] : 0), 0);
  const errors = sum('', 'errors');
  return (
    <ul class="tiles">
      <Tile name="Received" big={`${brief(sum('inputs'))}/s`} small="messages from inputs" />
      <Tile name="Delivered" big={`${brief(sum('outputs'))}/s`} small="messages by outputs" />
      <Tile name="Filtered" big={`${brief(sum('filters'))}/s`} small="messages by filters" />
      <Tile name="Errors" big={`${brief(errors)}/s`} small="dropped or not decoded" bad={errors > 0} />
      <Lag plugins={plugins} />
      <Tile name="Routed" big={count(routed(plugins))} small="messages since the start" />
    </ul>
  );
}

/** Who is furthest behind what there is to read or to send. */
function Lag({ plugins }: { plugins: Plugin[] }): JSX.Element {
  const last = plugins.reduce<Plugin | undefined>((worst, p) => ((p.rates?.lag_ns ?? 0) > (worst?.rates?.lag_ns ?? 0) ? p : worst), undefined);
  return last?.rates ? <Tile name="Behind" big={nanoseconds(last.rates.lag_ns)} small={`${last.name}, ${bytes(last.rates.lag_bytes)} to go`} /> : <Tile name="Behind" big="0 s" small="all is read and sent" />;
}

export function Overview({ state, snapshot }: PageProps & { snapshot: Snapshot }): JSX.Element {
  const { report, topology } = snapshot;
  return (
    <>
      <h1>Overview</h1>
      <State snapshot={snapshot} />
      <Sums plugins={report.plugins} />
      <section class="card"><div class="head"><h2>Throughput</h2><Pin panel={['heka', 'throughput']} /></div><Throughput history={state.history} plugins={report.plugins} /></section>
      <div class="columns even gap">
        <BooksCard />
        <Host heka={report.heka} />
        <Process history={state.process} />
      </div>
      {(['inputs', 'filters', 'outputs', 'decoders', 'encoders'] as const).map((c) => {
        const rows = report.plugins.filter((p) => p.category === c);
        return rows.length > 0 && <section key={c}><h2 class="cap">{c}</h2>
          <PluginTable rows={rows.slice(0, 50)} history={state.history} caption={c} narrow />
          {rows.length > 50 && <p><a href={`#plugins?only=${c}`}>Show all {rows.length}</a></p>}
        </section>;
      })}
      {topology.cycles.length > 0 && <p class="note">Filters that feed one another: {topology.cycles.map((c) => [...c, c[0]].join(' → ')).join('; ')}.</p>}
    </>
  );
}

/** What heka as a process used over the last quarter of an hour. */
function Process({ history }: { history: ProcessPoint[] }): JSX.Element {
  const times = useMemo(() => history.map((p) => p.time), [history]);
  const cpu = useMemo(() => [times, history.map((p) => p.cpu)], [times]);
  const memory = useMemo(() => [times, history.map((p) => p.resident_bytes || null), history.map((p) => p.heap_bytes)], [times]);
  return (
    <section class="card"><h2>CPU and memory</h2>
      <Series label="Processors in use" data={cpu} names={['processors in use']} height={100} together="board" look={{ fill: true }} />
      <Series label="Memory" data={memory} names={['in memory', 'of that in objects']} write={bytes} axis="B" height={110} together="board" />
    </section>
  );
}

function Host({ heka }: { heka: Daemon }): JSX.Element {
  return (
    <section class="card"><h2>heka</h2><dl>
      <Fact name="Host">{heka.hostname}</Fact>
      <Fact name="Version">{heka.version}, {heka.go}</Fact>
      <Fact name="Up for"><time dateTime={iso(heka.started)} title={`since ${date(heka.started)}`}>{span(heka.uptime)}</time></Fact>
      <Fact name="Process">{heka.pid}</Fact>
      <Fact name="CPU">{brief(heka.cpu)} of {heka.cpus} in use</Fact>
      <Fact name="Memory">{heka.resident_bytes > 0 && `${bytes(heka.resident_bytes)}, `}{bytes(heka.heap_bytes)} in objects</Fact>
      <Fact name="Goroutines">{count(heka.goroutines)}</Fact>
      {heka.open_files >= 0 && <Fact name="Open files">{count(heka.open_files)}</Fact>}
      <Fact name="Configuration"><span class="path">{heka.config}</span></Fact>
      {heka.reloaded > 0 && <Fact name="Reloaded"><time dateTime={iso(heka.reloaded)}>{date(heka.reloaded)}</time></Fact>}
    </dl></section>
  );
}

function routed(plugins: Plugin[]): number {
  const router = plugins.find((p) => p.category === 'globals' && p.name === 'Router');
  return (router && counter(router, 'ProcessMessageCount')) ?? 0;
}

/** What makes inputs wait now. */
export function Causes({ snapshot }: { snapshot: Snapshot }): JSX.Element | null {
  const { causes, nodes } = snapshot.topology;
  if (!causes.length) return null;
  return (
    <ul class="plain causes">{causes.map((c) => (
      <li key={c.name}>
        <strong><a href={link('plugins', (nodes.find((n) => n.name === c.name)?.kind ?? 'output') + 's', c.name)}>{c.name}</a> is the cause of back-pressure:</strong>{' '}
        {(c.blocks ?? []).join(', ') || 'others'} waited for it {percent(Math.min(c.share, 1))} of the last second.
      </li>
    ))}</ul>
  );
}

function Tile({ name, big, small, bad }: { name: string; big: string; small: string; bad?: boolean }): JSX.Element {
  return <li class={bad ? 'tile bad' : 'tile'}><span>{name}</span><strong><Figure text={big} /></strong><span>{small}</span></li>;
}

export function Fact({ name, children }: { name: string; children: preact.ComponentChildren }): JSX.Element {
  return <div><dt>{name}</dt><dd>{children}</dd></div>;
}

/** What came in and went out over the last quarter of an hour. */
export function Throughput({ history, plugins, range = 0, height = 190 }: { history: Record<string, Point[]>; plugins: Plugin[]; range?: number; height?: number }): JSX.Element {
  const data = useMemo(() => {
    const category = new Map(plugins.filter((p) => p.rates).map((p) => [p.name, p.category]));
    const at = new Map<number, [number, number, number]>();
    for (const [name, points] of Object.entries(history)) {
      const c = category.get(name);
      for (const p of points) {
        let sum = at.get(p.time);
        if (!sum) at.set(p.time, (sum = [0, 0, 0]));
        if (c === 'inputs') sum[0] += p.messages;
        if (c === 'outputs') sum[1] += p.messages;
        sum[2] += p.errors;
      }
    }
    const times = [...at.keys()].sort((a, b) => a - b);
    return newest([times, ...[0, 1, 2].map((i) => times.map((t) => at.get(t)![i]))], range);
  }, [history, range]);
  return <Series label="Messages per second over the last quarter of an hour" data={data} names={['received', 'delivered', 'errors']} unit="/s" height={height} together="board" />;
}

function BooksCard(): JSX.Element {
  const [books, set] = useState<Books>();
  useEffect(() => {
    const load = () => void json<Books>('api/v1/books').then(set, () => {});
    load();
    const timer = setInterval(load, 2000);
    return () => clearInterval(timer);
  }, []);
  if (!books) return <section class="card"><h2>Books</h2><p>…</p></section>;
  const reasons = new Map<string, number>();
  for (const x of [...books.Inputs, ...books.Consumers]) for (const d of x.Dropped ?? []) reasons.set(d.Name, (reasons.get(d.Name) ?? 0) + d.N);
  const total = (of: (c: Books['Consumers'][0]) => number) => count(books.Consumers.reduce((n, c) => n + of(c), 0));
  return (
    <section class="card"><h2>Books</h2><dl>
      <Fact name="Received">{count(books.Received)}</Fact>
      <Fact name="Injected by filters">{count(books.Injected)}</Fact>
      <Fact name="Wanted by nobody">{count(books.Unmatched)}</Fact>
      <Fact name="Delivered">{total((c) => c.Delivered)}</Fact>
      <Fact name="In flight">{total((c) => c.InFlight)}</Fact>
      {[...reasons].map(([name, n]) => <Fact key={name} name={`Dropped: ${name}`}>{count(n)}</Fact>)}
      {!reasons.size && <Fact name="Dropped">0</Fact>}
    </dl></section>
  );
}
