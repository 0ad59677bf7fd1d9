// The effective configuration; heka has put *** in place of secrets.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { parseConfig } from './config';
import { useText } from './fetched';

/** What says that nobody has set a value. */
const unset = /# default$/;

export function SettingsPage(): JSX.Element {
  const { text, error } = useText('api/v1/config', 30_000);
  const [q, search] = useState('');
  const [all, showAll] = useState(true);
  const words = q.toLowerCase();
  const sections = [...parseConfig(text ?? '')].flatMap(([name, s]) => {
    const lines = s.text.trimEnd().split('\n').filter((l) => /^\s*\[/.test(l) || ((all || !unset.test(l)) && (l + name).toLowerCase().includes(words)));
    const kept = lines.filter((l, i) => i === 0 || !/^\s*\[/.test(l) || (lines[i + 1] !== undefined && !/^\s*\[/.test(lines[i + 1])));
    return kept.length > 1 || !q ? [{ name, text: kept.join('\n') }] : [];
  });
  return (
    <>
      <h1>Settings</h1>
      <p class="soft">What this heka runs with, and where each value comes from. Secrets are masked.</p>
      <div class="filters">
        <label>Search <input type="search" value={q} placeholder="section, option or value" onInput={(e) => search(e.currentTarget.value)} /></label>
        <label class="check"><input type="checkbox" checked={all} onChange={(e) => showAll(e.currentTarget.checked)} /> Defaults too</label>
      </div>
      {error && <p class="note">{error}.</p>}
      {text !== undefined && !sections.length && <p class="soft">No line is like that.</p>}
      <div class="sections">{sections.map((s) => <pre class="text" key={s.name} tabIndex={0} aria-label={`Section ${s.name}`} role="region">{s.text}</pre>)}</div>
      <p class="soft">The same as data: <a href="data/heka_report.json">heka_report.json</a>, <a href="data/sandboxes.json">sandboxes.json</a>,{' '}
        <a href="api/v1/report">report</a>, <a href="api/v1/topology">topology</a>, <a href="metrics">metrics</a>.</p>
    </>
  );
}
