// The first page: is all well, what flows, and what holds it up.
import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { json, type Health, type Plugin, type Point, type Snapshot } from './api';
import { brief, bytes, count, percent, span, date, iso } from './format';
import { counter, PluginLink, Status } from './bits';
import { PluginTable } from './plugins';
import { Series } from './chart';
import { link } from './route';
import type { PageProps } from './shell';

interface Count { Name: string; N: number }
interface Books {
  Received: number; Unmatched: number; Injected: number;
  Inputs: { Name: string; Received: number; Dropped: Count[] | null }[];
  Consumers: { Name: string; Delivered: number; InFlight: number; Dropped: Count[] | null }[];
}

export function Overview({ state, snapshot }: PageProps & { snapshot: Snapshot }): JSX.Element {
  const { report, topology } = snapshot;
  const causes = new Set(topology.causes.map((c) => c.name));
  const sick = report.plugins.flatMap((p) => {
    if (p.health && p.health.level !== 'ok') return [{ ...p, health: p.health }];
    return p.rates && causes.has(p.name) ? [{ ...p, health: { level: 'warning', why: 'others wait for it' } as Health }] : [];
  });
  const running = report.plugins.filter((p) => p.rates);
  const sum = (of: (p: Plugin) => boolean, rate: 'messages' | 'errors') => running.filter(of).reduce((n, p) => n + p.rates![rate], 0);
  const isInput = (p: Plugin) => p.category === 'inputs';
  return (
    <>
      <h1>Overview</h1>
      <section class={`summary ${sick.some((p) => p.health.level === 'critical') ? 'critical' : sick.length ? 'warning' : 'ok'}`} aria-label="State of the plugins">
        <h2>{sick.length === 0 ? `All ${running.length} plugins are well` : sick.length === 1 ? '1 plugin needs attention' : `${sick.length} plugins need attention`}</h2>
        {sick.length > 0 && <ul class="plain">{sick.slice(0, 10).map((p) => (
          <li key={p.category + p.name}><PluginLink category={p.category} name={p.name} /> <Status health={p.health} reason /></li>
        ))}</ul>}
        {sick.length > 10 && <p><a href="#plugins?only=problems">Show all {sick.length}</a></p>}
        <Causes snapshot={snapshot} />
      </section>
      <ul class="tiles">
        <Tile name="Received" big={`${brief(sum(isInput, 'messages'))}/s`} small="messages from inputs" />
        <Tile name="Delivered" big={`${brief(sum((p) => p.category === 'outputs', 'messages'))}/s`} small="messages by outputs" />
        <Tile name="Filtered" big={`${brief(sum((p) => p.category === 'filters', 'messages'))}/s`} small="messages by filters" />
        <Tile name="Errors" big={`${brief(sum(() => true, 'errors'))}/s`} small="dropped or not decoded" bad={sum(() => true, 'errors') > 0} />
        <Tile name="Routed" big={count(routed(report.plugins))} small="messages since the start" />
      </ul>
      <section class="card"><h2>Throughput</h2><Throughput history={state.history} plugins={running} /></section>
      <div class="columns gap">
        <BooksCard />
        <section class="card"><h2>heka</h2><dl>
          <Fact name="Host">{report.heka.hostname}</Fact>
          <Fact name="Version">{report.heka.version}, {report.heka.go}</Fact>
          <Fact name="Up for"><time dateTime={iso(report.heka.started)} title={`since ${date(report.heka.started)}`}>{span(report.heka.uptime)}</time></Fact>
          <Fact name="Process">{report.heka.pid}</Fact>
          <Fact name="Memory">{bytes(report.heka.heap_bytes)}</Fact>
          <Fact name="Goroutines">{count(report.heka.goroutines)}</Fact>
          {report.heka.open_files >= 0 && <Fact name="Open files">{count(report.heka.open_files)}</Fact>}
          <Fact name="CPUs">{report.heka.cpus}</Fact>
          <Fact name="Configuration"><span class="path">{report.heka.config}</span></Fact>
        </dl></section>
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
  return <li class={bad ? 'tile bad' : 'tile'}><span>{name}</span><strong>{big}</strong><span>{small}</span></li>;
}

export function Fact({ name, children }: { name: string; children: preact.ComponentChildren }): JSX.Element {
  return <div><dt>{name}</dt><dd>{children}</dd></div>;
}

function Throughput({ history, plugins }: { history: Record<string, Point[]>; plugins: Plugin[] }): JSX.Element {
  const data = useMemo(() => {
    const category = new Map(plugins.map((p) => [p.name, p.category]));
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
    return [times, ...[0, 1, 2].map((i) => times.map((t) => at.get(t)![i]))] as number[][];
  }, [history]);
  return <Series label="Messages per second over the last quarter of an hour" data={data} names={['received', 'delivered', 'errors']} unit="/s" height={190} />;
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
