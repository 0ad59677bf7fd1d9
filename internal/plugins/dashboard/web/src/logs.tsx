// heka's log.
import type { JSX } from 'preact';
import type { Line } from './api';
import { date, iso, time } from './format';
import { setQuery } from './route';
import type { PageProps } from './shell';

const levels = ['DEBUG', 'INFO', 'WARN', 'ERROR'];

export function LogsPage({ state, route }: PageProps): JSX.Element {
  const q = route.query.get('q') ?? '';
  const least = route.query.get('level') ?? '';
  const words = q.toLowerCase();
  const lines = state.logs.filter((l) => (!least || levels.indexOf(l.level) >= levels.indexOf(least)) && (!q || `${l.plugin ?? ''} ${l.text}`.toLowerCase().includes(words)));
  return (
    <>
      <h1>Logs</h1>
      <div class="filters">
        <label>Search <input type="search" value={q} onInput={(e) => setQuery({ q: e.currentTarget.value })} /></label>
        <label>Level <select value={least} onChange={(e) => setQuery({ level: e.currentTarget.value })}>
          <option value="">all</option><option value="WARN">warnings and errors</option><option value="ERROR">errors</option></select></label>
      </div>
      <Lines lines={lines.slice(-500)} empty="No line is like that" />
    </>
  );
}

/** Lines, newest first. */
export function Lines({ lines, empty }: { lines: Line[]; empty: string }): JSX.Element {
  if (!lines.length) return <p class="soft">{empty}.</p>;
  return (
    <ol class="lines" reversed>{[...lines].reverse().map((l) => (
      <li key={l.seq} class={l.level.toLowerCase()}>
        <time dateTime={iso(l.time)} title={`${date(l.time)} · ${iso(l.time)}`}>{time(l.time)}</time> <b>{l.level}</b>{' '}
        <span class="who">{l.plugin}</span>{' '}<span class="said">{l.text}</span>
      </li>
    ))}</ol>
  );
}
