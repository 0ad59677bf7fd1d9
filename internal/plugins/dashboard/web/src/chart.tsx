// Time series, drawn by uPlot.
import uPlot from 'uplot';
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { brief, bytes, nanoseconds } from './format';
import { interact, press } from './interact';
import { lastRow, limitLines, type Limit } from './marks';
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
  /** In pixels of an ordinary page; 0 fills the place that there is. */
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
  /** The ends of the axis of values, where they are not left to the data. */
  y?: [number | undefined, number | undefined];
  limits?: Limit[];
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
  const shape = JSON.stringify([p.names, p.units, p.height, p.y, look, theme, [...hidden]]);
  useEffect(() => {
    const now = fresh.current;
    const before = zoomed.current ? plot.current?.scales.x : undefined;
    const kept = before ? { min: before.min!, max: before.max! } : now.range && { min: now.range[0], max: now.range[1] };
    plot.current?.destroy();
    const u = (plot.current = new uPlot(options(fresh, box.current!, (z) => { zoomed.current = z; }), shown(now) as uPlot.AlignedData, box.current!));
    if (kept) u.setScale('x', kept);
    now.made?.(u);
    const resized = new ResizeObserver(() => {
      const { clientWidth: width = 0, clientHeight = 0 } = box.current ?? {};
      const height = now.height === 0 ? clientHeight : u.height;
      if (width && height && (width !== u.width || height !== u.height)) u.setSize({ width, height });
    });
    resized.observe(box.current!);
    return () => { resized.disconnect(); now.made?.(null); };
  }, [shape]);
  useEffect(() => () => plot.current?.destroy(), []);
  useEffect(() => {
    const u = plot.current;
    if (!u || p.data.length !== u.series.length) return;
    const { min, max } = u.scales.x;
    const [from, to] = zoomed.current ? [min, max] : p.range ?? [];
    u.setData(shown(p) as uPlot.AlignedData, from == null);
    if (from != null && to != null) u.setScale('x', { min: from, max: to });
  }, [p.data]);

  const keys = (e: KeyboardEvent) => {
    if (plot.current && press(plot.current, e.key, (z) => { zoomed.current = z; })) e.preventDefault();
  };
  return <div class={p.height === 0 ? 'chart fills' : 'chart'} ref={box} tabIndex={0} role="img" aria-label={`${p.label}. Arrow keys move, plus and minus zoom, 0 resets.`} onKeyDown={keys} />;
}

function shown(p: ChartProps): (number | null)[][] {
  const data = p.look?.stacked ? stack(p.data, p.hidden ?? noneHidden) : p.data;
  // A logarithm has no place for nothing.
  const all = p.look?.log ? [data[0], ...data.slice(1).map((c) => c.map((v) => (v !== null && v > 0 ? v : null)))] : data;
  return [all[0], ...inOrder(p, all.slice(1))];
}

/** Stacked series are drawn from the top down, each over the foot of the one above. */
const inOrder = <T,>(p: ChartProps, series: T[]): T[] => (p.look?.stacked ? series.reverse() : series);

/** How large letters are against those of an ordinary page: more on a wall. */
export const scale = (): number => parseFloat(getComputedStyle(document.documentElement).fontSize) / 16 || 1;

/** How far a limit may lie above the data to be drawn, as a factor. */
const reach = 4;

/** The ends of the axis of values; limits within reach are between them. */
function bounds({ y, limits = [] }: ChartProps, min: number | null, max: number | null): [number, number] {
  const top = limits.reduce((most, l) => (l.value > most && l.value <= (max ?? 0) * reach ? l.value : most), max ?? 1);
  const from = y?.[0] ?? Math.min(0, min ?? 0);
  const to = y?.[1] ?? (top > 0 ? top * 1.08 : 1);
  return [from, to > from ? to : from + 1];
}

/** The ends of the axis of time; a single moment stands in the middle of a minute. */
function span(times: ArrayLike<number>, min: number | null, max: number | null): [number, number] {
  if (times.length > 1 && min !== null && max !== null && min < max) return [min, max];
  const at = times.length ? times[0] : Date.now() / 1000;
  return [at - 30, at + 30];
}

/** Steps of the axis of values: halves and doubles of KiB, or else what uPlot likes. */
const steps = (p: ChartProps): number[] | undefined => (p.units?.length && p.units.every((u) => u === 'B') ? Array.from({ length: 50 }, (_, i) => 2 ** i) : undefined);

/** How values are written beside the axis. */
function units(p: ChartProps): (n: number) => string {
  const all = new Set(p.units);
  return all.size !== 1 ? brief : all.has('B') ? bytes : all.has('ns') ? nanoseconds : brief;
}

function options(fresh: { current: ChartProps }, box: HTMLElement, zoomed: (z: boolean) => void): uPlot.Options {
  const p = fresh.current;
  const look = p.look ?? {};
  const size = scale();
  const written = units(p);
  const ink = colour('ink-soft');
  const grid = { stroke: colour('line'), width: 1 };
  const axis = { stroke: ink, grid, ticks: grid, font: `${12 * size}px system-ui, sans-serif` };
  return {
    width: box.clientWidth || 600,
    height: p.height === 0 ? box.clientHeight : (p.height ?? 300) * size,
    legend: { show: false },
    padding: [8, 28, 0, 0],
    cursor: { drag: { x: true, y: false }, points: { size: 6 }, ...(p.together ? { sync: { key: p.together } } : {}) },
    ...(look.utc ? { tzDate: (s: number) => uPlot.tzDate(new Date(s * 1000), 'UTC') } : {}),
    scales: { x: { time: true, range: (u, min, max) => span(u.data[0], min, max) }, y: look.log ? { distr: 3, log: 10, ...(p.y?.[0] && p.y[1] ? { range: p.y as [number, number] } : {}) } : { range: (_u, min, max) => bounds(fresh.current, min, max) } },
    axes: [{ ...axis, space: 74 * size, size: 46 * size, incrs: seconds, values: labels }, { ...axis, size: 62 * size, space: 24 * size, incrs: steps(p), values: (_u, ticks) => ticks.map((t) => (t === null ? '' : written(t))) }],
    series: [{}, ...inOrder(p, p.names.map((name, i) => ({
      label: name, show: !p.hidden?.has(i), stroke: seriesColour(i), width: 1.75, spanGaps: false, points: { show: false },
      dash: dashes[Math.floor(i / palette) % dashes.length],
      ...(look.stacked ? { fill: `color-mix(in srgb, ${seriesColour(i)} 45%, ${colour('paper')})` } : look.fill ? { fill: seriesColour(i) + '33' } : {}),
      ...(look.bars ? { paths: uPlot.paths.bars!({ size: [0.8, 24] }) } : {}),
    })))],
    plugins: [{ hooks: {
      ready: (u) => interact(u, zoomed),
      setSelect: (u) => { if (u.select.width > 0) zoomed(true); },
      draw: (u) => {
        const now = fresh.current;
        if (now.growing) lastRow(u);
        if (now.limits) limitLines(u, now.limits);
        now.drawn?.(u);
      },
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

/** The colour of a series beside its name. */
export function Swatch({ series }: { series: number }): JSX.Element {
  return <span class={`swatch s${(series % palette) + 1}`} aria-hidden="true" />;
}
