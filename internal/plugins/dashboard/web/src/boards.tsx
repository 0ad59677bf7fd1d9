// Boards: their list, and one of them to look at or to change.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Sandbox, Snapshot } from './api';
import { Blank, Icon } from './bits';
import { boards, forget, keep, readPanel, readPanels, share, writePanel, type Board, type Panel } from './board';
import { Confirm } from './confirm';
import { useConfig } from './config';
import { useJSON } from './fetched';
import { PanelForm } from './panelform';
import { PanelBody, panelLink, panelTitle } from './panel';
import { link, setQuery } from './route';
import type { PageProps } from './shell';

type Props = PageProps & { snapshot: Snapshot };

export function BoardsPage(props: Props): JSX.Element {
  const name = props.route.path[1];
  return name ? <BoardPage {...props} name={name} /> : <List {...props} />;
}

/** All boards of this browser; ?add= has a panel that shall go on one of them. */
function List({ route, snapshot }: Props): JSX.Element {
  const [all, setAll] = useState(boards);
  const [name, setName] = useState('');
  const outputs = useJSON<{ sandboxes: Sandbox[] }>('data/sandboxes.json', 10_000).value?.sandboxes ?? [];
  const add = readPanel(route.query.get('add') ?? '');
  const open = (board: Board) => {
    keep(board);
    location.hash = link('boards', board.name);
  };
  const make = (panels: Panel[]) => open({ name: name.trim() || unused(all), panels });
  const put = (board: Board) => open({ ...board, panels: [...board.panels, add!] });
  return (
    <>
      <h1>Boards</h1>
      {add ? <p>Where shall <b>{panelTitle(add)}</b> stand?</p> : <p class="soft">A board shows graphs and figures of your choice side by side. Boards are kept in this browser; a link hands them on.</p>}
      {!all.length && !add && <Blank title="There is no board yet">Give it a name below, or take the suggestion: what flows, and all that scripts draw.</Blank>}
      {all.length > 0 && <ul class="plain columns">{all.map((b) => (
        <li class="card" key={b.name}>
          <h2><a href={link('boards', b.name)}>{b.name}</a></h2>
          <p class="soft">{b.panels.length === 1 ? '1 panel' : `${b.panels.length} panels`}{b.panels.length > 0 && ': '}{b.panels.slice(0, 4).map(panelTitle).join('; ')}{b.panels.length > 4 && '; …'}</p>
          <p class="actions">{add ? <button class="main" onClick={() => put(b)}>Put it here</button>
            : <><a class="button" href={`#wall?show=${encodeURIComponent(`board:${b.name}`)}`}><Icon name="screen" /> Wall</a>
              <Confirm word="Delete" what={b.name} act={() => { forget(b.name); setAll(boards()); }} /></>}</p>
        </li>
      ))}</ul>}
      <form class="filters" onSubmit={(e) => { e.preventDefault(); make(add ? [add] : []); }}>
        <label>New board <input value={name} maxLength={60} placeholder={unused(all)} onInput={(e) => setName(e.currentTarget.value)} /></label>
        <button class={add || !all.length ? 'main' : ''} type="submit">{add ? 'Put it on a new board' : 'Make it'}</button>
        {!add && <button type="button" onClick={() => make(suggestion(outputs, snapshot))}>Take the suggestion</button>}
      </form>
    </>
  );
}

function unused(all: Board[]): string {
  const names = new Set(all.map((b) => b.name));
  for (let i = 1; ; i++) {
    const name = i === 1 ? 'My board' : `My board ${i}`;
    if (!names.has(name)) return name;
  }
}

/** The state, what flows, all graphs of scripts, and what waits on disk. */
function suggestion(sandboxes: Sandbox[], { topology }: Snapshot): Panel[] {
  const graphs = sandboxes.flatMap((s) => (s.Outputs ?? []).filter((o) => o.Filename.endsWith('.cbuf')).map((o) => [s.Name, o.Filename.replace(/^data\//, '')]));
  const queues = topology.nodes.filter((n) => n.buffered && n.kind !== 'heka').map((n) => [n.kind + 's', n.name, 'lag_bytes']);
  return [{ kind: 'heka', of: ['state'], wide: 1 }, { kind: 'heka', of: ['throughput'], wide: 2 },
    ...graphs.slice(0, 8).map((of): Panel => ({ kind: 'output', of, wide: 1 })), ...queues.slice(0, 2).map((of): Panel => ({ kind: 'chart', of, wide: 1 }))];
}

const ranges: [number, string][] = [[0, 'all there is'], [60, 'the last minute'], [300, 'the last 5 minutes'], [900, 'the last 15 minutes'], [3600, 'the last hour'], [86400, 'the last day']];

/** One board: as the address has it, else as it was kept. */
function BoardPage(props: Props & { name: string }): JSX.Element {
  const { name, route } = props;
  const [, redraw] = useState(0);
  const [shared, setShared] = useState('');
  const kept = boards().find((b) => b.name === name);
  const words = route.query.getAll('p');
  const foreign = words.length > 0 && words.join() !== kept?.panels.map(writePanel).join();
  const board: Board = { name, panels: words.length ? readPanels(words) : kept?.panels ?? [] };
  const editing = route.query.get('edit') === '1' && !foreign;
  const range = Number(route.query.get('range')) || 0;
  const change = (panels: Panel[]) => {
    keep({ name, panels });
    setShared('');
    if (words.length) location.hash = link('boards', name) + '?edit=1';
    redraw((n) => n + 1);
  };
  const handOn = () => {
    const address = share(board) + (range ? `&range=${range}` : '');
    setShared(address);
    void navigator.clipboard?.writeText(address).catch(() => {});
  };
  return (
    <>
      <p class="crumbs"><a href="#boards">Boards</a></p>
      <div class="title">
        <h1>{name}</h1>
        <div class="actions">
          <label class="check soft">Show <select value={range} onChange={(e) => setQuery({ range: e.currentTarget.value === '0' ? '' : e.currentTarget.value })}>{ranges.map(([s, text]) => <option key={s} value={s}>{text}</option>)}</select></label>
          {!foreign && <button aria-pressed={editing} onClick={() => setQuery({ edit: editing ? '' : '1' })}>Change</button>}
          <button onClick={handOn}>Share</button>
          <a class="button" href={`#wall?show=${encodeURIComponent(`board:${name}`)}`}><Icon name="screen" /> Wall</a>
        </div>
      </div>
      {shared && <p class="note ok"><label class="form">Whoever may see this heka sees the board here: <input readOnly value={shared} onFocus={(e) => e.currentTarget.select()} /></label></p>}
      {foreign && <p class="note">This board came with a link{kept && ' and is not the one of that name that you have'}. <button onClick={() => { keep(board); location.hash = link('boards', name); }}>{kept ? 'Put it in its place' : 'Keep it'}</button></p>}
      {!board.panels.length && !editing && <Blank title="The board is empty"><p><button class="main" onClick={() => setQuery({ edit: '1' })}>Choose what it shows</button></p></Blank>}
      {editing && <PanelForm snapshot={props.snapshot} add={(p) => change([...board.panels, p])} />}
      <Panels {...props} board={board} range={range} change={editing ? change : undefined} />
    </>
  );
}

/** The panels side by side; with change each can be moved, widened and removed. */
export function Panels({ board, range, change, height = 200, ...props }: Props & { board: Board; range: number; height?: number; change?(panels: Panel[]): void }): JSX.Element {
  const config = useConfig();
  const { panels } = board;
  const swap = (i: number, j: number) => { const next = [...panels]; [next[i], next[j]] = [next[j], next[i]]; change!(next); };
  return (
    <div class="board">{panels.map((p, i) => {
      const title = panelTitle(p);
      return (
        <section class={`card w${p.wide} k-${p.kind}`} key={`${writePanel({ ...p, wide: 1 })} ${panels.slice(0, i).filter((q) => writePanel(q) === writePanel(p)).length}`} aria-label={title}>
          <div class="head"><h2><a href={panelLink(p)}>{title}</a></h2>
            {change && <span class="actions">
              <button class="square" disabled={i === 0} aria-label={`Move ${title} forward`} onClick={() => swap(i, i - 1)}>←</button>
              <button class="square" disabled={i === panels.length - 1} aria-label={`Move ${title} back`} onClick={() => swap(i, i + 1)}>→</button>
              <button aria-label={`Width of ${title}: ${p.wide} of 3`} onClick={() => change(panels.map((q, j) => (j === i ? { ...q, wide: (q.wide % 3) + 1 } : q)))}>{p.wide}/3</button>
              <button class="square danger" aria-label={`Remove ${title}`} onClick={() => change(panels.filter((_, j) => j !== i))}>✕</button>
            </span>}
          </div>
          <PanelBody {...props} panel={p} config={config} range={range} height={height} />
        </section>
      );
    })}</div>
  );
}
