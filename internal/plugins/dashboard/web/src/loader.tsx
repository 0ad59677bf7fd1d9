// The form that loads a filter into a running heka, or puts a new one in its place.
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { ask, json, type Sandboxes } from './api';
import { link } from './route';

const config = `[my_filter]
type = "SandboxFilter"
message_matcher = "Type == 'logfile'"
ticker_interval = 10
`;

const script = `local count = 0

function process_message()
    count = count + 1
    return 0
end

function timer_event(ns)
    inject_payload("txt", "count", count)
end
`;

interface Order { manager: string; config: string; script: string; replace: boolean }

/** With a name the form starts with what that filter was loaded with. */
export function Loader({ name, sandboxes }: { name: string; sandboxes: Sandboxes }): JSX.Element {
  const [order, setOrder] = useState<Order>({ manager: '', config: name ? '' : config, script: name ? '' : script, replace: !!name });
  const [error, setError] = useState('');
  const [loaded, setLoaded] = useState('');
  const [busy, setBusy] = useState(false);
  const change = (part: Partial<Order>) => { setOrder((o) => ({ ...o, ...part })); setLoaded(''); };
  useEffect(() => {
    if (!name) return;
    json<{ manager: string; config: string; script: string }>(`api/v1/sandboxes/${encodeURIComponent(name)}`)
      .then((f) => change({ manager: f.manager, config: f.config, script: f.script }), (e: Error) => setError(e.message));
  }, [name]);
  const send = async () => {
    setBusy(true);
    setError('');
    setLoaded('');
    try {
      const result = await json<{ name: string }>('api/v1/sandboxes', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(order) });
      setLoaded(result.name);
    } catch (e) {
      setError((e as Error).message);
    }
    setBusy(false);
  };
  const read = async (file?: File) => { if (file) change({ script: await file.text() }); };
  return (
    <form class="card form" aria-label={name ? `Change ${name}` : 'Load a filter'} onSubmit={(e) => { e.preventDefault(); void send(); }}>
      <h2>{name ? `Change ${name}` : 'Load a filter'}</h2>
      <div class="two">
        <label>Configuration, a section in TOML
          <textarea rows={12} required spellcheck={false} value={order.config} aria-invalid={!!error} aria-describedby="loader-error" onInput={(e) => change({ config: e.currentTarget.value })} /></label>
        <label>Script in Lua
          <textarea rows={12} spellcheck={false} value={order.script} onInput={(e) => change({ script: e.currentTarget.value })} /></label>
      </div>
      <div id="loader-error" role="alert">{error && <pre class="note critical">{error}</pre>}</div>
      <div class="filters">
        {sandboxes.managers.length > 1 && <label>Manager <select value={order.manager} onChange={(e) => change({ manager: e.currentTarget.value })}>
          <option value="">…</option>{sandboxes.managers.map((m) => <option key={m.name} value={m.name}>{m.name}, {m.running} of {m.max_filters} run</option>)}</select></label>}
        <label>Script from a file <input type="file" accept=".lua,text/*" onChange={(e) => void read(e.currentTarget.files?.[0])} /></label>
        <label class="check"><input type="checkbox" checked={order.replace} onChange={(e) => change({ replace: e.currentTarget.checked })} /> Take the place of a filter of that name</label>
        <span class="actions">
          <button class="main" type="submit" disabled={busy}>{busy ? 'Loading…' : 'Load'}</button>
          <a class="button" href="#sandboxes">Close</a>
        </span>
      </div>
      <p role="status">{loaded && <span class="note ok">Loaded: <a href={link('plugins', 'filters', loaded)}>{loaded}</a> runs.</span>}</p>
    </form>
  );
}

/** Unloads a filter; purge deletes what it preserved. */
export async function unload(name: string, manager: string, purge: boolean): Promise<void> {
  await ask(`api/v1/sandboxes/${encodeURIComponent(name)}?${new URLSearchParams({ manager, purge: String(purge) })}`, { method: 'DELETE' });
}
