// What is drawn over a chart: the unfinished row, limits, annotations.
import type uPlot from 'uplot';
import type { Annotation } from './cbuf';
import { colour } from './theme';

/** A bound of what a chart shows, in the unit of the chart. */
export interface Limit { value: number; label: string }

/** Marks the last row, which is not yet whole. */
export function lastRow(u: uPlot): void {
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

/** Draws limits as dashed lines with their names. */
export function limitLines(u: uPlot, limits: Limit[]): void {
  const { ctx, bbox } = u;
  const r = devicePixelRatio;
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = colour('critical');
  ctx.font = `${11 * r}px system-ui, sans-serif`;
  ctx.textAlign = 'right';
  ctx.lineWidth = 1.5 * r;
  ctx.setLineDash([7 * r, 4 * r]);
  for (const { value, label } of limits) {
    const y = u.valToPos(value, 'y', true);
    if (!(y >= bbox.top && y <= bbox.top + bbox.height)) continue;
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    const above = y - bbox.top > 16 * r;
    ctx.textBaseline = above ? 'bottom' : 'top';
    ctx.fillText(label, bbox.left + bbox.width - 4 * r, y + (above ? -3 : 3) * r);
  }
  ctx.restore();
}

/** Draws the annotations as flags on their series. */
export function flags(u: uPlot, list: Annotation[], hidden: ReadonlySet<number>): void {
  const { ctx, bbox } = u;
  const r = devicePixelRatio;
  ctx.save();
  ctx.font = `${12 * r}px system-ui, sans-serif`;
  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
  for (const a of list) {
    const x = u.valToPos(a.x / 1000, 'x', true);
    if (hidden.has(a.col - 1) || x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.strokeStyle = ctx.fillStyle = colour('warning');
    ctx.beginPath();
    ctx.moveTo(x, bbox.top + 9 * r);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    const width = Math.max(16 * r, ctx.measureText(a.shortText).width + 8 * r);
    ctx.fillRect(x - width / 2, bbox.top, width, 18 * r);
    ctx.fillStyle = colour('paper');
    ctx.fillText(a.shortText, x, bbox.top + 9 * r);
  }
  ctx.restore();
}
