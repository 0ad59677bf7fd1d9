// A circular buffer as a graph.
import type uPlot from 'uplot';
import type { JSX } from 'preact';
import { useMemo, useRef, useState } from 'preact/hooks';
import { Chart, Swatch, type Look } from './chart';
import { newest, summary, title, toCSV, type Annotation, type Buffer } from './cbuf';
import { brief, date, iso } from './format';
import { setQuery, type Route } from './route';
import { save } from './fetched';
import { flags } from './marks';
import { Series } from './series';

interface Props { buffer: Buffer; name: string; file: string; route: Route; embedded?: boolean }

const looks: [keyof Look, string][] = [['stacked', 'Stacked'], ['fill', 'Filled'], ['bars', 'Bars'], ['log', 'Log scale'], ['utc', 'UTC']];

export function Graph({ buffer: b, name, file, route, embedded }: Props): JSX.Element {
  const query = route.query;
  const look = lookOf(b, query);
  const names = b.columns.map(title);
  const chosen = query.get('series');
  const on = chosen === null ? null : new Set(chosen.split(',').filter(Boolean));
  const hidden = new Set(names.map((_, i) => i).filter((i) => on && !on.has(b.columns[i].name)));
  const plot = useRef<uPlot | null>(null);
  const [row, setRow] = useState<number | null>(null);
  const [window, setWindow] = useState<[number, number]>([-Infinity, Infinity]);
  const [said, say] = useState<Annotation>();
  const times = b.data[0];
  const at = row !== null && row < times.length ? row : null;

  const toggle = (i: number, alone: boolean) => {
    let shown = names.map((_, j) => j).filter((j) => !hidden.has(j));
    if (alone) shown = shown.length === 1 && shown[0] === i ? names.map((_, j) => j) : [i];
    else shown = hidden.has(i) ? [...shown, i] : shown.filter((j) => j !== i);
    setQuery({ series: shown.length === names.length ? '' : shown.map((j) => b.columns[j].name).join(',') || ',' });
  };
  const made = (u: uPlot | null) => {
    plot.current = u;
    if (!u) return;
    (u.hooks.setCursor ??= []).push((c) => setRow(c.cursor.idx ?? null));
    (u.hooks.setScale ??= []).push((c, key) => {
      const { min, max } = c.scales.x;
      if (key === 'x' && min != null && max != null) setWindow([min, max]);
    });
  };
  const zoom = (by: number) => {
    const { min, max } = plot.current?.scales.x ?? {};
    if (min == null || max == null) return;
    const change = ((max - min) * (1 - by)) / 2;
    plot.current!.setScale('x', { min: min + change, max: max - change });
  };
  const picture = () => plot.current?.ctx.canvas.toBlob((blob) => blob && save(`${file}.png`, blob));
  return (
    <section class="graph" aria-label={name}>
      {!embedded && <div class="filters">
        {looks.map(([key, text]) => (
          <label key={key} class="check"><input type="checkbox" checked={!!look[key]} onChange={(e) => setQuery({ [key]: e.currentTarget.checked ? '1' : '0' })} /> {text}</label>
        ))}
        <Ends query={query} />
        <span class="actions">
          <button onClick={() => zoom(0.5)} aria-label="Zoom in">+</button>
          <button onClick={() => zoom(2)} aria-label="Zoom out">−</button>
          <button onClick={() => plot.current?.setScale('x', { min: times[0]!, max: times.at(-1)! })}>Reset</button>
          <button onClick={picture}>PNG</button>
          <button onClick={() => save(`${file}.csv`, new Blob([toCSV(b)], { type: 'text/csv' }))}>CSV</button>
        </span>
      </div>}
      <Chart key={names.join()} label={`Graph of ${names.join(', ')}`} data={b.data} names={names} units={b.columns.map((c) => c.unit)}
        look={look} hidden={hidden} height={embedded ? 250 : 300} together="graphs" growing={!b.delta} made={made} range={rangeOf(query, times)} y={endsOf(query)}
        drawn={(u) => flags(u, b.annotations, hidden)} />
      {!embedded && <p class="hint">Drag to zoom, shift and drag to pan, double-click to reset. Alt and click a series to see it alone.</p>}
      <table role="table" class="series">
        <caption class="unseen">Series of the graph</caption>
        <thead><tr><th scope="col">Series</th><th scope="col" class="num">{at === null ? 'Last' : <time title={iso(times[at]! * 1000)}>{date(times[at]! * 1000, look.utc)}</time>}</th>
          <th scope="col" class="num">Min</th><th scope="col" class="num">Max</th><th scope="col" class="num">Avg</th></tr></thead>
        <tbody>{names.map((n, i) => {
          const s = summary(times, b.data[i + 1], window[0], window[1]);
          const show = (v: number | null) => (v === null ? '–' : <span title={String(v)}>{brief(v)}</span>);
          return <tr key={n}>
            <th scope="row"><label class="check" onClick={(e) => { if (e.altKey) { e.preventDefault(); toggle(i, true); } }}>
              <input type="checkbox" checked={!hidden.has(i)} onChange={() => toggle(i, false)} /> <Swatch series={i} /> {n}</label></th>
            <td class="num" data-label="Value">{show(at === null ? s.last : b.data[i + 1][at])}</td><td class="num" data-label="Min">{show(s.min)}</td>
            <td class="num" data-label="Max">{show(s.max)}</td><td class="num" data-label="Avg">{show(s.avg)}</td>
          </tr>;
        })}</tbody>
      </table>
      {b.annotations.length > 0 && <div class="annotations"><h2>Annotations</h2><ul class="plain">{b.annotations.slice(-50).map((a, i) => (
        <li key={`${a.x}-${a.col}-${i}`}><button onClick={() => { say(a); around(plot.current, a); }}><b>{a.shortText}</b> {date(a.x, look.utc)}</button> {names[a.col - 1]}: {a.text}</li>
      ))}</ul>{said && <p role="status" class="unseen">{said.text}</p>}</div>}
      {!embedded && <Values b={b} names={names} utc={look.utc} />}
    </section>
  );
}

/** A graph on a board: as its script wants it, with a legend and no tools. */
export function PlainGraph({ buffer: b, name, range, height }: { buffer: Buffer; name: string; range: number; height: number }): JSX.Element {
  const data = useMemo(() => newest(b.data, range), [b, range]);
  return <Series label={`Graph ${name}`} data={data} names={b.columns.map(title)} height={height} together="board" look={lookOf(b, new URLSearchParams())}
    drawn={(u) => flags(u, b.annotations, none)} />;
}

const none: ReadonlySet<number> = new Set();

/** How the graph looks: as the address says, else as the script says. */
function lookOf(b: Buffer, query: URLSearchParams): Look {
  const ask = (key: string, otherwise = false) => (query.has(key) ? query.get(key) === '1' : otherwise);
  return { stacked: ask('stacked', b.options.stackedGraph), fill: ask('fill', b.options.fillGraph), log: ask('log'), utc: ask('utc'), bars: ask('bars') };
}

/** ymin and ymax are the ends of the axis of values. */
function endsOf(query: URLSearchParams): [number | undefined, number | undefined] {
  const end = (key: string) => (query.get(key) && Number.isFinite(Number(query.get(key))) ? Number(query.get(key)) : undefined);
  return [end('ymin'), end('ymax')];
}

function Ends({ query }: { query: URLSearchParams }): JSX.Element {
  const end = (key: string, label: string) => (
    <input type="number" step="any" class="end" aria-label={label} placeholder="auto" value={query.get(key) ?? ''} onChange={(e) => setQuery({ [key]: e.currentTarget.value })} />
  );
  return <span class="check soft">Values {end('ymin', 'Least value shown')} to {end('ymax', 'Largest value shown')}</span>;
}

/** range=600 is the last 600 seconds. */
function rangeOf(query: URLSearchParams, times: (number | null)[]): [number, number] | undefined {
  const seconds = Number(query.get('range'));
  const last = times.at(-1);
  return seconds > 0 && last ? [last - seconds, last] : undefined;
}

/** Moves a chart so that an annotation is in its middle. */
function around(u: uPlot | null, a: Annotation): void {
  const { min, max } = u?.scales.x ?? {};
  if (!u || min == null || max == null) return;
  const half = (max - min) / 4;
  u.setScale('x', { min: a.x / 1000 - half, max: a.x / 1000 + half });
}

const tabled = 60;

/** The newest rows as a table, for those who do not see the graph. */
function Values({ b, names, utc }: { b: Buffer; names: string[]; utc?: boolean }): JSX.Element {
  const [open, setOpen] = useState(false);
  const rows = b.data[0].map((_, i) => i).slice(-tabled).reverse();
  return (
    <details onToggle={(e) => setOpen(e.currentTarget.open)}><summary>Values</summary>{open && <div class="scroll" tabIndex={0} role="region" aria-label="Values">
      <table><caption class="unseen">The newest {tabled} rows</caption>
        <thead><tr><th scope="col">Time</th>{names.map((n) => <th key={n} scope="col" class="num">{n}</th>)}</tr></thead>
        <tbody>{rows.map((i) => <tr key={b.data[0][i]}><th scope="row">{date(b.data[0][i]! * 1000, utc)}</th>{names.map((n, c) => <td key={n} class="num">{b.data[c + 1][i] ?? '–'}</td>)}</tr>)}</tbody>
      </table></div>}
    </details>
  );
}
