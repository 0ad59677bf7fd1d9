// What an expression would match: tried on messages that passed lately, with the
// reasons.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Explanation, Recent, RecentMessage } from './api';
import { useJSON } from './fetched';
import { count, percent, span } from './format';
import { Glance } from './message';

/** How often heka is asked while the page is open, in ms. */
const every = 3000;

/** How many messages of each kind are shown. */
const shown = 5;

const path = (match: string, more: string) => `api/v1/recent?match=${encodeURIComponent(match)}&${more}`;

/** For an expression that is one; all of it follows the field as one types. */
export function WouldMatch({ match }: { match: string }): JSX.Element | null {
  const [open, setOpen] = useState(false);
  const { value: found } = useJSON<Recent>(path(match, open ? 'limit=100' : 'limit=0'), every);
  const all = useJSON<Recent>(open ? path('TRUE', 'limit=100') : '', every).value?.messages ?? [];
  if (!found) return null;
  const ids = new Set(found.messages.map((m) => m.id));
  // Of the two answers one may be a little older: what is newer than that one says nothing.
  const oldest = found.messages.length < 100 ? 0 : found.messages.at(-1)!.id;
  const others = all.filter((m) => m.time <= found.newest && m.id >= oldest && !ids.has(m.id));
  return (
    <details class="card wants" onToggle={(e) => setOpen(e.currentTarget.open)}>
      <summary>{found.kept === 0 ? 'No message has passed yet to try it on.'
        : <>Would match <b>{count(found.matched)} of {count(found.kept)}</b> ({percent(found.matched / found.kept)}) messages kept from the last {span(Date.now() - found.oldest)}</>}</summary>
      {open && found.kept > 0 && <>
        <table role="table" class="tight"><caption class="unseen">By who sent them</caption>
          <thead><tr><th scope="col">From</th><th scope="col" class="num">Would match</th><th scope="col" class="num">Tried</th></tr></thead>
          <tbody>{found.from.map((f) => <tr key={f.name}><th scope="row">{f.name}</th><td class="num">{count(f.matched)}</td><td class="num">{count(f.kept)}</td></tr>)}</tbody></table>
        <Tried title="Newest that match" match={match} messages={found.messages} />
        <Tried title="Newest that do not match" match={match} messages={others} />
        <p class="hint">heka keeps some of the messages that pass, at most ten a second; the others are not tried.</p>
      </>}
    </details>
  );
}

function Tried({ title, match, messages }: { title: string; match: string; messages: RecentMessage[] }): JSX.Element | null {
  if (!messages.length) return null;
  return <section><h3>{title}</h3><ol class="messages">{messages.slice(0, shown).map((m) => <li key={m.id}><Why match={match} message={m} /></li>)}</ol></section>;
}

/** A message; opened it says which part of the expression decided. */
function Why({ match, message: m }: { match: string; message: RecentMessage }): JSX.Element {
  const [open, setOpen] = useState(false);
  const { value: found, error } = useJSON<Recent>(open ? path(match, `limit=0&explain=${m.id}`) : '', 60_000);
  return (
    <details onToggle={(e) => setOpen(e.currentTarget.open)}>
      <summary><Glance message={m.message} from={m.from} /></summary>
      {open && (found?.explanation ? <ul class="why"><Part of={found.explanation} /></ul> : <p class="soft">{error ?? '…'}</p>)}
    </details>
  );
}

const joined: Record<string, string> = { and: 'all of', or: 'any of' };
const verdicts: Record<string, [string, string]> = { yes: ['✓', 'matches'], no: ['✗', 'does not match'], '-': ['–', 'was not looked at'] };

function Part({ of: e }: { of: Explanation }): JSX.Element {
  const [sign, said] = verdicts[e.verdict] ?? verdicts['-'];
  return (
    <li class={e.verdict === 'yes' ? 'yes' : e.verdict === 'no' ? 'no' : 'skipped'}>
      <span aria-hidden="true">{sign}</span> {joined[e.kind] ?? <code>{e.text}</code>} <span class="unseen">{said}</span>
      {e.decisive && <b> decides</b>}{e.seen !== undefined && e.seen !== '' && <span class="soft">, it is <code>{e.seen}</code></span>}{e.note && <span class="soft">, {e.note}</span>}
      {e.parts && <ul>{e.parts.map((p, i) => <Part key={i} of={p} />)}</ul>}
    </li>
  );
}
