// Numbers, units and times as people read them.

const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const fine = new Intl.NumberFormat(undefined, { maximumFractionDigits: 2 });
const short = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });

/** 1234567 → 1,234,567 */
export const count = (n: number): string => whole.format(n);

/** 12345 → 12.3k */
export function brief(n: number, binary = false): string {
  const step = binary ? 1024 : 1000;
  const names = binary ? ['', 'Ki', 'Mi', 'Gi', 'Ti'] : ['', 'k', 'M', 'G', 'T'];
  let i = 0;
  while (Math.abs(n) >= step && i < names.length - 1) {
    n /= step;
    i++;
  }
  return (Math.abs(n) < 1 ? fine : short).format(n) + names[i];
}

export const bytes = (n: number): string => (Math.abs(n) < 1024 ? `${whole.format(n)} B` : `${brief(n, true).replace(/(\D*)$/, '\u00a0$1')}B`);

/** Nanoseconds with the unit that fits. */
export function nanoseconds(n: number): string {
  for (const [size, unit] of [[1e9, 's'], [1e6, 'ms'], [1e3, 'µs']] as const) {
    if (n >= size) return n >= 120e9 ? span(n / 1e6) : `${short.format(n / size)} ${unit}`;
  }
  return `${whole.format(n)} ns`;
}

/** Milliseconds as 3 d 4 h, 5 min 6 s. */
export function span(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  if (s < 86400) return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
  return `${Math.floor(s / 86400)} d ${Math.floor((s % 86400) / 3600)} h`;
}

export const percent = (share: number): string => `${whole.format(share * 100)} %`;

/** A value of the report. */
export function value(v: number | string | boolean, unit?: string): string {
  if (typeof v !== 'number') return String(v);
  switch (unit) {
    case 'ns': return nanoseconds(v);
    case 'B': return bytes(v);
    default: return Number.isInteger(v) ? count(v) : String(v);
  }
}

const clocks = new Map<string, Intl.DateTimeFormat>();

function clock(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = JSON.stringify(options);
  let c = clocks.get(key);
  if (!c) clocks.set(key, (c = new Intl.DateTimeFormat(undefined, options)));
  return c;
}

/** The time of day of a moment in milliseconds. */
export const time = (ms: number): string => clock({ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }).format(ms);

/** Day and time of a moment in milliseconds. */
export const date = (ms: number, utc = false): string =>
  clock({ year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23', ...(utc ? { timeZone: 'UTC' } : {}) }).format(ms);

export const iso = (ms: number): string => (Number.isFinite(ms) ? new Date(ms).toISOString() : '');

/** What a graph covers: "1 minute aggregation for the last day". */
export function coverage(secondsPerRow: number, rows: number): string {
  const amount = (s: number): [string, string] => {
    const [n, unit] = s < 60 ? [s, 'second'] : s < 3600 ? [s / 60, 'minute'] : s < 86400 ? [s / 3600, 'hour'] : [s / 86400, 'day'];
    return [String(Math.round(n * 100) / 100), unit];
  };
  const [n, unit] = amount(secondsPerRow);
  const [m, all] = amount(secondsPerRow * rows);
  return `${n} ${unit} aggregation for the last ${m === '1' ? all : `${m} ${all}s`}`;
}

const order = new Intl.Collator(undefined, { numeric: true });

/** Puts texts in order, numbers within them by their value. */
export const compare = order.compare;
