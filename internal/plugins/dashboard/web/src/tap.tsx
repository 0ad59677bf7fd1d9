// Messages as they pass, chosen by a matcher.
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Blank } from './bits';
import { events, json, type Message, type Verdict } from './api';
import { count } from './format';
import { setQuery } from './route';
import { save } from './fetched';
import { JSONView } from './jsonview';
import { Glance, whole } from './message';
import { WouldMatch } from './recent';
import type { PageProps } from './shell';

interface Seen { id: number; raw: string; from: string; cut?: boolean; message: Message }
interface Counts { passed: number; looked: number; shown: number; skipped: number }

const most = 1000;
const rates = [10, 50, 200, 1000];

/** Asks, a moment after typing ends, whether an expression is one. */
function useVerdict(text: string): (Verdict & { on: string }) | undefined {
  const [verdict, set] = useState<Verdict & { on: string }>();
  useEffect(() => {
    const controller = new AbortController();
    const timer = setTimeout(() => {
      json<Verdict>('api/v1/match?match=' + encodeURIComponent(text), { signal: controller.signal }).then((v) => set({ ...v, on: text }), () => {});
    }, 150);
    return () => { clearTimeout(timer); controller.abort(); };
  }, [text]);
  return verdict;
}

export function TapPage({ route }: PageProps): JSX.Element {
  const match = route.query.get('match') ?? '';
  const rate = Number(route.query.get('rate')) || 50;
  const [text, setText] = useState(match);
  const verdict = useVerdict(text);
  const [seen, setSeen] = useState<Seen[]>([]);
  const [counts, setCounts] = useState<Counts>();
  const [error, setError] = useState('');
  const [paused, setPaused] = useState(false);
  const pausedNow = useRef(paused);
  pausedNow.current = paused;
  useEffect(() => setText(match), [match]);
  useEffect(() => {
    const controller = new AbortController();
    let waiting: Seen[] = [];
    let id = Date.now() * 1000;
    setError('');
    // Many messages a second are drawn together.
    const timer = setInterval(() => {
      if (!waiting.length) return;
      const fresh = waiting.reverse();
      waiting = [];
      setSeen((old) => [...fresh, ...old].slice(0, most));
    }, 200);
    events(`api/v1/tap?match=${encodeURIComponent(match)}&rate=${rate}`, controller.signal, (name, data) => {
      if (name === 'counts') setCounts(JSON.parse(data));
      else if (name === 'message' && !pausedNow.current && waiting.length < most) waiting.push({ ...JSON.parse(data), raw: data, id: id++ });
    }).then(() => setError('heka closed the stream'), (e) => { if (!controller.signal.aborted) setError(e.message); });
    return () => { controller.abort(); clearInterval(timer); };
  }, [match, rate]);
  const lines = () => seen.map(exact).reverse().join('\n') + '\n';
  const bad = verdict && !verdict.ok;
  return (
    <>
      <h1>Live tap</h1>
      <form class="filters" onSubmit={(e) => { e.preventDefault(); if (verdict?.ok) { setSeen([]); setQuery({ match: text }); } }}>
        <label class="grow">Message matcher <input value={text} spellcheck={false} autocomplete="off" placeholder="TRUE" aria-invalid={bad} aria-describedby="verdict" onInput={(e) => setText(e.currentTarget.value)} /></label>
        <label>At most <select value={rate} onChange={(e) => setQuery({ rate: e.currentTarget.value })}>{rates.map((r) => <option key={r} value={r}>{r}/s</option>)}</select></label>
        <button type="submit" disabled={bad}>Watch</button>
        <button type="button" aria-pressed={paused} onClick={() => setPaused(!paused)}>{paused ? 'Go on' : 'Hold'}</button>
        <button type="button" onClick={() => setSeen([])}>Clear</button>
        <button type="button" disabled={!seen.length} onClick={() => void navigator.clipboard?.writeText(lines())}>Copy</button>
        <button type="button" disabled={!seen.length} onClick={() => save('messages.jsonl', new Blob([lines()], { type: 'application/jsonl' }))}>Download</button>
      </form>
      <div id="verdict" aria-live="polite">
        {bad && <pre class="verdict bad" tabIndex={0}>{verdict.diagram ?? verdict.error}</pre>}
        {verdict?.ok && text !== match && <p class="soft">It is a matcher; press Enter to watch.</p>}
        {verdict?.advice?.map((a) => <p key={a} class="note">{a}</p>)}
      </div>
      {verdict?.ok && !error && <WouldMatch match={verdict.on || 'TRUE'} />}
      {error && <p class="note critical">{error}</p>}
      {counts && <p class="soft counts">{count(counts.passed)} passed, {count(counts.shown)} shown, {count(counts.skipped)} left out. The newest {most} are kept here.</p>}
      {!seen.length && !error && <Blank title={paused ? 'Held' : 'Waiting for messages'}>{paused ? 'Nothing new is shown until you go on.' : 'They are shown as they pass; nothing is shown of those that passed before.'}</Blank>}
      <ol class="messages">{seen.map((s) => <li key={s.id}><Shown seen={s} /></li>)}</ol>
    </>
  );
}

/** The message as heka sent it: its numbers have more digits than those of a browser. */
const exact = (s: Seen) => /^\{"from":"(?:[^"\\]|\\.)*","message":(.*?)(?:,"cut":true)?\}$/s.exec(s.raw)?.[1] ?? JSON.stringify(s.message);

function Shown({ seen: s }: { seen: Seen }): JSX.Element {
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={(e) => setOpen(e.currentTarget.open)}>
      <summary><Glance message={s.message} from={s.from} /></summary>
      {open && <>
        <p class="soft">from {s.from}{s.cut && '; too large to show whole'} <button onClick={() => void navigator.clipboard?.writeText(exact(s))}>Copy as JSON</button></p>
        <JSONView value={whole(s.message)} />
      </>}
    </details>
  );
}
