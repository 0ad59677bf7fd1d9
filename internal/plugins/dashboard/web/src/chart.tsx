// Time series, drawn by uPlot.
import uPlot from 'uplot';
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { brief, date } from './format';
import { colour } from './theme';

/** How many colours app.css has for series; told apart also by dashes. */
const palette = 8;
const dashes = [[], [6, 3], [2, 3], [8, 3, 2, 3]];

export interface Look { stacked?: boolean; fill?: boolean; log?: boolean; utc?: boolean; bars?: boolean }

export interface ChartProps {
  label: string;
  /** Seconds since the epoch, then one list per series; null is a gap. */
  data: (number | null)[][];
  names: string[];
  units?: string[];
  height?: number;
  look?: Look;
  hidden?: ReadonlySet<number>;
  /** Charts with the same word share their cursor. */
  together?: string;
  /** The last value of each series is still growing. */
  growing?: boolean;
  /** Called with the chart when it is made, and with null at its end. */
  made?(u: uPlot | null): void;
  drawn?(u: uPlot): void;
  /** Seconds; what is shown at first. */
  range?: [number, number];
}

export const seriesColour = (i: number): string => colour(`series-${(i % palette) + 1}`);

/** Sums series from the first to the last, gaps counting as nothing. */
function stack(data: (number | null)[][], hidden: ReadonlySet<number>): (number | null)[][] {
  const sums = data[0].map(() => 0);
  return [data[0], ...data.slice(1).map((column, s) => column.map((v, i) => {
    if (hidden.has(s)) return v;
    if (v !== null) sums[i] += v;
    return v === null ? null : sums[i];
  }))];
}

const noneHidden: ReadonlySet<number> = new Set();

/** A chart that keeps its zoom when data changes. */
export function Chart(p: ChartProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const fresh = useRef(p);
  fresh.current = p;
  const zoomed = useRef(false);
  const [theme, setTheme] = useState(0);
  useEffect(() => {
    const again = () => setTheme((n) => n + 1);
    addEventListener('themechange', again);
    return () => removeEventListener('themechange', again);
  }, []);
  const look = p.look ?? {};
  const hidden = p.hidden ?? noneHidden;
  const shape = JSON.stringify([p.names, p.units, p.height, look, theme, [...hidden]]);
  useEffect(() => {
    const now = fresh.current;
    const before = zoomed.current ? plot.current?.scales.x : undefined;
    const kept = before ? { min: before.min!, max: before.max! } : now.range && { min: now.range[0], max: now.range[1] };
    plot.current?.destroy();
    const u = (plot.current = new uPlot(options(now, box.current!, (z) => { zoomed.current = z; }, now.drawn), shown(now) as uPlot.AlignedData, box.current!));
    if (kept) u.setScale('x', kept);
    now.made?.(u);
    const resized = new ResizeObserver(() => {
      const width = box.current?.clientWidth;
      if (width && width !== u.width) u.setSize({ width, height: now.height ?? 300 });
    });
    resized.observe(box.current!);
    return () => { resized.disconnect(); now.made?.(null); };
  }, [shape]);
  useEffect(() => () => plot.current?.destroy(), []);
  useEffect(() => {
    if (plot.current && p.data.length === plot.current.series.length) plot.current.setData(shown(p) as uPlot.AlignedData, !zoomed.current && !p.range);
  }, [p.data]);

  const keys = (e: KeyboardEvent) => {
    const u = plot.current;
    const { min, max } = u?.scales.x ?? {};
    if (!u || min == null || max == null) return;
    const width = max - min;
    const to = { ArrowLeft: [min - width / 8, max - width / 8], ArrowRight: [min + width / 8, max + width / 8], '+': [min + width / 4, max - width / 4],
      '=': [min + width / 4, max - width / 4], '-': [min - width / 2, max + width / 2] }[e.key];
    if (to) {
      zoomed.current = true;
      u.setScale('x', { min: to[0], max: to[1] });
    } else if (e.key === '0' || e.key === 'Escape') reset(u, () => { zoomed.current = false; });
    else return;
    e.preventDefault();
  };
  return <div class="chart" ref={box} tabIndex={0} role="img" aria-label={`${p.label}. Arrow keys move, plus and minus zoom, 0 resets.`} onKeyDown={keys} />;
}

function reset(u: uPlot, then: () => void): void {
  const x = u.data[0];
  u.setScale('x', { min: x[0], max: x[x.length - 1] });
  then();
}

function shown(p: ChartProps): (number | null)[][] {
  const data = p.look?.stacked ? stack(p.data, p.hidden ?? noneHidden) : p.data;
  // A logarithm has no place for nothing.
  return p.look?.log ? [data[0], ...data.slice(1).map((c) => c.map((v) => (v !== null && v > 0 ? v : null)))] : data;
}

function options(p: ChartProps, box: HTMLElement, zoomed: (z: boolean) => void, drawn?: (u: uPlot) => void): uPlot.Options {
  const look = p.look ?? {};
  const ink = colour('ink-soft');
  const grid = { stroke: colour('line'), width: 1 };
  const axis = { stroke: ink, grid, ticks: grid, font: '12px system-ui, sans-serif' };
  const bytes = p.units?.length ? p.units.every((u) => /^[KMG]?i?B/.test(u)) && p.units.every((u) => u === 'B') : false;
  return {
    width: box.clientWidth || 600,
    height: p.height ?? 300,
    legend: { show: false },
    cursor: { drag: { x: true, y: false }, points: { size: 6 }, ...(p.together ? { sync: { key: p.together } } : {}) },
    ...(look.utc ? { tzDate: (s: number) => uPlot.tzDate(new Date(s * 1000), 'UTC') } : {}),
    scales: { x: { time: true, range: (_u, min, max) => (min === null || min === max ? [(min ?? Date.now() / 1000) - 30, (min ?? Date.now() / 1000) + 30] : [min, max]) }, y: look.log ? { distr: 3, log: 10 } : { range: (_u, min, max) => [Math.min(0, min ?? 0), (max ?? 1) > 0 ? (max ?? 1) * 1.08 : 1] } },
    axes: [{ ...axis, space: 70, incrs: seconds, values: labels }, { ...axis, size: 58, values: (_u, ticks) => ticks.map((t) => (t === null ? '' : brief(t, bytes))) }],
    series: [{}, ...p.names.map((name, i) => ({
      label: name, show: !p.hidden?.has(i), stroke: seriesColour(i), width: 1.75, spanGaps: false, points: { show: false },
      dash: dashes[Math.floor(i / palette) % dashes.length],
      ...(look.fill || look.stacked ? { fill: seriesColour(i) + '33' } : {}),
      ...(look.bars ? { paths: uPlot.paths.bars!({ size: [0.8, 24] }) } : {}),
    }))],
    plugins: [{ hooks: {
      ready: (u) => interact(u, zoomed),
      setSelect: (u) => { if (u.select.width > 0) zoomed(true); },
      draw: (u) => { if (p.growing) lastRow(u); drawn?.(u); },
    } }],
  };
}

/** Steps of the axis of time, in seconds. */
const seconds = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800, 2592000, 31536000];

/** The time of day with a clock of 24 hours, or the day where days pass. */
const labels: uPlot.Axis.Values = [
  [86400, '{YYYY}-{MM}-{DD}', null, null, null, null, null, null, 1],
  [60, '{HH}:{mm}', '\n{YYYY}-{MM}-{DD}', null, '\n{YYYY}-{MM}-{DD}', null, null, null, 1],
  [1, '{HH}:{mm}:{ss}', '\n{YYYY}-{MM}-{DD}', null, '\n{YYYY}-{MM}-{DD}', null, null, null, 1],
];

/** Marks the last row, which is not yet whole. */
function lastRow(u: uPlot): void {
  const x = u.data[0];
  if (x.length < 2) return;
  const left = u.valToPos(x[x.length - 1], 'x', true);
  if (left < u.bbox.left || left > u.bbox.left + u.bbox.width) return;
  u.ctx.save();
  u.ctx.strokeStyle = colour('ink-soft');
  u.ctx.setLineDash([4, 4]);
  u.ctx.beginPath();
  u.ctx.moveTo(left, u.bbox.top);
  u.ctx.lineTo(left, u.bbox.top + u.bbox.height);
  u.ctx.stroke();
  u.ctx.restore();
}

/** Shift and drag pans, two fingers zoom, a double click resets. */
function interact(u: uPlot, zoomed: (z: boolean) => void): void {
  const area = u.over;
  area.addEventListener('mousedown', (e) => {
    if (!e.shiftKey || e.button !== 0) return;
    e.stopImmediatePropagation();
    e.preventDefault();
    const { min, max } = u.scales.x;
    const perPixel = (max! - min!) / area.clientWidth;
    const move = (m: MouseEvent) => {
      zoomed(true);
      const by = (e.clientX - m.clientX) * perPixel;
      u.setScale('x', { min: min! + by, max: max! + by });
    };
    addEventListener('mousemove', move);
    addEventListener('mouseup', () => removeEventListener('mousemove', move), { once: true });
  }, true);
  area.addEventListener('dblclick', () => reset(u, () => zoomed(false)));
  const fingers = new Map<number, number>();
  let start: { gap: number; middle: number; min: number; max: number } | undefined;
  const pair = () => [...fingers.values()].sort((a, b) => a - b);
  area.addEventListener('pointerdown', (e) => {
    if (e.pointerType !== 'touch') return;
    fingers.set(e.pointerId, e.offsetX);
    if (fingers.size !== 2) return;
    const [a, b] = pair();
    start = { gap: Math.max(b - a, 8), middle: (a + b) / 2, min: u.scales.x.min!, max: u.scales.x.max! };
  });
  area.addEventListener('pointermove', (e) => {
    if (!fingers.has(e.pointerId)) return;
    fingers.set(e.pointerId, e.offsetX);
    if (!start || fingers.size !== 2) return;
    const [a, b] = pair();
    const width = (start.max - start.min) * (start.gap / Math.max(b - a, 8));
    const under = start.min + ((start.max - start.min) * start.middle) / area.clientWidth;
    const min = under - (width * (a + b)) / 2 / area.clientWidth;
    zoomed(true);
    u.setScale('x', { min, max: min + width });
  });
  const lift = (e: PointerEvent) => { fingers.delete(e.pointerId); start = undefined; };
  area.addEventListener('pointerup', lift);
  area.addEventListener('pointercancel', lift);
}

interface SeriesProps { label: string; data: (number | null)[][]; names: string[]; unit?: string; height?: number; together?: string; look?: Look }

/** A chart with a legend of its newest values. */
export function Series({ label, data, names, unit = '', height = 160, together, look }: SeriesProps): JSX.Element {
  const [at, setAt] = useState<number | null>(null);
  const rows = data[0].length;
  const row = at !== null && at < rows ? at : rows - 1;
  const made = (u: uPlot | null) => { if (u) (u.hooks.setCursor ??= []).push((c) => setAt(c.cursor.idx ?? null)); };
  return (
    <figure>
      <Chart label={label} data={data} names={names} height={height} together={together} look={look} made={made} />
      <figcaption class="legend">
        {names.map((name, i) => <span key={name}><Swatch series={i} /> {name} <b>{rows ? brief(data[i + 1][row] ?? 0) + unit : '–'}</b></span>)}
        {rows > 0 && <span class="soft">{date(data[0][row]! * 1000)}</span>}
      </figcaption>
    </figure>
  );
}

/** The colour of a series beside its name. */
export function Swatch({ series }: { series: number }): JSX.Element {
  return <span class={`swatch s${(series % palette) + 1}`} aria-hidden="true" />;
}
