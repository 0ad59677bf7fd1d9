// One plugin: its state, history, counters, results and log lines.
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { PluginDetail, Sandbox, Snapshot } from './api';
import { useJSON } from './fetched';
import { Series } from './chart';
import { Empty, Icon, PluginLink, Status } from './bits';
import { Lines } from './logs';
import { Outputs } from './sandboxes';
import { Fact } from './overview';
import { date, iso, percent, value } from './format';
import type { PageProps } from './shell';

const charts = [
  { title: 'Messages per second', keys: ['messages', 'errors'], unit: '/s' },
  { title: 'Queue and waiting', keys: ['fill', 'blocked'], unit: ' %' },
] as const;

export function PluginPage({ state, snapshot, category, name }: PageProps & { snapshot: Snapshot; category: string; name: string }): JSX.Element {
  const p = snapshot.report.plugins.find((x) => x.category === category && x.name === name);
  const path = p ? `api/v1/plugins/${encodeURIComponent(category)}/${encodeURIComponent(name)}` : '';
  const detail = useJSON<PluginDetail>(path, 5000, state.paused);
  const boxes = useJSON<{ sandboxes: Sandbox[] }>('data/sandboxes.json', 5000);
  const points = detail.value?.history;
  const data = useMemo(() => charts.map((c) => [(points ?? []).map((x) => x.time), ...c.keys.map((k) => (points ?? []).map((x) => (k === 'fill' || k === 'blocked' ? x[k] * 100 : x[k])))]), [points]);
  if (!p) return <Empty title={`There is no ${category.replace(/s$/, '')} ${name} now`}><a href="#plugins">See all plugins</a>, or <a href="#termination_report">those that ended</a>.</Empty>;
  const mine = snapshot.topology.nodes.find((n) => n.name === name);
  const cause = snapshot.topology.causes.find((c) => c.name === name);
  const by = snapshot.topology.causes.filter((c) => c.blocks?.includes(name));
  const box = category === 'filters' ? boxes.value?.sandboxes.find((s) => s.Name === name) : undefined;
  const error = p.last_error;
  return (
    <>
      <p class="crumbs"><a href="#plugins">Plugins</a> › <a href={`#plugins?only=${category}`}>{category}</a></p>
      <h1><Icon name={category} /> {name} <small>{p.type}</small></h1>
      {p.health && <p><Status health={p.health} reason /></p>}
      {cause && <p class="note critical">It holds up {(cause.blocks ?? []).join(', ')}: {percent(Math.min(cause.share, 1))} of the last second they waited for it.</p>}
      {by.map((c) => <p class="note" key={c.name}>It waits for <a href={`#plugins/outputs/${encodeURIComponent(c.name)}`}>{c.name}</a>.</p>)}
      <dl class="facts">
        {p.state && <Fact name="State">{p.state}</Fact>}
        {mine?.matcher && <Fact name="Matcher"><code>{mine.matcher}</code> {!/^(TRUE|FALSE)$/.test(mine.matcher) && <a href={`#tap?match=${encodeURIComponent(mine.matcher)}`}>watch</a>}</Fact>}
        {mine?.splitter && <Fact name="Splitter">{mine.splitter}</Fact>}
        {mine?.decoder && <Fact name="Decoder">{mine.decoder}</Fact>}
        {mine?.encoder && <Fact name="Encoder">{mine.encoder}</Fact>}
        {error && <Fact name="Last error"><time dateTime={iso(error.time)} title={iso(error.time)}>{date(error.time)}</time>: {error.text}</Fact>}
      </dl>
      <div class="columns">
        {p.rates && charts.map((c, i) => <section class="card" key={c.title}><h2>{c.title}</h2>
          <Series label={`${c.title} of ${name}`} data={data[i]} names={[...c.keys]} unit={c.unit} together="plugin" /></section>)}
        <section class="card"><h2>Properties</h2>
          {p.counters.length ? <table role="table" class="tight"><caption class="unseen">Properties</caption>
            <thead><tr><th scope="col">Name</th><th scope="col" class="num">Value</th></tr></thead>
            <tbody>{p.counters.map((c) => <tr key={c.name}><th scope="row">{c.name}</th><td class="num" data-label="Value" title={`${c.value} ${c.unit ?? ''}`}>{value(c.value, c.unit)}</td></tr>)}</tbody></table>
            : <p>No additional properties</p>}
        </section>
        {box && <section class="card"><h2>Plug-in Outputs</h2><Outputs sandbox={box} /></section>}
        {mine && <Neighbours snapshot={snapshot} name={name} />}
      </div>
      <section><h2>Log</h2><Lines lines={detail.value?.logs ?? []} empty="It has logged nothing" /></section>
    </>
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
