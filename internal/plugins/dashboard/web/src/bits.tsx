// Small parts of pages.
import { Component, type ComponentChildren, type JSX, type Ref } from 'preact';
import { memo } from 'preact/compat';
import type { Health, Level, Plugin, Point } from './api';
import { Lazy } from './lazy';
import { link, setQuery } from './route';
import { brief, compare } from './format';

const shapes: Record<string, JSX.Element> = {
  ok: <path d="M3 8.5 6.5 12 13 4.5" />,
  warning: <path d="M8 2 15 14H1ZM8 6.5v3.5M8 12v.5" />,
  critical: <path d="M5 1.5h6L14.5 5v6L11 14.5H5L1.5 11V5ZM5.5 5.5l5 5M10.5 5.5l-5 5" />,
  live: <circle cx="8" cy="8" r="4.5" fill="currentColor" />,
  lost: <path d="M2 14 14 2M3 6.5a7 7 0 0 1 10 0M5.5 9a4 4 0 0 1 5 0" />,
  pause: <path d="M5 3v10M11 3v10" />,
  chart: <path d="M2 2v12h12M5 10.5l3-4 2.5 2.5L14 4" />,
  pin: <path d="M2 2h5v5H2zM9 2h5v5H9zM2 9h5v5H2zM11.5 9v5M9 11.5h5" />,
  play: <path d="M5 3v10l7.5-5Z" />,
  next: <path d="M4 3v10l6-5ZM12.5 3v10" />,
  screen: <path d="M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4" />,
  close: <path d="M3 3l10 10M13 3 3 13" />,
  menu: <path d="M2 4h12M2 8h12M2 12h12" />,
  inputs: <path d="M2 8h8M7 4.5 10.5 8 7 11.5M14 2v12" />,
  filters: <path d="M2 3h12L9.5 8.5V13l-3 1.5v-6Z" />,
  outputs: <path d="M2 2v12M5 8h9M10.5 4.5 14 8l-3.5 3.5" />,
  decoders: <path d="M6 3 2 8l4 5M10 3l4 5-4 5" />,
  encoders: <path d="M2 3 6 8l-4 5M14 3l-4 5 4 5" />,
  splitters: <path d="M8 2v12M3 5 1 8l2 3M13 5l2 3-2 3" />,
  globals: <path d="M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13ZM1.5 8h13M8 1.5c-4 4-4 9 0 13 4-4 4-9 0-13" />,
  queue: <path d="M2 3.5h12M2 8h12M2 12.5h12" />,
};

/** A drawing that stands beside a text. */
export const Icon = memo(function Icon({ name }: { name: string }): JSX.Element {
  return <svg class={`icon i-${name}`} viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">{shapes[name] ?? shapes.globals}</svg>;
});

const words: Record<Level, string> = { ok: 'OK', warning: 'Warning', critical: 'Critical' };

/** A judgement as icon and text; its reason is the tooltip. */
export function Status({ health, reason }: { health: Health; reason?: boolean }): JSX.Element {
  return <span class={`status ${health.level}`} title={health.why}><Icon name={health.level} /> {words[health.level]}{reason && health.why && <>: {health.why}</>}</span>;
}

/** How full a queue is. */
export function Fill({ used, of, label, text = `${brief(used)}/${brief(of)}`, wide }: { used: number; of: number; label: string; text?: string; wide?: boolean }): JSX.Element {
  const share = of > 0 ? Math.min(used / of, 1) : 0;
  return (
    <span class={`fill ${wide ? 'wide ' : ''}${share > 0.9 ? 'critical' : share > 0.7 ? 'warning' : ''}`}>
      <span class="track" role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={of} aria-valuenow={Math.min(used, of)} aria-valuetext={text}>
        <span style={{ width: `${share * 100}%` }} />
      </span>
      <span class="num">{text}</span>
    </span>
  );
}

/** The last minutes of a rate as a line. */
export const Spark = memo(function Spark({ points, label }: { points: Point[]; label: string }): JSX.Element {
  if (points.length < 2) return <span class="spark" />;
  const most = Math.max(...points.map((p) => p.messages), 1e-9);
  const step = 90 / (180 - 1);
  const from = 180 - points.length;
  let d = '';
  points.forEach((p, i) => { d += `${i ? 'L' : 'M'}${((from + i) * step).toFixed(1)} ${(21 - (p.messages / most) * 19).toFixed(1)}`; });
  const right = (179 * step).toFixed(1);
  return (
    <svg class="spark" viewBox="0 0 90 22" width="90" height="22" role="img" aria-label={`${label}: up to ${brief(most)} messages per second in the last quarter of an hour`}>
      <path class="base" d="M0 21.5H90" /><path class="area" d={`${d}L${right} 21.5L${(from * step).toFixed(1)} 21.5Z`} /><path d={d} />
    </svg>
  );
});

/** A number with its unit in smaller letters: 17.4k/s, 3.5 MiB. */
export function Figure({ text }: { text: string }): JSX.Element {
  const [, number, unit] = /^(\D*[\d.,]+)(.*)$/s.exec(text) ?? [text, text, ''];
  return <>{number}{unit && <span class="unit">{unit}</span>}</>;
}

/** What stands where nothing is yet, and what to do about it. */
export function Blank({ title, children }: { title: string; children?: ComponentChildren }): JSX.Element {
  return <div class="blank"><strong>{title}</strong>{children}</div>;
}

/** What a page shows instead of contents that are not there. */
export function Empty({ title, children }: { title: string; children?: ComponentChildren }): JSX.Element {
  return <section class="empty"><h1>{title}</h1><p>{children}</p></section>;
}

/** Keeps a fault of one page from taking the others along. */
export class Boundary extends Component<{ children: ComponentChildren }, { fault?: string }> {
  static override getDerivedStateFromError(e: unknown): { fault: string } { return { fault: String(e) }; }
  override render(): ComponentChildren {
    return this.state.fault ? <Empty title="This page cannot be shown">{this.state.fault}. The other pages still work.</Empty> : this.props.children;
  }
}

export function PluginLink({ category, name }: { category: string; name: string }): JSX.Element {
  return <a href={link('plugins', category, name)}>{name}</a>;
}

/** Leads to where a part of this page is put on a board. */
export function Pin({ panel }: { panel: string[] }): JSX.Element {
  return <a class="pin" href={`#boards?add=${encodeURIComponent(panel.map(encodeURIComponent).join('/'))}`} title="Put it on a board" aria-label={`Put ${panel.at(-1)} of ${panel.at(-2)} on a board`}><Icon name="pin" /></a>;
}

/** A counter's number, or undefined. */
export function counter(p: Plugin, name: string): number | undefined {
  const v = p.counters.find((c) => c.name === name)?.value;
  return typeof v === 'number' ? v : undefined;
}

export interface Column<R> {
  key: string; title: string; num?: boolean;
  /** A text that needs all the width of a card. */
  wide?: boolean;
  cell(row: R): ComponentChildren;
  /** What the column is sorted by; without it the column cannot be sorted. */
  sort?(row: R): number | string;
}

interface TableProps<R> { caption: string; columns: Column<R>[]; rows: R[]; id(row: R): string; sort?: string; empty?: string; shown?: boolean }

/** A table whose order is in the address; on narrow screens rows become cards. */
export function Table<R>({ caption, columns, rows, id, sort = '', empty, shown }: TableProps<R>): JSX.Element {
  const down = sort.startsWith('-');
  const by = columns.find((c) => c.key === sort.replace('-', '') && c.sort)?.sort;
  if (by) {
    rows = [...rows].sort((a, b) => {
      const [x, y] = [by(a), by(b)];
      const order = typeof x === 'number' && typeof y === 'number' ? x - y : compare(String(x), String(y));
      return down ? -order : order;
    });
  }
  return (
    <table role="table">
      <caption class={shown ? '' : 'unseen'}>{caption}</caption>
      <thead role="rowgroup"><tr role="row">{columns.map((c) => {
        const mine = sort.replace('-', '') === c.key;
        return <th key={c.key} scope="col" role="columnheader" class={c.num ? 'num' : ''} aria-sort={mine ? (down ? 'descending' : 'ascending') : undefined}>
          {c.sort ? <button class="sort" onClick={() => setQuery({ sort: mine && !down ? '-' + c.key : c.key })}>{c.title}<span aria-hidden="true">{mine ? (down ? ' ▾' : ' ▴') : ''}</span></button> : c.title}
        </th>;
      })}</tr></thead>
      <tbody role="rowgroup">
        {rows.map((r) => <Lazy key={id(r)} draw={(ref) => <tr ref={ref as Ref<HTMLTableRowElement>} role="row">{columns.map((c, i) => {
          const inner = c.cell(r);
          const props = { role: i ? 'cell' : 'rowheader', class: c.num ? 'num' : c.wide ? 'wide' : '', 'data-label': c.title } as const;
          return i ? <td key={c.key} {...props}>{inner}</td> : <th key={c.key} scope="row" {...props}>{inner}</th>;
        })}</tr>} />)}
        {!rows.length && <tr role="row" key=""><td role="cell" colSpan={columns.length} class="none">{empty ?? 'None'}</td></tr>}
      </tbody>
    </table>
  );
}
