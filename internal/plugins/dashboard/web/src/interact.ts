// How a chart is moved with mouse, fingers and keys.
import type uPlot from 'uplot';

/** Shift and drag pans, two fingers zoom, a double click resets. */
export function interact(u: uPlot, zoomed: (z: boolean) => void): void {
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

/** Shows all of a chart again. */
export function reset(u: uPlot, then: () => void): void {
  const x = u.data[0];
  u.setScale('x', { min: x[0], max: x[x.length - 1] });
  then();
}

/** Moves and zooms by keys; says whether the key meant something. */
export function press(u: uPlot, key: string, zoomed: (z: boolean) => void): boolean {
  const { min, max } = u.scales.x;
  if (min == null || max == null) return false;
  const width = max - min;
  const to = { ArrowLeft: [min - width / 8, max - width / 8], ArrowRight: [min + width / 8, max + width / 8], '+': [min + width / 4, max - width / 4],
    '=': [min + width / 4, max - width / 4], '-': [min - width / 2, max + width / 2] }[key];
  if (to) {
    zoomed(true);
    u.setScale('x', { min: to[0], max: to[1] });
  } else if (key === '0' || key === 'Escape') reset(u, () => zoomed(false));
  else return false;
  return true;
}
