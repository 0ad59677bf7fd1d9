// What went wrong: ended plugins, warnings and errors.
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Line } from './api';
import { useJSON, useText } from './fetched';
import { date, iso } from './format';
import { Lines } from './logs';
import { Table } from './bits';
import { link, setQuery } from './route';
import type { State } from './store';
import type { PageProps } from './shell';

const key = 'heka.seen';

const isBad = (l: Line) => l.level === 'WARN' || l.level === 'ERROR';

/** How many events came since the page was last looked at. */
export function unread(state: State): number {
  const seen = Number(localStorage.getItem(key) ?? 0);
  return state.logs.reduce((n, l) => n + (isBad(l) && l.time > seen ? 1 : 0), 0);
}

interface Ended { id: string; at: number; plugin: string; text: string }

export function EventsPage({ state, route }: PageProps): JSX.Element {
  const { text } = useText('data/heka_sandbox_termination.tsv', 5000, state.paused);
  const events = useJSON<Line[]>('api/v1/events', 2000, state.paused);
  const q = (route.query.get('q') ?? '').toLowerCase();
  useEffect(() => localStorage.setItem(key, String(Date.now())));
  const ended: Ended[] = (text ?? '').split('\n').filter(Boolean).map((l, i) => {
    const [seconds, plugin, ...rest] = l.split('\t');
    return { id: String(i), at: Number(seconds) * 1000, plugin, text: rest.join(' ') };
  });
  const passes = (s: string) => s.toLowerCase().includes(q);
  return (
    <>
      <h1>Events</h1>
      <div class="filters"><label>Search <input type="search" value={route.query.get('q') ?? ''} onInput={(e) => setQuery({ q: e.currentTarget.value })} /></label></div>
      <section><h2>Termination Report</h2>
        <Table caption="Ended plugins" rows={ended.filter((e) => passes(e.plugin + ' ' + e.text)).reverse()} id={(e) => e.id} empty="No plugins have been terminated" columns={[
          { key: 'date', title: 'Date', cell: (e) => <time dateTime={iso(e.at)} title={iso(e.at)}>{date(e.at)}</time> },
          { key: 'plugin', title: 'Plugin', cell: (e) => <a href={link('plugins', 'filters', e.plugin)}>{e.plugin}</a> },
          { key: 'message', title: 'Message', wide: true, cell: (e) => e.text },
        ]} />
      </section>
      <section><h2>Warnings and errors</h2><Lines lines={(events.value ?? []).filter((l) => passes(`${l.plugin} ${l.text}`))} empty="There were none" /></section>
    </>
  );
}
