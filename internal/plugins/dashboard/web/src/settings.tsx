// The effective configuration; heka has put *** in place of secrets.
import type { JSX } from 'preact';
import { useText } from './fetched';
import type { PageProps } from './shell';

export function SettingsPage({ state }: PageProps): JSX.Element {
  const { text, error } = useText('api/v1/config', 30_000, state.paused);
  return (
    <>
      <h1>Settings</h1>
      <p>What this heka runs with, defaults and their origin included. Secrets are masked.</p>
      {error && <p class="note">{error}.</p>}
      {text !== undefined && <pre class="text" tabIndex={0} aria-label="Effective configuration">{text}</pre>}
      <p class="soft">The same as data: <a href="data/heka_report.json">heka_report.json</a>, <a href="data/sandboxes.json">sandboxes.json</a>,{' '}
        <a href="api/v1/report">report</a>, <a href="api/v1/topology">topology</a>, <a href="metrics">metrics</a>.</p>
    </>
  );
}
