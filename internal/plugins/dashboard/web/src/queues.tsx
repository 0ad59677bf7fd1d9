// Queues on disk, and what waits in memory.
import type { JSX } from 'preact';
import type { Plugin, Snapshot } from './api';
import { bytes, count, nanoseconds } from './format';
import { counter, Fill, PluginLink, Status, Table } from './bits';
import { limitOf, useConfig, type Section } from './config';
import type { Route } from './route';

/** How much lies on disk, and how much may. */
function size(p: Plugin, section?: Section): JSX.Element {
  const used = counter(p, 'QueuedBytes') ?? 0;
  const limit = limitOf(p, 'QueuedBytes', section);
  return limit ? <Fill used={used} of={limit.value} label={`Size of the queue of ${p.name}`} text={`${bytes(used)} of ${bytes(limit.value)}`} /> : <>{bytes(used)}</>;
}

export function QueuesPage({ snapshot, route }: { snapshot: Snapshot; route: Route }): JSX.Element {
  const consumers = snapshot.report.plugins.filter((p) => p.category === 'filters' || p.category === 'outputs');
  const buffered = new Set(snapshot.topology.nodes.filter((n) => n.buffered).map((n) => n.name));
  const config = useConfig();
  const sort = route.query.get('sort') ?? '';
  const of = (name: string) => (p: Plugin) => counter(p, name) ?? 0;
  return (
    <>
      <h1>Queues</h1>
      <Table caption="Queues on disk" shown sort={sort} rows={consumers.filter((p) => buffered.has(p.name) || counter(p, 'QueuedBytes') !== undefined)} id={(p) => p.name} empty="No plugin has use_buffering" columns={[
        { key: 'name', title: 'Plugin', cell: (p) => <PluginLink category={p.category} name={p.name} />, sort: (p) => p.name },
        { key: 'status', title: 'Status', cell: (p) => p.health && <Status health={p.health} /> },
        { key: 'messages', title: 'Messages', num: true, cell: (p) => count(of('QueuedMessageCount')(p)), sort: of('QueuedMessageCount') },
        { key: 'size', title: 'Size', num: true, cell: (p) => size(p, config?.get(p.name)), sort: of('QueuedBytes') },
        { key: 'age', title: 'Oldest', num: true, cell: (p) => nanoseconds(of('QueuedOldestAge')(p)), sort: of('QueuedOldestAge') },
        { key: 'retries', title: 'Retries', num: true, cell: (p) => count(of('RetryCount')(p)), sort: of('RetryCount') },
        { key: 'state', title: 'State', wide: true, cell: (p) => p.state },
      ]} />
      <h2>In memory</h2>
      <Table caption="Queues in memory" sort={sort} rows={consumers} id={(p) => p.name} columns={[
        { key: 'name', title: 'Plugin', cell: (p) => <PluginLink category={p.category} name={p.name} />, sort: (p) => p.name },
        { key: 'fill', title: 'Queue', cell: (p) => <Fill used={of('InChanLength')(p)} of={of('InChanCapacity')(p)} label={`Queue of ${p.name}`} />, sort: (p) => p.rates?.fill ?? 0 },
        { key: 'flight', title: 'In flight', num: true, cell: (p) => count(of('InFlightMessageCount')(p)), sort: of('InFlightMessageCount') },
        { key: 'blocked', title: 'Inputs wait for it', num: true, cell: (p) => `${Math.round((p.rates?.blocked ?? 0) * 100)} %`, sort: (p) => p.rates?.blocked ?? 0 },
      ]} />
    </>
  );
}
