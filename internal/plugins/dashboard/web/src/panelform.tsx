// The form that puts a panel on a board.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Sandbox, Snapshot } from './api';
import type { Kind, Panel } from './board';
import { useJSON } from './fetched';
import { compare } from './format';
import { hekaPanels, titleOf, valuesOf } from './panel';

const kinds: [Kind, string][] = [['chart', 'a chart'], ['figure', 'a figure'], ['output', 'what a script wrote'], ['heka', 'heka as a whole']];

export function PanelForm({ snapshot, add }: { snapshot: Snapshot; add(p: Panel): void }): JSX.Element {
  const [kind, setKind] = useState<Kind>('chart');
  const [source, setSource] = useState('');
  const [wanted, setWanted] = useState('');
  const boxes = useJSON<{ sandboxes: Sandbox[] }>('data/sandboxes.json', 10_000).value?.sandboxes ?? [];
  const plugins = snapshot.report.plugins.filter((p) => p.category !== 'globals' && valuesOf(p).length).sort((a, b) => compare(a.name, b.name));
  const files = boxes.flatMap((s) => (s.Outputs ?? []).map((o) => ({ of: [s.Name, o.Filename.replace(/^data\//, '')], title: `${o.Name || '[Untitled]'} · ${s.Name} (${o.Filename.slice(o.Filename.lastIndexOf('.') + 1)})` })));
  const choices: [string[], string][] = kind === 'heka' ? Object.entries(hekaPanels).map(([k, title]) => [[k], title])
    : kind === 'output' ? files.map((f) => [f.of, f.title])
    : plugins.map((p) => [[p.category, p.name], `${p.name} (${p.category.replace(/s$/, '')})`]);
  const of = (choices.find(([path]) => path.join('/') === source) ?? choices[0])?.[0];
  const values = kind === 'chart' || kind === 'figure' ? valuesOf(plugins.find((p) => p.category === of?.[0] && p.name === of[1])) : [];
  const one = values.includes(wanted) ? wanted : values[0];
  const put = () => { if (of) add({ kind, of: values.length ? [...of, one!] : of, wide: kind === 'heka' ? 3 : 1 }); };
  return (
    <form class="filters card" aria-label="Add a panel" onSubmit={(e) => { e.preventDefault(); put(); }}>
      <label>Add <select value={kind} onChange={(e) => setKind(e.currentTarget.value as Kind)}>{kinds.map(([k, title]) => <option key={k} value={k}>{title}</option>)}</select></label>
      {of ? <label>of <select value={of.join('/')} onChange={(e) => setSource(e.currentTarget.value)}>{choices.map(([path, title]) => <option key={path.join('/')} value={path.join('/')}>{title}</option>)}</select></label>
        : <span class="soft">No script has written anything yet.</span>}
      {values.length > 0 && <label>Value <select value={one} onChange={(e) => setWanted(e.currentTarget.value)}>{values.map((v) => <option key={v} value={v}>{titleOf(v)}</option>)}</select></label>}
      <button type="submit" class="main" disabled={!of}>Add</button>
    </form>
  );
}
