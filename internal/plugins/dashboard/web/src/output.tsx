// What a filter injected last under one name: a graph, a table, or text.
import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { Sandbox } from './api';
import { useJSON, useText } from './fetched';
import { Icon } from './bits';
import { link, type Route } from './route';
import { Graph, PlainGraph } from './graph';
import { JSONView } from './jsonview';
import { parseBuffer, type Buffer } from './cbuf';
import { compare, coverage } from './format';
import type { PageProps } from './shell';

export interface Output { text?: string; error?: string; type: string; buffer?: Buffer | Error }

/** Follows a file that a filter writes. */
export function useOutput(filter: string, file: string, paused: boolean): Output & { name: string } {
  const { text, error } = useText('data/' + encodeURIComponent(file), 2000, paused);
  const boxes = useJSON<{ sandboxes: Sandbox[] }>('data/sandboxes.json', 10_000);
  const name = boxes.value?.sandboxes.find((s) => s.Name === filter)?.Outputs?.find((o) => o.Filename === `data/${file}`)?.Name
    || file.slice(filter.length + 1).replace(/\.[^.]*$/, '') || 'Untitled output';
  const type = file.slice(file.lastIndexOf('.') + 1);
  const buffer = useMemo(() => {
    if (text === undefined || !/^cbufd?$/.test(type)) return undefined;
    try {
      return parseBuffer(text);
    } catch (e) {
      return e as Error;
    }
  }, [text, type]);
  return { text, error, type, buffer, name };
}

interface BodyProps extends Output {
  name: string; file: string; route: Route; embedded?: boolean;
  /** On a board: a graph without its tools. */
  plain?: { range: number; height: number };
}

/** A file as what it is: a graph, a table, JSON or text. */
export function OutputBody({ text, error, type, buffer, name, file, route, embedded, plain }: BodyProps): JSX.Element {
  if (text === undefined) return <p class="soft">{error ? `${error}. It comes when the filter writes it.` : '…'}</p>;
  if (buffer instanceof Error) return <><p class="note">This is no circular buffer: {buffer.message}.</p><pre tabIndex={0}>{text}</pre></>;
  if (!buffer) return <Text text={text} type={type} plain={!!plain} />;
  return plain ? <PlainGraph buffer={buffer} name={name} {...plain} /> : <Graph buffer={buffer} name={name} file={file} route={route} embedded={embedded} />;
}

export function OutputPage({ state, route, embedded }: PageProps & { embedded?: boolean }): JSX.Element {
  const [, filter, , file] = route.path;
  const out = useOutput(filter, file, state.paused);
  const { buffer, error, text, name } = out;
  const body = <OutputBody {...out} file={file} route={route} embedded={embedded} />;
  if (embedded) return body;
  return (
    <>
      <p class="crumbs"><a href="#sandboxes">Sandboxes</a> › <a href={link('plugins', 'filters', filter)}>{filter}</a></p>
      <div class="title">
        <h1>{name} {buffer && !(buffer instanceof Error) && <small>{coverage(buffer.secondsPerRow, buffer.data[0].length)}</small>}</h1>
        <p class="actions">
          <a class="button" href={`#boards?add=${encodeURIComponent(['output', filter, file].map(encodeURIComponent).join('/'))}`}><Icon name="pin" /> To a board</a>
          <a class="button" href={link('sandboxes', filter, 'outputs', file, 'embed')} target="_blank" rel="noopener">Embed</a>
          <a class="button" href={'data/' + encodeURIComponent(file)}>Raw</a>
        </p>
      </div>
      {error && text !== undefined && <p class="note">Not up to date: {error}.</p>}
      {body}
    </>
  );
}

/** A text as what its type says, and never as HTML. */
function Text({ text, type, plain }: { text: string; type: string; plain?: boolean }): JSX.Element {
  const [follow, setFollow] = useState(false);
  const parsed = useMemo(() => {
    if (type !== 'json') return undefined;
    try {
      return { value: JSON.parse(text) as unknown };
    } catch {
      return undefined;
    }
  }, [text, type]);
  if (parsed) return <JSONView value={parsed.value} />;
  if (type === 'tsv' || type === 'csv') return <Cells text={text} separator={type === 'tsv' ? '\t' : ','} />;
  return (
    <>
      {!plain && <label class="check"><input type="checkbox" checked={follow} onChange={(e) => setFollow(e.currentTarget.checked)} /> Follow the end</label>}
      <pre class="text" tabIndex={0} ref={(e) => { if (e && follow) e.scrollTop = e.scrollHeight; }}>{text}</pre>
    </>
  );
}

const most = 2000;

function Cells({ text, separator }: { text: string; separator: string }): JSX.Element {
  const [sort, setSort] = useState<{ column: number; down: boolean }>();
  const [head = [], ...rows] = useMemo(() => text.split('\n').filter(Boolean).map((l) => cells(l, separator)), [text, separator]);
  if (sort) {
    rows.sort((a, b) => {
      const order = compare(a[sort.column] ?? '', b[sort.column] ?? '');
      return sort.down ? -order : order;
    });
  }
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Table"><table>
      <caption class="unseen">Contents</caption>
      <thead><tr>{head.map((h, i) => <th key={i} scope="col" aria-sort={sort?.column === i ? (sort.down ? 'descending' : 'ascending') : undefined}>
        <button class="sort" onClick={() => setSort({ column: i, down: sort?.column === i && !sort.down })}>{h || `column ${i + 1}`}</button></th>)}</tr></thead>
      <tbody>{rows.slice(0, most).map((r, i) => <tr key={i}>{r.map((c, j) => <td key={j} data-label={head[j]}>{c}</td>)}</tr>)}</tbody>
    </table>{rows.length > most && <p>The first {most} of {rows.length} rows.</p>}</div>
  );
}

/** Cuts a line; commas within quotes are text. */
function cells(line: string, separator: string): string[] {
  if (separator === '\t' || !line.includes('"')) return line.split(separator);
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map((m) => m[1]?.replaceAll('""', '"') ?? m[2] ?? '');
}
