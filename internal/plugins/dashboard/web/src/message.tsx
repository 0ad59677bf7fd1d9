// A message of heka, in one line and as a whole.
import type { JSX } from 'preact';
import type { Field, Message } from './api';
import { date, iso, time } from './format';

const severities = ['emergency', 'alert', 'critical', 'error', 'warning', 'notice', 'info', 'debug'];

/** When, what, from whom, and as much of the rest as fits. */
export function Glance({ message: m, from }: { message: Message; from: string }): JSX.Element {
  const ms = m.timestamp / 1e6;
  const line = m.payload?.split('\n', 1)[0] || (m.fields ?? []).map((f) => `${f.name}=${list(f).join(',')}`).join(' ');
  return (
    <>
      <time dateTime={iso(ms)} title={`${date(ms)} · ${iso(ms)}`}>{time(ms)}</time> <b>{m.type || '–'}</b> <span class="who">{m.logger || from}</span>{' '}
      <span class="said">{m.severity !== undefined && m.severity < 6 && <span class="severity">{severities[m.severity] ?? m.severity} </span>}{line.slice(0, 400)}</span>
    </>
  );
}

const list = (f: Field): unknown[] => (Object.entries(f).find(([key, v]) => key.startsWith('value_') && Array.isArray(v))?.[1] ?? []) as unknown[];

/** The message with its time as text and its fields as an object. */
export function whole(m: Message): Record<string, unknown> {
  return { ...m, timestamp: iso(m.timestamp / 1e6) || m.timestamp, ...(m.fields ? { fields: byName(m.fields) } : {}) };
}

/** Fields as an object; of those with the same name each has its number. */
function byName(fields: Field[]): Record<string, unknown> {
  const all: Record<string, unknown> = {};
  for (const f of fields) {
    const v = list(f);
    const unit = f.representation ? ` (${f.representation})` : '';
    let name = f.name + unit;
    for (let i = 2; name in all; i++) name = `${f.name}[${i}]${unit}`;
    all[name] = v.length === 1 ? v[0] : v;
  }
  return all;
}
