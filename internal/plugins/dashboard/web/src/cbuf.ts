// The text form of circular buffers: cbuf with all rows, cbufd with changed ones.

export interface ColumnInfo { name: string; unit: string; aggregation: string }
export interface Annotation { x: number; col: number; shortText: string; text: string }

export interface Buffer {
  time: number; secondsPerRow: number; columns: ColumnInfo[];
  annotations: Annotation[];
  options: { stackedGraph?: boolean; fillGraph?: boolean };
  /** Seconds since the epoch, then one list per column; null means no data. */
  data: (number | null)[][];
  /** The rows are those that changed. */
  delta: boolean;
}

/** Reads a buffer; throws an Error that says what is wrong with it. */
export function parseBuffer(text: string): Buffer {
  const lines = text.split('\n');
  let at = 0;
  const object = (): Record<string, unknown> => {
    const value = JSON.parse(lines[at++] ?? '');
    if (typeof value !== 'object' || value === null) throw new Error('the header is not an object');
    return value;
  };
  let header = object();
  let extra: Record<string, unknown> = {};
  // Whether a line before the header is there shows by what only the header has.
  if (!('column_info' in header)) {
    extra = header;
    header = object();
  }
  const columns = header.column_info as ColumnInfo[];
  const { time, seconds_per_row: step, columns: n } = header as Record<string, number>;
  if (!Array.isArray(columns) || columns.length !== n || !Number.isFinite(time) || !(step > 0)) throw new Error('the header of the buffer is incomplete');
  const data: (number | null)[][] = [[], ...columns.map(() => [])];
  const rows = lines.slice(at).filter((l) => l !== '').map((l) => l.split('\t'));
  const delta = rows.length > 0 && rows[0].length === n + 1;
  rows.forEach((cells, row) => {
    data[0].push(delta ? Number(cells[0]) : time + row * step);
    for (let c = 0; c < n; c++) {
      const v = Number(cells[delta ? c + 1 : c]);
      data[c + 1].push(Number.isFinite(v) ? v : null);
    }
  });
  return {
    time, secondsPerRow: step, columns, data, delta,
    annotations: [...list(extra.annotations), ...list(header.annotations)],
    options: { ...((extra.options ?? header.options ?? {}) as Buffer['options']) },
  };
}

/** Scripts write an empty list as {}. */
function list(v: unknown): Annotation[] {
  return Array.isArray(v) ? v.filter((a) => a && Number.isFinite(a.x)) : [];
}

/** The rows as comma-separated values, with the time in ISO form. */
export function toCSV(b: Buffer): string {
  const quote = (s: string) => (/[",\n]/.test(s) ? `"${s.replaceAll('"', '""')}"` : s);
  const head = ['time', ...b.columns.map((c) => quote(title(c)))].join(',');
  return head + '\n' + b.data[0].map((t, i) => [new Date(t! * 1000).toISOString(), ...b.data.slice(1).map((c) => c[i] ?? '')].join(',')).join('\n') + '\n';
}

export const title = (c: ColumnInfo): string => (c.unit ? `${c.name} (${c.unit})` : c.name);

export interface Summary { last: number | null; min: number | null; max: number | null; avg: number | null }

/** What a column shows within a range of time. */
export function summary(times: (number | null)[], column: (number | null)[], from: number, to: number): Summary {
  const s: Summary = { last: null, min: null, max: null, avg: null };
  let sum = 0;
  let n = 0;
  column.forEach((v, i) => {
    const t = times[i]!;
    if (v === null || t < from || t > to) return;
    s.last = v;
    s.min = s.min === null ? v : Math.min(s.min, v);
    s.max = s.max === null ? v : Math.max(s.max, v);
    sum += v;
    n++;
  });
  if (n) s.avg = sum / n;
  return s;
}

/** Cuts off what is older than so many seconds before the end. */
export function newest(data: (number | null)[][], seconds: number): (number | null)[][] {
  const last = data[0].at(-1);
  if (!seconds || last == null) return data;
  const from = data[0].findIndex((t) => t! >= last - seconds);
  return from > 0 ? data.map((c) => c.slice(from)) : data;
}
