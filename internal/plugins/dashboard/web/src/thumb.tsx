// A small picture of a graph, to see at a glance what a script has found.
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { parseBuffer, title, type Buffer } from './cbuf';
import { useText } from './fetched';

const width = 240;
const height = 60;

/** Draws a circular buffer; nothing while there is none. */
export function Thumb({ file, name, paused }: { file: string; name: string; paused: boolean }): JSX.Element | null {
  const { text } = useText('data/' + encodeURIComponent(file), 5000, paused);
  const drawn = useMemo(() => {
    if (text === undefined) return undefined;
    try {
      return paths(parseBuffer(text));
    } catch {
      return undefined;
    }
  }, [text]);
  if (!drawn) return <span class="thumb" />;
  return (
    <svg class="thumb" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img" aria-label={`${name}: ${drawn.names.join(', ')}`}>
      {drawn.lines.map((d, i) => <path key={i} class={`p${(i % 8) + 1}`} d={d} />)}
    </svg>
  );
}

/** One line per column, as far apart as the largest value of all asks for. */
function paths(b: Buffer): { lines: string[]; names: string[] } {
  const [times, ...columns] = b.data;
  const rows = times.length;
  const step = Math.max(Math.ceil(rows / width), 1);
  let most = 0;
  for (const c of columns) for (const v of c) if (v !== null && v > most) most = v;
  const lines = columns.map((c) => {
    let d = '';
    let gap = true;
    for (let i = 0; i < rows; i += step) {
      let v: number | null = null;
      for (const x of c.slice(i, i + step)) if (x !== null && (v === null || x > v)) v = x;
      if (v === null) gap = true;
      else {
        d += `${gap ? 'M' : 'L'}${((i / Math.max(rows - 1, 1)) * width).toFixed(1)} ${(height - 2 - (Math.max(v, 0) / (most || 1)) * (height - 4)).toFixed(1)}`;
        gap = false;
      }
    }
    return d;
  });
  return { lines, names: b.columns.map(title) };
}
