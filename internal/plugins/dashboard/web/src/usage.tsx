// How near a plugin is to its limits.
import type { JSX } from 'preact';
import type { Plugin } from './api';
import { limitOf, type Section } from './config';
import { counter, Fill } from './bits';
import { percent, value } from './format';

const shown: [string, string][] = [['Memory', 'Memory'], ['MaxInstructions', 'Instructions'], ['MaxOutput', 'Output'], ['QueuedBytes', 'Queue on disk']];

/** Bars for what has a limit; nothing where nothing has. */
export function Usage({ plugin, section }: { plugin: Plugin; section?: Section }): JSX.Element | null {
  const bars = shown.flatMap(([name, title]) => {
    const used = counter(plugin, name);
    const limit = limitOf(plugin, name, section);
    return used === undefined || !limit ? [] : [{ name, title, used, limit: limit.value, unit: plugin.counters.find((c) => c.name === name)?.unit }];
  });
  if (!bars.length) return null;
  return (
    <div class="usage">{bars.map((b) => <>
      <span>{b.title}</span>
      <Fill key={b.name} used={b.used} of={b.limit} wide label={`${b.title} of ${plugin.name}`} text={`${value(b.used, b.unit)} of ${value(b.limit, b.unit)}, ${percent(b.used / b.limit)}`} />
    </>)}</div>
  );
}
