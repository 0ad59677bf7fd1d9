// A chart of what heka says of itself, with a legend of the values.
import type uPlot from 'uplot';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Chart, Swatch, type Look } from './chart';
import { brief, date, iso, time } from './format';
import type { Limit } from './marks';

interface SeriesProps {
  label: string; data: (number | null)[][]; names: string[];
  /** Stands behind the values of the legend. */
  unit?: string;
  /** Writes a value, unit included. */
  write?(n: number): string;
  /** The unit of the axis, "B" or "ns". */
  axis?: string;
  height?: number; together?: string; look?: Look; limits?: Limit[];
  drawn?(u: uPlot): void;
}

/** Under the cursor, or at the end, the legend tells the values. */
export function Series({ label, data, names, unit = '', write = (n) => brief(n) + unit, axis, height = 170, together, look, limits, drawn }: SeriesProps): JSX.Element {
  const [at, setAt] = useState<number | null>(null);
  const rows = data[0].length;
  const row = at !== null && at < rows ? at : rows - 1;
  const made = (u: uPlot | null) => { if (u) (u.hooks.setCursor ??= []).push((c) => setAt(c.cursor.idx ?? null)); };
  // The newest row may not be there yet: then the one before it counts.
  const value = (i: number) => {
    const v = at === null ? data[i + 1].findLast((x) => x !== null) : data[i + 1][row];
    return v == null ? '–' : write(v);
  };
  return (
    <figure>
      <Chart label={label} data={data} names={names} units={axis ? names.map(() => axis) : undefined} height={height} together={together} look={look} limits={limits} drawn={drawn} made={made} />
      <figcaption class="legend">
        {names.map((name, i) => <span key={name}><Swatch series={i} /> {name} <b>{value(i)}</b></span>)}
        {limits?.map((l) => <span key={l.label}><i class="limit" /> {l.label} <b>{write(l.value)}</b></span>)}
        {rows > 0 && <time class="soft" dateTime={iso(data[0][row]! * 1000)} title={date(data[0][row]! * 1000)}>{time(data[0][row]! * 1000)}</time>}
      </figcaption>
    </figure>
  );
}
