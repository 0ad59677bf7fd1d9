// Filters that run scripts: what they do, what they use, what they found; and, for
// those who may, loading and unloading them.
import type { JSX } from 'preact';
import type { Sandbox, SandboxFilter, Sandboxes } from './api';
import { Blank, Fill, PluginLink, Status } from './bits';
import { Confirm } from './confirm';
import { useJSON } from './fetched';
import { brief, bytes, compare, count, date, iso, percent, span, value } from './format';
import { Loader, unload } from './loader';
import { link } from './route';
import type { PageProps } from './shell';
import { Thumb } from './thumb';

/** The list of all filters, or of one; ?load= has the form. */
export function SandboxesPage({ state, route, only }: PageProps & { only?: string }): JSX.Element {
  const files = useJSON<{ sandboxes: Sandbox[] }>('data/sandboxes.json', 2000, state.paused);
  const api = useJSON<Sandboxes>('api/v1/sandboxes', 2000, state.paused);
  const written = new Map((files.value?.sandboxes ?? []).map((s) => [s.Name, s]));
  const known = new Map((api.value?.filters ?? []).map((f) => [f.name, f]));
  const names = [...new Set([...written.keys(), ...known.keys()])].filter((n) => !only || n === only).sort(compare);
  const loading = route.query.get('load');
  const may = !!api.value?.control;
  return (
    <>
      <div class="title"><h1>Sandboxes</h1>{may && loading === null && <p class="actions"><a class="button" href="#sandboxes?load=">Load a filter</a></p>}</div>
      {loading !== null && api.value && <Loader key={loading} name={loading} sandboxes={api.value} />}
      {!names.length && (api.value || files.value ? <Blank title="No filter runs a script">
        A section of type <code>SandboxFilter</code> in the configuration runs one; what it injects with <code>inject_payload</code> is shown here.</Blank>
        : <p class="soft">{api.error ?? files.error ?? '…'}</p>)}
      <div class="columns">{names.map((n) => <Card key={n} name={n} filter={known.get(n)} written={written.get(n)} may={may} paused={state.paused} />)}</div>
      {api.value && !may && <details class="gap soft"><summary>Filters can be loaded and unloaded from here</summary>
        <p>That takes a section of type <code>SandboxManagerFilter</code>, and in that of the DashboardOutput <code>control = true</code> with a <code>password</code> or <code>token</code>.
        {api.value.managers.length > 0 ? ' There is a manager already.' : ''}</p></details>}
    </>
  );
}

interface CardProps { name: string; filter?: SandboxFilter; written?: Sandbox; may: boolean; paused: boolean }

function Card({ name, filter: f, written, may, paused }: CardProps): JSX.Element {
  const ended = f?.state.startsWith('terminated');
  return (
    <section class="card" aria-label={name}>
      <div class="head">
        <h2>{ended ? name : <PluginLink category="filters" name={name} />} {f?.manager && <small class="soft">loaded by {f.manager}</small>}</h2>
        {f && <Status health={f.health} />}
      </div>
      {f && f.health.level !== 'ok' && <p class="note critical">{f.state}</p>}
      {f && !ended && <p class="soft counts">{brief(f.rates.messages)}/s, {count(f.processed)} processed, {f.failures > 0 ? <b>{count(f.failures)} failed</b> : 'none failed'}, {count(f.injected)} injected
        {f.since ? <>, up for <time dateTime={iso(f.since)} title={date(f.since)}>{span(Date.now() - f.since)}</time></> : ''}</p>}
      {f && !ended && <Limits of={f} />}
      <Outputs sandbox={written} published={f?.outputs} paused={paused} previews />
      {may && f?.manager && <p class="actions gap">
        <a class="button" href={`#sandboxes?load=${encodeURIComponent(name)}`} aria-label={`Change ${name}`}>Change</a>
        <Confirm word="Unload" what={name} option="with what it preserved" act={(purge) => unload(name, f.manager!, purge)} />
      </p>}
    </section>
  );
}

function Limits({ of: f }: { of: SandboxFilter }): JSX.Element {
  const rows: [string, number, number, string][] = [['Memory', f.memory, f.memory_limit, 'B'], ['Instructions', f.max_instructions, f.instruction_limit, ''], ['Output', f.max_output, f.output_limit, 'B']];
  return (
    <div class="usage">{rows.map(([title, used, limit, unit]) => [
      <span key={title}>{title}</span>,
      limit > 0 ? <Fill key={title + '='} used={used} of={limit} wide label={`${title} of ${f.name}`} text={`${value(used, unit)} of ${value(limit, unit)}, ${percent(used / limit)}`} /> : <span key={title + '='}>{value(used, unit)}</span>,
    ])}</div>
  );
}

const bare = (s: string) => s.replace(/\W/g, '');

interface OutputsProps { sandbox?: Sandbox; published?: SandboxFilter['outputs']; paused?: boolean; previews?: boolean }

/** The outputs of one filter, graphs with a small picture. */
export function Outputs({ sandbox, published = [], paused = false, previews }: OutputsProps): JSX.Element {
  const outputs = [...(sandbox?.Outputs ?? [])].sort((a, b) => compare(a.Name, b.Name));
  if (!sandbox || !outputs.length) return <p class="soft">It has written nothing yet.</p>;
  return (
    <ul class="results">{outputs.map((o) => {
      const file = o.Filename.replace(/^data\//, '');
      const type = file.slice(file.lastIndexOf('.') + 1);
      const newest = published.find((p) => p.name === o.Name && bare(p.type) === type);
      return <li key={file}>
        <span class="kind">{type.toUpperCase()}</span>
        <a href={link('sandboxes', sandbox.Name, 'outputs', file)}>{o.Name || '[Untitled]'}</a>
        {newest && <span class="soft counts"> {bytes(newest.bytes)}, <time dateTime={iso(newest.time)} title={date(newest.time)}>{span(Date.now() - newest.time)} ago</time></span>}
        {previews && type === 'cbuf' && <Thumb file={file} name={o.Name} paused={paused} />}
      </li>;
    })}</ul>
  );
}
