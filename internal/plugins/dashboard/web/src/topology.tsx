// The running graph: inputs, filters and outputs in columns, rates on the lines.
import type { JSX, Ref } from 'preact';
import { useRef } from 'preact/hooks';
import type { Edge, Node, Snapshot, Topology } from './api';
import { brief, compare, count, percent } from './format';
import { Causes } from './overview';
import { Icon, Status } from './bits';
import { Lazy } from './lazy';
import { link } from './route';
import type { PageProps } from './shell';

const box = { width: 210, height: 64, gap: 18, between: 160, top: 34 };
const order = ['input', 'filter', 'output'];

interface Placed { node: Node; x: number; y: number }

/** Where the lines run that go past the column in the middle. */
type Lanes = number[];

interface Placing { at: Map<string, Placed>; lanes: Lanes; width: number; height: number }

const placings = new WeakMap<Topology, Placing>();

/** Puts each node into the column of its kind, and near those that feed it. */
function place(t: Topology): Placing {
  const known = placings.get(t);
  if (known) return known;
  const columns = order.map((kind) => t.nodes.filter((n) => n.kind === kind || (kind === 'input' && n.kind === 'heka')));
  const at = new Map<string, Placed>();
  const sources = Map.groupBy(t.edges, (e) => e.to);
  const rank = (n: Node) => {
    const from = (sources.get(n.name) ?? []).filter((e) => at.has(e.from));
    return from.length ? from.reduce((sum, e) => sum + at.get(e.from)!.y, 0) / from.length : Infinity;
  };
  const most = Math.max(...columns.map((c) => c.length), 1);
  const height = box.top + most * (box.height + box.gap);
  const lanes: Lanes = [];
  columns.forEach((nodes, column) => {
    const ranks = new Map(nodes.map((n) => [n, column ? rank(n) : 0]));
    nodes.sort((a, b) => (ranks.get(a)! - ranks.get(b)!) || compare(a.name, b.name));
    const start = box.top + ((most - nodes.length) * (box.height + box.gap)) / 2;
    if (column === 1) for (let i = 0; i <= nodes.length; i++) lanes.push(start + i * (box.height + box.gap) - box.gap / 2);
    nodes.forEach((node, row) => at.set(node.name, { node, x: 4 + column * (box.width + box.between), y: start + row * (box.height + box.gap) }));
  });
  const placing = { at, lanes, width: 3 * box.width + 2 * box.between + 60, height };
  placings.set(t, placing);
  return placing;
}

const edgeKey = (e: Edge) => `${e.from}\n${e.to}`;

/** Messages per second of each edge, from two snapshots. */
function useRates(snapshot: Snapshot): Map<string, number> {
  const seen = useRef<{ time: number; sums: Map<string, number>; rates: Map<string, number> }>({ time: 0, sums: new Map(), rates: new Map() });
  const { time } = snapshot.report;
  if (time !== seen.current.time) {
    const seconds = (time - seen.current.time) / 1000;
    const before = seen.current.sums;
    const rates = new Map<string, number>();
    for (const e of snapshot.topology.edges) {
      const old = before.get(edgeKey(e));
      if (old !== undefined && old <= e.messages) rates.set(edgeKey(e), (e.messages - old) / seconds);
    }
    seen.current = { time, rates, sums: new Map(snapshot.topology.edges.map((e) => [edgeKey(e), e.messages])) };
  }
  return seen.current.rates;
}

/** The drawing; the list beside it is for those who do not see it. */
export function Diagram({ snapshot }: { snapshot: Snapshot }): JSX.Element {
  const t = snapshot.topology;
  const rates = useRates(snapshot);
  const { at, lanes, width, height } = place(t);
  const { causes, blocked } = held(t);
  return (
    <svg viewBox={`0 0 ${width} ${height}`} style={{ maxWidth: `${width * 1.25}px` }} aria-hidden="true">
      {['Inputs', 'Filters', 'Outputs'].map((title, i) => <text key={title} class="head" x={4 + i * (box.width + box.between)} y="18">{title}</text>)}
      {t.edges.map((e) => <Lazy key={edgeKey(e)} draw={(ref) => (
        <g ref={ref as Ref<SVGGElement>}><Line edge={e} rate={rates.get(edgeKey(e)) ?? 0} from={at.get(e.from)} to={at.get(e.to)} lanes={lanes} held={causes.has(e.to) && blocked.has(e.from)} /></g>)} />)}
      {[...at.values()].map((p) => <Lazy key={p.node.name} draw={(ref) => (
        <g ref={ref as Ref<SVGGElement>}><Box {...p} cause={causes.has(p.node.name)} held={blocked.has(p.node.name)} /></g>)} />)}
    </svg>
  );
}

/** Who holds others up, and who is held up. */
function held(t: Topology): { causes: Set<string>; blocked: Set<string> } {
  return { causes: new Set(t.causes.map((c) => c.name)), blocked: new Set(t.causes.flatMap((c) => c.blocks ?? [])) };
}

export function TopologyPage({ snapshot }: PageProps & { snapshot: Snapshot }): JSX.Element {
  const t = snapshot.topology;
  const rates = useRates(snapshot);
  const { at } = place(t);
  const leaving = Map.groupBy(t.edges, (e) => e.from);
  const { causes, blocked } = held(t);
  return (
    <>
      <h1>Topology</h1>
      {t.causes.length > 0 && <div class="note critical"><Causes snapshot={snapshot} /></div>}
      {t.cycles.map((c) => <p class="note" key={c.join()}>These filters feed one another: {[...c, c[0]].join(' → ')}.</p>)}
      <div class="topology">
        <Diagram snapshot={snapshot} />
        <p class="key" aria-hidden="true"><span>flows, thicker with the rate</span><span class="k-idle">idle</span><span class="k-held">held up</span></p>
      </div>
      <section><h2>As a list</h2>
        <ul class="plain flow">{[...at.values()].map(({ node: n }) => (
          <Lazy key={n.name} draw={(ref) => <li ref={ref as Ref<HTMLLIElement>}><NodeLink node={n} /> <span class="soft">{n.kind}{n.type ? `, ${n.type}` : ''}</span>{' '}
            {n.kind !== 'heka' && <Status health={n.health} reason />}{causes.has(n.name) && <b> Cause of back-pressure</b>}{blocked.has(n.name) && <b> Held up</b>}
            <Targets edges={leaving.get(n.name) ?? []} rate={(e) => rates.get(edgeKey(e)) ?? 0} />
          </li>} />
        ))}</ul>
      </section>
    </>
  );
}

function NodeLink({ node }: { node: Node }): JSX.Element {
  return node.kind === 'heka' ? <b>{node.name}</b> : <a href={link('plugins', node.kind + 's', node.name)}>{node.name}</a>;
}

function Targets({ edges, rate }: { edges: Edge[]; rate(e: Edge): number }): JSX.Element | null {
  if (!edges.length) return null;
  return <ul>{edges.map((e) => <li key={e.to}>→ {e.to}: {brief(rate(e))}/s, {count(e.messages)} in all{e.waiting > 0 && `, ${e.waiting} waiting for room`}</li>)}</ul>;
}

function Line({ edge, rate, from, to, lanes, held }: { edge: Edge; rate: number; from?: Placed; to?: Placed; lanes: Lanes; held: boolean }): JSX.Element | null {
  if (!from || !to) return null;
  const y1 = from.y + box.height / 2;
  const y2 = to.y + box.height / 2;
  const x1 = from.x + box.width;
  const same = from.x === to.x;
  let d: string;
  let label: [number, number];
  if (same) {
    // Lines among filters go round on the right.
    d = `M${x1} ${y1}C${x1 + 70} ${y1} ${x1 + 70} ${y2} ${x1} ${y2}`;
    label = [x1 + 52, (y1 + y2) / 2];
  } else if (to.x - x1 > box.width && lanes.length > 1) {
    const lane = lanes.reduce((best, y) => (Math.abs(y - (y1 + y2) / 2) < Math.abs(best - (y1 + y2) / 2) ? y : best));
    const left = box.width + box.between + 4;
    d = `M${x1} ${y1}${bow(x1, y1, left, lane)}L${left + box.width} ${lane}${bow(left + box.width, lane, to.x, y2)}`;
    label = along(left + box.width, lane, to.x, y2);
  } else {
    d = `M${x1} ${y1}${bow(x1, y1, to.x, y2)}`;
    label = along(x1, y1, to.x, y2);
  }
  return (
    <g class={`edge ${held ? 'held' : rate > 0 ? '' : 'idle'}`}>
      <title>{`${edge.from} → ${edge.to}: ${brief(rate)}/s, ${count(edge.messages)} in all`}</title>
      <path d={d} stroke-width={rate > 0 ? 1.5 + Math.min(Math.log10(1 + rate) * 1.5, 8) : held ? 2 : 1} />
      {(rate > 0 || held) && <text x={label[0]} y={label[1] - 5} text-anchor="middle">{brief(rate)}/s</text>}
    </g>
  );
}

/** A curve that leaves and arrives level. */
const bow = (x1: number, y1: number, x2: number, y2: number) => `C${(x1 + x2) / 2} ${y1} ${(x1 + x2) / 2} ${y2} ${x2} ${y2}`;

/** A place on such a curve, where lines to one box are still apart. */
function along(x1: number, y1: number, x2: number, y2: number): [number, number] {
  const t = 0.62;
  const middle = (x1 + x2) / 2;
  const x = (1 - t) ** 3 * x1 + 3 * (1 - t) ** 2 * t * middle + 3 * (1 - t) * t ** 2 * middle + t ** 3 * x2;
  return [x, y1 + (y2 - y1) * (3 * t ** 2 - 2 * t ** 3)];
}

const longest = 24;

function Box({ node, x, y, cause, held }: Placed & { cause: boolean; held: boolean }): JSX.Element {
  const fill = node.bound > 0 ? Math.min(node.waiting / node.bound, 1) : 0;
  const name = node.name.length > longest ? node.name.slice(0, longest - 1) + '…' : node.name;
  const level = cause ? 'critical' : node.health.level;
  const inner = (
    <g class={`node ${level} ${held ? 'held' : ''}`} transform={`translate(${x} ${y})`}>
      <title>{[node.name, node.type, node.matcher, node.health.why].filter(Boolean).join('\n')}</title>
      <rect class="frame" width={box.width} height={box.height} rx="7" />
      <text x="10" y="20" class="name">{name}</text>
      <text x="10" y="37" class={`what ${cause ? 'cause' : held ? 'waits' : ''}`}>{cause ? 'cause of back-pressure' : held ? 'held up' : node.type ?? 'heka itself'}</text>
      <text x="10" y="52" class="what">{brief(node.rates.messages)}/s{node.bound > 0 ? `, queue ${percent(fill)}` : ''}</text>
      {node.bound > 0 && <><rect class="track" x="0" y={box.height - 4} width={box.width} height="4" /><rect class={`used ${fill > 0.7 ? 'full' : ''}`} x="0" y={box.height - 4} width={box.width * fill} height="4" /></>}
      <g transform={`translate(${box.width - 24} 8)`}>{node.kind !== 'heka' && <Icon name={level} />}</g>
    </g>
  );
  // Not a link: the list below is for those who do not point.
  return node.kind === 'heka' ? inner : <g class="linked" onClick={() => { location.hash = link('plugins', node.kind + 's', node.name); }}>{inner}</g>;
}
