// What stands on a board.
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Plugin, Snapshot } from './api';
import type { Panel } from './board';
import { counter, Figure, Spark } from './bits';
import { newest } from './cbuf';
import { limitOf, type Section } from './config';
import { brief, value } from './format';
import { OutputBody, useOutput } from './output';
import { State, Throughput } from './overview';
import { link, type Route } from './route';
import { isRate, rateOf, rates } from './rates';
import { Series } from './series';
import type { State as Store } from './store';
import { Diagram } from './topology';
import { course, trail } from './trail';

export interface PanelProps {
  panel: Panel; state: Store; snapshot: Snapshot; route: Route; config?: Map<string, Section>;
  /** Only so many of the last seconds; 0 means all. */
  range: number;
  height: number;
}

export const hekaPanels: Record<string, string> = { state: 'State of the plugins', throughput: 'Throughput', topology: 'Topology' };

/** What a panel is called. */
export function panelTitle(p: Panel): string {
  if (p.kind === 'heka') return hekaPanels[p.of[0]] ?? p.of[0];
  if (p.kind === 'output') return `${p.of[1].slice(p.of[0].length + 1).replace(/\.[^.]*$/, '') || 'Output'} · ${p.of[0]}`;
  return `${p.of[1]} · ${p.of[2].split('+').map(titleOf).join(', ')}`;
}

/** What a value is called. */
export const titleOf = (key: string) => (isRate(key) ? rates[key].title : key);

/** Where more about a panel is to be found. */
export function panelLink(p: Panel): string {
  if (p.kind === 'heka') return p.of[0] === 'topology' ? '#topology' : '#health';
  return p.kind === 'output' ? link('sandboxes', p.of[0], 'outputs', p.of[1]) : link('plugins', p.of[0], p.of[1]);
}

export function PanelBody(props: PanelProps): JSX.Element {
  const { panel, snapshot, state, height, range } = props;
  if (panel.kind === 'output') return <OutputPanel {...props} />;
  if (panel.kind === 'heka') {
    switch (panel.of[0]) {
      case 'state': return <State snapshot={snapshot} />;
      case 'throughput': return <Throughput history={state.history} plugins={snapshot.report.plugins} range={range} height={height} />;
      case 'topology': return <Diagram snapshot={snapshot} />;
    }
    return <p class="soft">There is nothing like that.</p>;
  }
  const [category, name] = panel.of;
  const plugin = snapshot.report.plugins.find((p) => p.category === category && p.name === name);
  if (!plugin) return <p class="soft">{name} does not run now.</p>;
  return panel.kind === 'figure' ? <FigurePanel {...props} plugin={plugin} /> : <ChartPanel {...props} plugin={plugin} />;
}

function FigurePanel({ panel, plugin, state }: PanelProps & { plugin: Plugin }): JSX.Element {
  return (
    <div class="figures">{panel.of[2].split('+').map((key) => {
      const c = plugin.counters.find((x) => x.name === key);
      const n = isRate(key) ? rateOf(plugin.rates, key) : null;
      const text = isRate(key) ? (n === null ? '–' : rates[key].write(n)) : c ? value(c.value, c.unit) : '–';
      return <p class="figure" key={key}><strong><Figure text={text} /></strong> <span>{titleOf(key)}</span>{key === 'messages' && <Spark points={state.history[plugin.name] ?? []} label={plugin.name} />}</p>;
    })}</div>
  );
}

function ChartPanel({ panel, plugin: p, state, snapshot, config, range, height }: PanelProps & { plugin: Plugin }): JSX.Element {
  const keys = panel.of[2].split('+');
  const flows = keys.every(isRate);
  const at = flows ? state.history[p.name] : snapshot.report.time;
  const data = useMemo(() => {
    const points = state.history[p.name] ?? [];
    const kept = trail(p.category, p.name);
    const all = flows ? [points.map((x) => x.time), ...keys.map((k) => points.map((x) => rateOf(x, k)))] : [course(kept, keys[0])[0], ...keys.map((k) => course(kept, k)[1])];
    return newest(all, range);
  }, [at, panel.of[2], range]);
  const unit = flows ? rates[keys[0]].axis : p.counters.find((c) => c.name === keys[0])?.unit;
  const limits = keys.flatMap((k) => limitOf(p, k, config?.get(p.name)) ?? []);
  const write = (n: number) => (flows ? rates[keys[0]].write(n) : unit === 'B' || unit === 'ns' ? value(n, unit) : brief(n));
  return <Series label={panelTitle(panel)} data={data} names={keys.map(titleOf)} axis={unit} write={write} height={height} together="board" limits={limits.slice(0, 1)} />;
}

function OutputPanel({ panel, state, route, range, height }: PanelProps): JSX.Element {
  const [filter, file] = panel.of;
  const out = useOutput(filter, file, state.paused);
  return <OutputBody {...out} file={file} route={route} plain={{ range, height }} />;
}

/** What a plugin has that can be shown: its rates, then its numbers. */
export function valuesOf(p: Plugin | undefined): string[] {
  if (!p) return [];
  return [...(p.rates ? Object.keys(rates) : []), ...p.counters.filter((c) => counter(p, c.name) !== undefined).map((c) => c.name)];
}
