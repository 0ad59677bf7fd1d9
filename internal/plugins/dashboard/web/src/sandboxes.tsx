// Filters with what they injected.
import type { JSX } from 'preact';
import type { Sandbox } from './api';
import { useJSON } from './fetched';
import { compare } from './format';
import { link } from './route';

/** The list of all filters, or of one. */
export function SandboxesPage({ only }: { only?: string }): JSX.Element {
  const { value, error } = useJSON<{ sandboxes: Sandbox[] }>('data/sandboxes.json');
  const list = (value?.sandboxes ?? []).filter((s) => !only || s.Name === only).sort((a, b) => compare(a.Name, b.Name));
  return (
    <>
      <h1>Sandboxes</h1>
      {!list.length && <p>{value ? 'No sandbox has written anything yet.' : error ? `There is no list yet: ${error}` : '…'}</p>}
      <div class="columns">{list.map((s) => (
        <section class="card" key={s.Name}><h2><a href={link('plugins', 'filters', s.Name)}>{s.Name}</a></h2><Outputs sandbox={s} /></section>
      ))}</div>
    </>
  );
}

/** The outputs of one filter. */
export function Outputs({ sandbox }: { sandbox: Sandbox }): JSX.Element {
  const outputs = [...(sandbox.Outputs ?? [])].sort((a, b) => compare(a.Name, b.Name));
  return (
    <table role="table" class="tight"><caption class="unseen">Outputs of {sandbox.Name}</caption>
      <thead><tr><th scope="col">Name</th><th scope="col">Type</th></tr></thead>
      <tbody>{outputs.map((o) => {
        const file = o.Filename.replace(/^data\//, '');
        return <tr key={file}><th scope="row"><a href={link('sandboxes', sandbox.Name, 'outputs', file)}>{o.Name || '[Untitled]'}</a></th>
          <td data-label="Type">{file.slice(file.lastIndexOf('.') + 1).toUpperCase()}</td></tr>;
      })}</tbody>
    </table>
  );
}
