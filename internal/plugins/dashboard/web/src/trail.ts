// Counters over time, from when somebody first wanted to see them.
import type { Report } from './api';

/** The most moments that are kept: a quarter of an hour. */
const most = 900;

export interface Trail {
  /** Seconds since the epoch. */
  times: number[];
  values: Map<string, (number | null)[]>;
}

const trails = new Map<string, Trail>();

/** What is known of a plugin's counters; it grows from the first call on. */
export function trail(category: string, name: string): Trail {
  const key = `${category}/${name}`;
  let t = trails.get(key);
  if (!t) trails.set(key, (t = { times: [], values: new Map() }));
  return t;
}

/** Adds what a report says. */
export function note(r: Report): void {
  if (!trails.size) return;
  const now = r.time / 1000;
  for (const p of r.plugins) {
    const t = trails.get(`${p.category}/${p.name}`);
    if (!t || t.times.at(-1)! >= now) continue;
    const rows = t.times.length;
    for (const c of p.counters) {
      if (typeof c.value !== 'number') continue;
      let values = t.values.get(c.name);
      if (!values) t.values.set(c.name, (values = new Array<null>(rows).fill(null)));
      values.push(c.value);
    }
    t.times.push(now);
    for (const values of t.values.values()) if (values.length < t.times.length) values.push(null);
    if (t.times.length <= most) continue;
    t.times.shift();
    for (const values of t.values.values()) values.shift();
  }
}

/** A counter's course as data for a chart. */
export function course(t: Trail, name: string): (number | null)[][] {
  return [[...t.times], [...(t.values.get(name) ?? [])]];
}
