// One plugin: its state, history, counters, limits, results, configuration and log lines.
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Node, Plugin, PluginDetail, Sandbox, Snapshot } from './api';
import { useJSON } from './fetched';
import { Series } from './series';
import { Empty, Icon, Pin, PluginLink, Status } from './bits';
import { limitOf, useConfig, type Section } from './config';
import { Lines } from './logs';
import { Outputs } from './sandboxes';
import { Fact } from './overview';
import { brief, date, iso, percent, value } from './format';
import { setQuery } from './route';
import { charts, rateOf, rates } from './rates';
import { course, trail } from './trail';
import { Usage } from './usage';
import type { PageProps } from './shell';

export function PluginPage({ state, route, snapshot, category, name }: PageProps & { snapshot: Snapshot; category: string; name: string }): JSX.Element {
  const p = snapshot.report.plugins.find((x) => x.category === category && x.name === name);
  const path = p ? `api/v1/plugins/${encodeURIComponent(category)}/${encodeURIComponent(name)}` : '';
  const detail = useJSON<PluginDetail>(path, 5000, state.paused);
  const boxes = useJSON<{ sandboxes: Sandbox[] }>('data/sandboxes.json', 5000);
  const section = useConfig()?.get(name);
  const points = detail.value?.history;
  const drawings = useMemo(() => charts.filter((c) => c.always || points?.some((x) => c.keys.some((k) => x[k] > 0)))
    .map((c) => ({ ...c, data: [(points ?? []).map((x) => x.time), ...c.keys.map((k) => (points ?? []).map((x) => rateOf(x, k)))] })), [points]);
  if (!p) return <Empty title={`There is no ${category.replace(/s$/, '')} ${name} now`}><a href="#plugins">See all plugins</a>, or <a href="#termination_report">those that ended</a>.</Empty>;
  const mine = snapshot.topology.nodes.find((n) => n.name === name);
  const box = category === 'filters' ? boxes.value?.sandboxes.find((s) => s.Name === name) : undefined;
  const extra = (route.query.get('show') ?? '').split(',').filter((k) => p.counters.some((c) => c.name === k && typeof c.value === 'number'));
  return (
    <>
      <p class="crumbs"><a href="#plugins">Plugins</a> › <a href={`#plugins?only=${category}`}>{category}</a></p>
      <h1><Icon name={category} /> {name} <small>{p.type}</small></h1>
      {p.health && <p><Status health={p.health} reason /></p>}
      <Waiting snapshot={snapshot} name={name} />
      <div class="split">
        <div class="columns">
          {p.rates && drawings.map(({ title, keys, data }) => {
            const { write, axis } = rates[keys[0]];
            const limit = limitOf(p, keys[0], section);
            return <section class="card" key={title}><div class="head"><h2>{title}</h2><Pin panel={['chart', category, name, keys.join('+')]} /></div>
              <Series label={`${title} of ${name}`} data={data} names={keys.map((k) => rates[k].title)} write={write} axis={axis} together="plugin" limits={limit && [limit]} /></section>;
          })}
          {extra.map((k) => <CounterChart key={k} plugin={p} name={k} section={section} at={snapshot.report.time} />)}
          {box && <section class="card"><h2>Plug-in Outputs</h2><Outputs sandbox={box} /></section>}
          {mine && <Neighbours snapshot={snapshot} name={name} />}
        </div>
        <aside class="side">
          <Facts plugin={p} node={mine} section={section} />
          <Properties plugin={p} shown={extra} />
        </aside>
      </div>
      {section && <details class="card gap"><summary>Configuration</summary><pre class="gap" tabIndex={0}>{section.text}</pre></details>}
      <section><h2>Log</h2><Lines lines={detail.value?.logs ?? []} empty="It has logged nothing" /></section>
    </>
  );
}

/** Who waits for a plugin, and for whom it waits. */
function Waiting({ snapshot, name }: { snapshot: Snapshot; name: string }): JSX.Element {
  const { causes, nodes } = snapshot.topology;
  const cause = causes.find((c) => c.name === name);
  const by = causes.filter((c) => c.blocks?.includes(name));
  return (
    <>
      {cause && <p class="note critical">It holds up {(cause.blocks ?? []).join(', ')}: {percent(Math.min(cause.share, 1))} of the last second they waited for it.</p>}
      {by.map((c) => <p class="note" key={c.name}>It waits for <PluginLink category={(nodes.find((n) => n.name === c.name)?.kind ?? 'output') + 's'} name={c.name} />.</p>)}
    </>
  );
}

function Facts({ plugin: p, node, section }: { plugin: Plugin; node?: Node; section?: Section }): JSX.Element | null {
  const error = p.last_error;
  if (!p.state && !node && !error) return null;
  return (
    <section class="card"><h2>What it is</h2>
      <dl class="facts">
        {p.state && <Fact name="State">{p.state}</Fact>}
        {node?.matcher && <Fact name="Matcher"><code>{node.matcher}</code> {!/^(TRUE|FALSE)$/.test(node.matcher) && <a href={`#tap?match=${encodeURIComponent(node.matcher)}`}>watch</a>}</Fact>}
        {node?.splitter && <Fact name="Splitter">{node.splitter}</Fact>}
        {node?.decoder && <Fact name="Decoder">{node.decoder}</Fact>}
        {node?.encoder && <Fact name="Encoder">{node.encoder}</Fact>}
        {error && <Fact name="Last error"><time dateTime={iso(error.time)} title={iso(error.time)}>{date(error.time)}</time>: {error.text}</Fact>}
      </dl>
      <Usage plugin={p} section={section} />
    </section>
  );
}

/** All counters; those that are numbers can be drawn. */
function Properties({ plugin: p, shown }: { plugin: Plugin; shown: string[] }): JSX.Element {
  const toggle = (name: string) => setQuery({ show: (shown.includes(name) ? shown.filter((k) => k !== name) : [...shown, name]).join(',') });
  return (
    <section class="card"><h2>Properties</h2>
      {!p.counters.length ? <p>No additional properties</p> : <table role="table" class="tight"><caption class="unseen">Properties</caption>
        <thead><tr><th scope="col">Name</th><th scope="col" class="num">Value</th><th scope="col"><span class="unseen">Chart</span></th></tr></thead>
        <tbody>{p.counters.map((c) => <tr key={c.name}><th scope="row">{c.name}</th>
          <td class={typeof c.value === 'number' ? 'num' : ''} colSpan={typeof c.value === 'number' ? 1 : 2} title={`${c.value} ${c.unit ?? ''}`}>{value(c.value, c.unit)}</td>
          {typeof c.value === 'number' && <td class="tool"><button class="draw" aria-pressed={shown.includes(c.name)} aria-label={`Chart of ${c.name}`} title={`Chart of ${c.name}`} onClick={() => toggle(c.name)}><Icon name="chart" /></button></td>}</tr>)}</tbody></table>}
    </section>
  );
}

/** A counter since this page was opened, with its limit. */
function CounterChart({ plugin: p, name, section, at }: { plugin: Plugin; name: string; section?: Section; at: number }): JSX.Element {
  const unit = p.counters.find((c) => c.name === name)?.unit;
  const limit = limitOf(p, name, section);
  const data = useMemo(() => course(trail(p.category, p.name), name), [at, name]);
  return (
    <section class="card"><div class="head"><h2>{name}</h2><Pin panel={['chart', p.category, p.name, name]} /></div>
      <Series label={`${name} of ${p.name}`} data={data} names={[name]} axis={unit} together="plugin" limits={limit && [limit]}
        write={(n) => (unit === 'B' || unit === 'ns' ? value(n, unit) : brief(n))} />
    </section>
  );
}

function Neighbours({ snapshot, name }: { snapshot: Snapshot; name: string }): JSX.Element | null {
  const { edges, nodes } = snapshot.topology;
  const linked = (other: string) => {
    const kind = nodes.find((n) => n.name === other)?.kind;
    return kind && kind !== 'heka' ? <PluginLink category={kind + 's'} name={other} /> : <>{other}</>;
  };
  const from = edges.filter((e) => e.to === name);
  const to = edges.filter((e) => e.from === name);
  if (!from.length && !to.length) return null;
  return (
    <section class="card"><h2>Neighbours</h2>
      {from.length > 0 && <><h3>Gets messages from</h3><ul class="plain">{from.map((e) => <li key={e.from}>{linked(e.from)} <span class="soft">{value(e.messages)} messages</span></li>)}</ul></>}
      {to.length > 0 && <><h3>Sends messages to</h3><ul class="plain">{to.map((e) => <li key={e.to}>{linked(e.to)} <span class="soft">{value(e.messages)} messages</span></li>)}</ul></>}
    </section>
  );
}
