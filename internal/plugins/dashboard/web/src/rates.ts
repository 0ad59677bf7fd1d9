// What heka keeps a history of for each plugin, and how it is written.
import type { Rates } from './api';
import { brief, bytes, nanoseconds } from './format';

interface Rate {
  title: string;
  /** Turns the number that heka gives into the one that is shown. */
  factor: number;
  write(n: number): string;
  /** The unit of a chart's axis. */
  axis?: 'B' | 'ns';
}

const perSecond = (title: string): Rate => ({ title, factor: 1, write: (n) => brief(n) + '/s' });
const share = (title: string): Rate => ({ title, factor: 100, write: (n) => brief(n) + '\u00a0%' });
const duration = (title: string): Rate => ({ title, factor: 1, write: nanoseconds, axis: 'ns' });
const size = (title: string): Rate => ({ title, factor: 1, write: bytes, axis: 'B' });

export const rates: Record<keyof Rates, Rate> = {
  messages: perSecond('messages'),
  errors: perSecond('errors'),
  bytes: { title: 'bytes read', factor: 1, write: (n) => bytes(n) + '/s', axis: 'B' },
  busy: share('busy'),
  fill: share('queue in memory'),
  blocked: share('waited for'),
  p50_ns: duration('half of the calls'),
  p95_ns: duration('95 of 100 calls'),
  p99_ns: duration('99 of 100 calls'),
  queued: { title: 'messages on disk', factor: 1, write: brief },
  lag_bytes: size('bytes behind'),
  lag_ns: duration('behind for'),
  memory: size('memory'),
};

export const isRate = (key: string): key is keyof Rates => key in rates;

/** A rate as it is shown, or null where there is none. */
export function rateOf(r: Rates | undefined, key: keyof Rates): number | null {
  const v = r?.[key];
  return v === undefined ? null : v * rates[key].factor;
}

/** Charts of a plugin: the first two always, the others once there is something in them. */
export const charts: { title: string; keys: (keyof Rates)[]; always?: boolean }[] = [
  { title: 'Messages per second', keys: ['messages', 'errors'], always: true },
  { title: 'Load', keys: ['busy', 'fill', 'blocked'], always: true },
  { title: 'Duration of calls', keys: ['p50_ns', 'p95_ns', 'p99_ns'] },
  { title: 'Memory', keys: ['memory'] },
  { title: 'Read per second', keys: ['bytes'] },
  { title: 'Messages in the queue on disk', keys: ['queued'] },
  { title: 'Bytes behind', keys: ['lag_bytes'] },
  { title: 'Time behind', keys: ['lag_ns'] },
];
